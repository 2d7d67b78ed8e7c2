/**
 * What real agent hosts show their model of our replies. They are installed from npm, and driven by a
 * model on loopback that does what stands here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PYTHON } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Call, Shown } from './dialects.ts';
import { claudeAtTerminal, type Host, hosts } from './hosts.ts';
import { installHosts } from './installed-hosts.ts';
import { type Plan, startScriptedModel } from './scripted-model.ts';

const installed = await installHosts();
const why = 'missing' in installed ? ` (skipped: not installed: ${installed.missing})` : '';
if (why) console.warn(`SKIPPED: agent hosts${why}`);

const LIMIT_MS = 150_000;

const PICTURE = `import os, struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
png += chunk(b"IDAT", zlib.compress((b"\\0" + b"\\xff\\0\\0" * 64) * 64)) + chunk(b"IEND", b"")
open(os.path.join(os.environ["PYTHON_MCP_ARTIFACTS"], "plot.png"), "wb").write(png)
print("drawn")
`;
const ROWS = 'import time\nfor i in range(6):\n    print("row", i)\n    time.sleep(0.3)\n';

async function startHost(host: Host, planIn: (project: string) => Plan, pty: boolean) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-host-')));
  const project = join(home, 'project');
  mkdirSync(project);
  const model = await startScriptedModel(planIn(project));
  const server = { PYTHON_MCP_HOME: join(home, 'python-mcp'), PYTHON_MCP_PYTHON: PYTHON };
  const { command, env } = host.prepare({ home, model: model.url, server });
  const [program = '', ...args] = pty ? atTerminal(command) : command;
  const bin = 'bin' in installed ? installed.bin : '';
  const PATH = [bin, join(process.execPath, '..'), process.env['PATH']].join(delimiter);
  const child = spawn(program, args, {
    cwd: project,
    env: { PATH, HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
    stdio: [pty ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const gone = once(child, 'close');
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null)
      process.kill(-Number(child.pid), 'SIGTERM');
    await gone;
    model.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  return { model, gone, said: () => said.slice(-2_000) };
}

/** Python's pty passes our pipe on as a keyboard. */
function atTerminal(command: readonly string[]): string[] {
  const sized = ['/bin/sh', '-c', 'stty cols 120 rows 40; exec "$@"', 'sh', ...command];
  return [PYTHON, '-c', 'import pty, sys; pty.spawn(sys.argv[1:])', ...sized];
}

/** One call after the other; a later one may need what an earlier one brought. */
function inTurn(...steps: ((shown: readonly Shown[]) => Call)[]): Plan {
  return (shown) => steps[shown.length]?.(shown) ?? null;
}

function run(project: string, code: string, more: object = {}): Call {
  const args = { directory: project, script_content: code, ...more };
  return { tool: 'py_run_script_in_dir', args };
}

function jobIn({ text } = { text: '' } as Shown): string {
  return /"job_id\W+(\w+)/.exec(text)?.[1] ?? 'none';
}

describe.skipIf(why)(`agent hosts${why}`, () => {
  test.for(hosts)(
    '$name shows its model results, polls, output, pictures and errors',
    { timeout: LIMIT_MS + 20_000 },
    async (host) => {
      const plan = (project: string): Plan =>
        inTurn(
          () => run(project, 'print("hello", 6 * 7)'),
          () => run(project, ROWS, { async_mode: true, enable_streaming: true }),
          ([, started]) => status(jobIn(started)),
          ([, started]) => output(jobIn(started)),
          () => run(project, PICTURE),
          () => run('/no/such/folder', 'print(1)'),
        );
      const { model, gone, said } = await startHost(host, plan, false);
      await Promise.race([gone, waitFor(() => model.shown().length === 6, LIMIT_MS, said())]);
      const [quick, started, polled, read, drawn, refused] = model.shown();
      expect(quick?.text, said()).toContain('hello 42');
      expect(jobIn(started)).toMatch(/^[a-z0-9]{4,32}$/);
      expect(polled?.text).toContain('row 0');
      for (const row of [0, 5]) expect(read?.text).toContain(`row ${row}`);
      expect(drawn).toMatchObject({ pictures: 1, text: expect.stringContaining('drawn') });
      expect(refused?.text).toContain('does not exist');
    },
  );

  test(
    'Claude Code at a terminal tells its model the end of a task that it has not asked for',
    { timeout: LIMIT_MS + 20_000 },
    async () => {
      const plan = (project: string): Plan =>
        inTurn(() =>
          run(project, 'import time\ntime.sleep(3)\nprint("the", "end")', { async_mode: true }),
        );
      const { model, said } = await startHost(claudeAtTerminal, plan, true);
      const told = () => model.requests().some((request) => request.includes('the end\\\\n'));
      await waitFor(told, LIMIT_MS, 'the end of the task').catch((error: unknown) => {
        throw new Error(`${String(error)}: ${said()}`);
      });
      expect(model.shown()).toHaveLength(1);
    },
  );
});

function status(id: string): Call {
  return { tool: 'py_job_status', args: { job_id: id, incremental: true, wait_seconds: 10 } };
}

function output(id: string): Call {
  return { tool: 'py_job_output', args: { job_id: id, wait_seconds: 20, until: 'exit' } };
}
