/** Asks an interpreter whether it can read a script, without running any of it. */
import { execFile } from 'node:child_process';

const LIMIT_MS = 10_000;

const COMPILE = `
import sys
try:
    compile(sys.stdin.buffer.read(), 'script', 'exec', dont_inherit=True)
except SyntaxError as error:
    print('line %s: %s' % (error.lineno, error.msg))
except (ValueError, RecursionError, MemoryError) as error:
    print(error)
`;

/** Where and what; null when there is none, and when the interpreter does not answer. */
export async function syntaxErrorIn(source: string, interpreter: string): Promise<string | null> {
  const answer = await new Promise<string>((resolve) => {
    const child = execFile(
      interpreter,
      ['-I', '-S', '-W', 'ignore', '-c', COMPILE],
      { timeout: LIMIT_MS, encoding: 'utf8', env: {} },
      (error, stdout) => resolve(error ? '' : stdout),
    );
    child.stdin?.on('error', () => {}); // it has ended before it had read all
    child.stdin?.end(source);
  });
  return answer.trim() || null;
}
