/** Client libraries for Python, from a package index: the loop that the product grew from, and nulls. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { NODE, PROGRAM, PYTHON, testHome } from '../../support/test-home.ts';

type Installed = { python: string } | { missing: string };

const INSTALL_MS = 10 * 60_000;
/** Less than a test may take, so that a client that hangs is ended. */
const LONGEST_MS = 170_000;
const TOLD = [0, 1, 2, 3, 4].map((row) => `row ${row}\n`).join('');
const run = promisify(execFile);

/** The interpreter of a cached environment with them, or why there is none. */
async function install(...packages: string[]): Promise<Installed> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const key = createHash('sha256').update(`${PYTHON} ${packages.join()}`).digest('hex');
  const folder = join(cache, 'python-mcp-tests', `clients-${key.slice(0, 12)}`);
  const python = join(folder, 'bin', 'python');
  // An environment cannot be moved, so this file says that it is whole.
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return { python };
  try {
    await run(PYTHON, ['-m', 'venv', '--clear', folder]);
    const options = ['-m', 'pip', 'install', '-q', '--retries', '0', '--timeout', '15'];
    await run(python, [...options, ...packages], { timeout: INSTALL_MS });
    mkdirSync(whole);
    return { python };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return { missing: (error as Error).message.split('\n').slice(0, 2).join(' ') };
  }
}

const newest = await install('mcp==2.3.0', 'fastmcp==4.2.3');
const nulls = await install('mcp-use==1.7.1');
const llama = await install('llama-index-tools-mcp==0.6.0');

function whySkipped(installed: Installed): string {
  if (!('missing' in installed)) return '';
  const why = ` (skipped: not installed: ${installed.missing})`;
  console.warn(`SKIPPED: Python clients${why}`);
  return why;
}

/** Runs a script beside this file with our server over stdio; returns what it printed. */
async function drive(installed: Installed, script: string, ...args: string[]): Promise<string> {
  const { home, work } = testHome();
  const env = { PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: PYTHON };
  return runScript(installed, [script, ...args, work, NODE, PROGRAM], env);
}

async function runScript(installed: Installed, words: string[], more = {}): Promise<string> {
  const python = 'python' in installed ? installed.python : '';
  const [script = '', ...args] = words;
  const env = { ...process.env, ...more };
  const all = [join(import.meta.dirname, script), ...args];
  return (await run(python, all, { env, timeout: LONGEST_MS })).stdout;
}

const MODES = ['legacy', 'auto', '2026-07-28'];
const cases = ['mcp', 'fastmcp'].flatMap((library) => MODES.map((mode) => ({ library, mode })));

const why = whySkipped(newest);
describe.skipIf(why)(`Python clients${why}`, () => {
  test.for(cases)(
    '$library in its mode $mode is told each line once',
    async ({ library, mode }) => {
      const printed = await drive(newest, 'origin_loop.py', library, mode);
      expect(JSON.parse(printed)).toEqual({ status: 'completed', told: TOLD });
    },
  );

  test.for(cases)('$library in its mode $mode, over HTTP as well', async ({ library, mode }) => {
    const { work, url, token } = await startHttpServer();
    const words = ['origin_loop.py', library, mode, work, `${url}mcp`, token];
    const printed = await runScript(newest, words);
    expect(JSON.parse(printed)).toEqual({ status: 'completed', told: TOLD });
  });
});

const FRAMEWORKS = [
  { name: 'mcp-use', script: 'null_call.py', installed: nulls },
  { name: 'llama-index', script: 'llama_call.py', installed: llama },
];
for (const { name, script, installed } of FRAMEWORKS) {
  const whyNot = whySkipped(installed);
  test.skipIf(whyNot)(
    `${name} runs a script with null for all that it leaves out${whyNot}`,
    async () => {
      expect(await drive(installed, script)).toMatch(/"stdout":"42\\+n"/);
    },
  );
}
