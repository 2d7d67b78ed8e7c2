/** Names a process so that a later one with the same pid is not taken for it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** "pid start-of-process boot"; null when there is no such process. */
export async function processIdentity(pid: number): Promise<string | null> {
  const start = process.platform === 'linux' ? await linuxStart(pid) : await psStart(pid);
  return start ? `${pid} ${start}` : null;
}

/** Whether the process that `identity` was made for still runs. */
export async function isAlive(identity: string): Promise<boolean> {
  const pid = Number.parseInt(identity, 10);
  return pid > 0 && (await processIdentity(pid)) === identity;
}

async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name in parentheses may hold spaces; state is the first field after it, start the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${fields[19]} ${boot.trim()}`;
  } catch {
    return null;
  }
}

function psStart(pid: number): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => {
      resolve(error ? null : stdout.trim() || null);
    });
  });
}
