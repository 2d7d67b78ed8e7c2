/**
 * Opens a link in the browser. It holds a token, and command lines can be read by every user of the
 * machine: so the browser is given a file of ours that leads there.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../../os/atomic-file.ts';
import { openPage } from '../../os/open-page.ts';

export interface Opened {
  /** False when no program took it. */
  taken: Promise<boolean>;
  /** Removes the file. */
  close(): void;
}

/** @param folder that only its user can look into */
export function openLink(link: string, folder: string, env: NodeJS.ProcessEnv): Opened {
  const page = join(folder, 'open.html');
  writeAtomic(page, `<!doctype html><script>location.replace(${JSON.stringify(link)})</script>\n`);
  return { taken: openPage(page, env), close: () => rmSync(page, { force: true }) };
}
