/** What routes work with. */
import type { JobService } from '../jobs/job-service.ts';
import type { ScriptLibrary } from '../jobs/script-library.ts';
import type { Log } from '../log.ts';
import type { Metrics } from './metrics.ts';
import type { OutputFrames } from './output-frames.ts';
import type { StreamSlots } from './stream-slots.ts';

export interface Services {
  jobs: JobService;
  scripts: ScriptLibrary;
  /** Cached environments of the home. */
  environments: () => Promise<EnvironmentView[]>;
  log: Log;
  slots: StreamSlots;
  frames: OutputFrames;
  metrics: Metrics;
  version: string;
  home: string;
  /** Folder of the built dashboard. */
  uiDirectory: string;
}

export interface EnvironmentView {
  key: string;
  /** Null while it is being built, or when a newer one has replaced it. */
  python_version: string | null;
  interpreter: string | null;
  resolved_dependencies: string[];
  last_used_at: string;
  size_bytes: number;
}
