/** Starts a program, gives it one line and ends its input: what it says, within a time. */
import { execFile } from 'node:child_process';

export interface Said {
  stdout: string;
  stderr: string;
  /** Why it could not be started, or how it ended badly; null when it ended well. */
  failure: string | null;
}

export function askProgram(
  [command = '', ...args]: string[],
  line: string,
  env: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { env, timeout: limitMs }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failure: error?.message ?? null });
    });
    child.stdin?.on('error', () => {}); // it has ended already
    child.stdin?.end(`${line}\n`);
  });
}
