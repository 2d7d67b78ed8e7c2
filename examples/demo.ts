/**
 * `npm run demo`: a real MCP client starts the real server, runs a script in the background, shows
 * its output arriving while it runs, and gets the result. Then a quick script, answered in one call.
 */
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { connect, isRunning, type PythonMcp, type Result, temporaryHome } from './connect.ts';

const folder = fileURLToPath(new URL('demo', import.meta.url));
const began = performance.now();

async function demo(): Promise<void> {
  using home = temporaryHome();
  await using python = await connect(home.path);
  say('server', 'connected over standard input and output');
  await runInBackground(python);
  await runAtOnce(python);
  suggest();
}

async function runInBackground(python: PythonMcp): Promise<void> {
  title('A script that takes six seconds, in the background');
  call('py_run_script_in_dir', 'script_path="estimate_pi.py", async_mode=true');
  const id = await python.start(folder, 'estimate_pi.py');
  reply(`job_id="${id}": it runs whatever happens to this client`);

  call('py_job_status', 'incremental=true, wait_seconds=1', 'again and again: only what is new');
  for (;;) {
    const job = await python.readNew(id);
    show(job.new_stdout, 'green');
    show(job.new_stderr, 'yellow');
    if (isRunning(job)) continue;
    reply(`status="${job.status}", ${describe(job.result)}`);
    return;
  }
}

async function runAtOnce(python: PythonMcp): Promise<void> {
  title('A quick script: the call itself returns the result');
  const source = 'import sys; print("Hello from", sys.executable)';
  call('py_run_script_in_dir', `script_content='${source}'`);
  const result = await python.call<Result>('py_run_script_in_dir', {
    directory: folder,
    script_content: source,
  });
  show(result.stdout, 'green');
  reply(`status="${result.status}", ${describe(result)}`);
}

function suggest(): void {
  title('What to try next');
  const lines = [
    ['npx node examples/tail-loop/client.ts', 'tail -f in ten lines; more in examples/'],
    ['node bin/python-mcp.cjs run SCRIPT.py', 'the same engine on the command line'],
    ['README.md', 'how to add the server to your MCP client'],
  ] as const;
  for (const [what, why] of lines) console.log(`  ${paint('cyan', what.padEnd(38))} ${why}`);
  console.log();
}

function describe(result: Result | null): string {
  return `exit_code=${result?.exit_code}, elapsed_seconds=${result?.elapsed_seconds}`;
}

function title(text: string): void {
  console.log(`\n${paint('bold', text)}`);
}

function call(tool: string, args: string, remark = ''): void {
  say('call  →', `${paint('cyan', tool)}(${args})  ${paint('dim', remark)}`);
}

function reply(text: string): void {
  say('reply ←', text);
}

function show(output: string, colour: 'green' | 'yellow'): void {
  for (const line of output.split('\n').filter(Boolean)) say('new   ←', paint(colour, line));
}

/** One line with the time since the start: live output is seen to be live. */
function say(kind: string, text: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(2).padStart(6);
  console.log(`${paint('dim', `${seconds} s`)}  ${kind.padEnd(8)} ${text}`.trimEnd());
}

/** Plain text where standard output is not a terminal. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

await demo();
