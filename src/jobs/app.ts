/** What the root wires and every adapter is given: the doors behind which all work is done. */
import type { Log } from '../os/log.ts';
import type { EnvironmentCache } from './environments/cached-environments.ts';
import type { JobService } from './job-service.ts';
import type { ScriptLibrary } from './scripts/script-library.ts';

export interface App {
  jobs: JobService;
  scripts: ScriptLibrary;
  environments: EnvironmentCache;
  log: Log;
  /** Tried once per boot of the machine. */
  hasSandbox: () => boolean;
  /** Whether there are any to hand out. */
  hasGpus: () => boolean;
  close(): void;
}
