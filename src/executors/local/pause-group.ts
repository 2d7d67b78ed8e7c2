/**
 * Stops a process group for a moment, for work that its processes would outrun. The shell that stops
 * the group also lets it go on: when it is told to, and when this process dies before that.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const HOLD = `
trap '' INT TERM HUP
kill -STOP "-$1" || exit
echo stopped
read -r end_of_file
kill -CONT "-$1"
`;

/**
 * Resolves when the group stands still, or when it could not be stopped, with what lets it go on.
 * To be called only when the leader of `group` was just seen alive.
 */
export async function holdStill(group: number): Promise<() => Promise<void>> {
  const args = ['-c', HOLD, 'sh', String(group)];
  const shell = spawn('/bin/sh', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const closed = once(shell, 'close').catch(() => {}); // no shell could be started
  // Without descriptors left there are no streams either, whatever the types say.
  const { stdin, stdout }: Partial<typeof shell> = shell;
  stdin?.on('error', () => {}); // it has ended already
  await Promise.race([stdout ? once(stdout, 'data') : closed, closed]);
  return async () => {
    stdin?.end();
    await closed;
  };
}
