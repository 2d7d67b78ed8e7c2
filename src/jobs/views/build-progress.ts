/** How far the building of a job's environment is. */
import { statSync } from 'node:fs';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { sizeOf } from '../../output/files/output-file.ts';
import { presentPage } from '../../output/files/output-window.ts';
import { readTail } from '../../output/files/read-page.ts';
import { buildReport, describeBuild } from '../../python/build/build-report.ts';

/** As much of an environment's log as tells how far its build is. */
const LOG_BYTES = 16_384;

/** As its installer tells it: packages, seconds, the newest line. Null while nothing was told. */
export function describeBuildOf({ environmentLog }: JobFolder): string | null {
  if (sizeOf(environmentLog) === 0) return null;
  // The log was begun with the build.
  const begun = statSync(environmentLog, { throwIfNoEntry: false })?.birthtimeMs ?? Date.now();
  const said = presentPage(readTail(environmentLog, LOG_BYTES, true));
  return describeBuild(buildReport(said, (Date.now() - begun) / 1000));
}
