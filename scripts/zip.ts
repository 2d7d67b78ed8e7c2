/** Zip archives, as wheels and bundles for desktops are: the same bytes for the same files. */
import { type Zippable, zipSync } from 'fflate';

export interface ZipEntry {
  name: string;
  content: Buffer;
  /** For its user, as chmod has it. */
  mode: number;
}

/** With which the format's time begins. */
const DATE = new Date(1980, 0, 1);
const UNIX = 3;
const REGULAR_FILE = 0o100000;

export function zip(entries: ZipEntry[]): Buffer {
  const files: Zippable = {};
  for (const { name, content, mode } of entries) {
    const attrs = ((REGULAR_FILE | mode) << 16) >>> 0;
    files[name] = [content, { level: 9, mtime: DATE, os: UNIX, attrs }];
  }
  return Buffer.from(zipSync(files));
}
