/**
 * What is gone of a log over its limit, as a command says it. On a terminal a line stands in its
 * place; a file or a pipe gets the bytes of the log and nothing else, and standard error the line.
 */
import type { Stream } from '../../output/files/job-folder.ts';
import type { Gap } from '../../output/files/output-gap.ts';
import { describeGap, gapLine } from '../../output/files/output-window.ts';
import { complain } from './failure.ts';
import { type Terminal, write } from './terminal.ts';

/** @param to where the stream's output goes. */
export async function sayDropped(
  stream: Stream,
  gap: Gap,
  to: NodeJS.WriteStream,
  terminal: Terminal,
): Promise<void> {
  if (to.isTTY) await write(to, gapLine(gap));
  else await complain(terminal, `${stream}: ${describeGap(gap)}`);
}
