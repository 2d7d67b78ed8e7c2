/** Wheels of a test's own as the only packages there are, for programs told by their environment. */
import { scratchFolder } from './environment-context.ts';
import { type WheelOptions, writeWheel } from './wheel.ts';

/** alpha-one 1.2 needs beta, 1.1 an old one. */
export const ALPHA_AND_BETA: readonly WheelOptions[] = [
  { name: 'alpha-one', version: '1.2', requires: ['beta'] },
  { name: 'alpha-one', version: '1.1', requires: ['beta<0.2'] },
  { name: 'beta', version: '0.1' },
  { name: 'beta', version: '0.2' },
];

/** Settings of a server or command that installs from these wheels alone: no index, no network. */
export function onlyWheels(wheels: readonly WheelOptions[]): Record<string, string> {
  const folder = scratchFolder();
  for (const wheel of wheels) writeWheel(folder, wheel);
  return { PYTHON_MCP_FIND_LINKS: folder, PYTHON_MCP_NO_INDEX: 'true' };
}
