/** What an ended job had left running, as a sentence for its callers. */
import { called } from '../../core/wording.ts';
import type { LeftProcess } from '../../executors/executor.ts';
import type { Mask } from '../../output/secrets/mask.ts';
import { oneLine } from '../../output/terminal/one-line.ts';

/** So many are named; the rest is counted. */
const MOST_NAMED = 3;
const LONGEST_COMMAND = 60;

/** @param mask over what the job has to hide, if anything */
export function describeLeft(left: LeftProcess[], mask: Mask | null): string {
  const [count, were] =
    left.length === 1 ? ['1 process', 'was'] : [`${left.length} processes`, 'were'];
  const shown = left.slice(0, MOST_NAMED).map(({ pid, command }) => ({
    pid,
    command: mask?.text(command) ?? command,
  }));
  const named = shown.map(describe).join(', ');
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return (
    `${count} that the script had left running ${were} ended with it: ${named}${more}. ` +
    `Run a server as a job of its own (${called('async_mode')}); the setting keep_background_processes keeps such processes.`
  );
}

/** Their words are the job's: nothing in them reaches a terminal. */
function describe({ pid, command }: LeftProcess): string {
  const withoutFolder = command.replace(/^\S*\//, '');
  const words = oneLine(withoutFolder.slice(0, 4 * LONGEST_COMMAND));
  const short = words.length > LONGEST_COMMAND ? `${words.slice(0, LONGEST_COMMAND)}…` : words;
  return short === '' ? `${pid}` : `${pid} (${short})`;
}
