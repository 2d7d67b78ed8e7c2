/** What most homes of tests begin with, as a home does that was used before: nothing but caches. */
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The interpreter itself, not a shim of a version manager, which would be slow. */
    python: string;
    /** A home with `cache`, the compiled code of the program, and `tools`, where pip is unpacked. */
    usedHome: string;
  }
}

/** pip is unpacked and compiled once for all tests, not once per home. */
export const toolsFolder = join(inject('usedHome'), 'tools');

/** Gives a home that is not there yet the compiled code of the program: it starts faster. */
export function likeUsed(home: string): void {
  mkdirSync(home, { mode: 0o700 });
  cpSync(join(inject('usedHome'), 'cache'), join(home, 'cache'), { recursive: true });
}

/** Has a home use the pip of all tests. */
export function shareTools(home: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const tools = join(home, 'tools');
  if (!existsSync(tools)) symlinkSync(toolsFolder, tools);
}
