/** What routes work with. */
import type { EnvironmentCache } from '../../jobs/environments/cached-environments.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { ScriptLibrary } from '../../jobs/scripts/script-library.ts';
import type { Log } from '../../os/log.ts';
import type { Metrics } from './metrics.ts';
import type { StreamSlots } from './stream-slots.ts';

export interface Services {
  jobs: JobService;
  scripts: ScriptLibrary;
  environments: EnvironmentCache;
  log: Log;
  slots: StreamSlots;
  metrics: Metrics;
  /** MCP, for clients that are not started with a pipe to a server of their own. */
  mcp: { answer(request: Request): Promise<Response> };
  version: string;
  home: string;
  /** Folder of the built dashboard. */
  uiDirectory: string;
}
