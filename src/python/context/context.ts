/** What the environment resolver is given by the application: where, how, and for how long. */

/** Settings of the `[python]` part of the configuration, all with defaults filled in. */
export interface EnvironmentConfig {
  /** Default interpreter; null = the first `python3` on PATH. */
  pythonPath: string | null;
  /** The uv binary; null = found on PATH, else installed once into the home. */
  uvPath: string | null;
  /** Package index instead of PyPI; null = what uv and pip are configured for. */
  indexUrl: string | null;
  /** Beginnings of addresses that a script's own metadata may take packages from. */
  allowedSources: string[];
  /** Folders or pages of wheels to install from, besides the index. */
  findLinks: string[];
  /** Never ask an index: only `findLinks` and what is cached. */
  noIndex: boolean;
  /** Ignore releases newer than this date (RFC 3339); null = no limit. */
  excludeNewer: string | null;
  /** No network at all. */
  offline: boolean;
  /** Variables for installers alone: proxies, certificates, credentials. */
  buildEnvironment: Record<string, string>;
  /** Time budget of one environment build. */
  buildTimeoutSeconds: number;
  /** Cached environments unused for longer are removed. */
  cacheMaxAgeDays: number;
  /** Least recently used environments are removed beyond this. */
  cacheMaxBytes: number;
}

export const DEFAULT_ENVIRONMENT_CONFIG: EnvironmentConfig = {
  pythonPath: null,
  uvPath: null,
  indexUrl: null,
  allowedSources: [],
  findLinks: [],
  noIndex: false,
  excludeNewer: null,
  offline: false,
  buildEnvironment: {},
  buildTimeoutSeconds: 600,
  cacheMaxAgeDays: 30,
  cacheMaxBytes: 10 * 1024 ** 3,
};

export interface EnvironmentContext {
  /** Absolute path of the home folder (`~/.python_mcp`). */
  home: string;
  config: EnvironmentConfig;
  /** The server's own environment variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** One line for the job's environment.log, live. */
  report: (line: string) => void;
  /** Ends the resolution; a build in progress is ended with its whole process group. */
  signal: AbortSignal;
}
