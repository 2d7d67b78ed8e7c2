/** The text of a job's script. Inline code lies where the job itself could have changed it. */
import { closeSync } from 'node:fs';
import { relative } from 'node:path';
import type { JobSource } from '../../contract/replies/files-and-usage.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readFully } from '../../os/read-fully.ts';
import { type OpenedFile, openInside, openSafely } from '../../os/safe-open.ts';

/** As the script is now: a file may have been changed since the run. */
export function readSource(
  path: string | null,
  folder: JobFolder,
  maxBytes: number,
  inline: string = folder.script,
): JobSource {
  // A file that the user named: links are the user's own.
  const file =
    path === null ? openInlineScript(folder, inline) : openSafely(path, 'file', 'followed');
  if (file === null) return { path, source: null, truncated: false };
  try {
    const { size } = file.stats;
    const bytes = readFully(file.fd, 0, Math.min(maxBytes, size));
    return { path, source: decodeUtf8(bytes), truncated: size > bytes.length };
  } finally {
    closeSync(file.fd);
  }
}

function openInlineScript({ root }: JobFolder, path: string): OpenedFile | null {
  return openInside(root, relative(root, path));
}
