/** The text of a job's script. Inline code lies where the job itself could have changed it. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { relative } from 'node:path';
import type { Job } from '../../core/job.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { openInside, readAt } from '../../os/safe-open.ts';

export interface JobSource {
  /** Null when the code was given inline. */
  path: string | null;
  /** Null when the file is gone, or something else has taken its place. */
  source: string | null;
  /** Only the beginning is given. */
  truncated: boolean;
}

/** As the script is now: a file may have been changed since the run. */
export function readSource(job: Job, folder: JobFolder, maxBytes: number): JobSource {
  const path = job.request.scriptPath;
  const fd = path === null ? openInlineScript(folder) : openScript(path);
  if (fd === null) return { path, source: null, truncated: false };
  try {
    const bytes = readAt(fd, 0, Math.min(maxBytes, fstatSync(fd).size));
    return { path, source: decodeUtf8(bytes), truncated: fstatSync(fd).size > bytes.length };
  } finally {
    closeSync(fd);
  }
}

function openInlineScript(folder: JobFolder): number | null {
  return openInside(folder.root, relative(folder.root, folder.script))?.fd ?? null;
}

/** A file that the user named: links are the user's own. */
function openScript(path: string): number | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch {
    // gone
  }
  return null;
}
