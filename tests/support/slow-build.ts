/** An environment whose build says what the test says, and ends when the test ends it. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fakeUv } from './installers.ts';

export interface SlowBuild {
  /** Settings of the server. */
  env: Record<string, string>;
  /** The installer says a line. */
  say(line: string): void;
  /** The installer exits: with 0 all went well. */
  end(code: number): void;
}

/** The environment itself is real; the installer puts nothing into it. */
export function slowBuild(): SlowBuild {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-slow-build-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, 'r+'); // to write only would wait for the reader
  onTestFinished(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  });
  const uv = fakeUv(
    folder,
    `if [ "$1" = venv ]; then
       for path; do :; done
       exec "$5" -m venv --without-pip "$path"
     fi
     while IFS= read -r line; do
       case $line in 'exit '*) exit "\${line#exit }" ;; esac
       printf '%s\\n' "$line"
     done < '${pipe}'
     exit 1`,
  );
  const say = (line: string): void => void writeSync(fd, `${line}\n`);
  return { env: { PYTHON_MCP_UV: uv }, say, end: (code) => say(`exit ${code}`) };
}
