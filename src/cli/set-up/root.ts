/** What the command line is handed by the root, which alone knows every layer. */
import type { Config } from '../../config/settings.ts';
import type { App } from '../../jobs/app.ts';

/** Always the same, so that bookmarks and configurations of clients live on. */
export const USUAL_PORT = 7420;

export interface Root {
  version: string;
  /** @throws JobError when the settings cannot be used. */
  readConfig(): Promise<Config>;
  /**
   * `startsJobs` is false for commands that only look.
   * @throws JobError storage when the home folder cannot be used.
   */
  createApp(config: Config, startsJobs: boolean): Promise<App>;
  /** @throws JobError when the port is taken or the address is one that others could reach. */
  startHttp(app: App, config: Config, options: ListenOptions): Promise<HttpSession>;
}

export interface ListenOptions {
  /** 0 = any free one. */
  port: number;
  /** Makes the token of the home anew. */
  rotateToken: boolean;
  host?: string;
  dangerouslyBind?: string;
  allowHosts: string[];
  /** Whole origins under which a proxy shows the server. */
  allowOrigins: string[];
}

export interface HttpSession {
  /** With the token in its fragment, for a browser. */
  link: string;
  close(): Promise<void>;
}
