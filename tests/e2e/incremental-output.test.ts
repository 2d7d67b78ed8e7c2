/**
 * The text this product grew from has examples. Each of them is here as the tool calls it stands
 * for, with the same scripts, parameters and loops; only the sleeps inside scripts are shorter, and
 * where an example sleeps to let a script get somewhere, the test waits until it has.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERAS } from '../support/mcp-session.ts';
import type { Reply, TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { fileServer } from './file-server.ts';

const FINAL = ['completed', 'failed', 'cancelled'];

/** What the examples' own sleep between two polls is here. */
const POLL_SECONDS = 0.05;

describe.each(ERAS)('with the %s client', (era) => {
  const served = fileServer(era);

  async function launch(script: string, more: object = {}) {
    const server = served();
    const result = await server.call('py_run_script_in_dir', {
      directory: server.work,
      script_content: script,
      async_mode: true,
      enable_streaming: true,
      ...more,
    });
    return { server, id: String(result.job_id), result };
  }

  test('launching with streaming returns a pending job', async () => {
    const { result, server, id } = await launch(counting('Processing item {i+1}', 2), {
      job_label: 'Processing job',
    });
    expect(result).toMatchObject({ job_id: expect.any(String), status: 'pending' });
    expect((await server.ended(id)).label).toBe('Processing job');
  });

  test('a full status shows the output so far while the job runs', async () => {
    const { server, id } = await launch(counting('Processing item {i+1}', 10, 0.5));
    await printed(server, id, 3);
    const status = await server.call('py_job_status', { job_id: id });
    expect(status.job).toMatchObject({ id, status: 'running', partial_stderr: '' });
    expect(status.job.partial_stdout).toMatch(
      /^Processing item 1\nProcessing item 2\nProcessing item 3\n/,
    );
    expect(status).not.toHaveProperty('incremental');
  });

  test('an incremental status shows what came since the last one', async () => {
    const { server, id } = await launch(counting('Processing item {i+1}', 10, 0.5));
    await printed(server, id, 2);
    const first = await server.call('py_job_status', { job_id: id, incremental: true });
    expect(first.incremental).toBe(true);
    expect(first.job.new_stdout).toMatch(/^Processing item 1\nProcessing item 2\n/);
    const had = linesOf(first.job.new_stdout);

    await printed(server, id, had + 2);
    const second = await server.call('py_job_status', { job_id: id, incremental: true });
    expect(second.job).toMatchObject({ status: 'running', new_stderr: '', partial_stderr: '' });
    expect(second.job.partial_stdout).toMatch(/^Processing item 1\n/);
    const next = `Processing item ${had + 1}\nProcessing item ${had + 2}\n`;
    expect(second.job.new_stdout.startsWith(next)).toBe(true);
  });

  test('progress monitoring: a loop over full statuses ends with the job', async () => {
    const { server, id } = await launch(counting('Progress: {i+1}/100', 100, 0.03));
    await hasStarted(server, id);
    const shown: string[] = [];
    for (;;) {
      const status = await server.call('py_job_status', { job_id: id, ...waiting() });
      if (status.job.status !== 'running') break;
      shown.push(status.job.partial_stdout);
    }
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.join('')).toContain('Progress: 1/100\n');
    const last = await server.call('py_job_status', { job_id: id });
    expect(last.job.result.stdout).toMatch(/^Progress: 1\/100\n[^]*\nProgress: 100\/100\n$/);
  });

  test('log tailing: a loop over new output prints every line once', async () => {
    const { server, id } = await launch(
      `import subprocess\nsubprocess.run(["sh", "-c", ${JSON.stringify(SHELL_LOOP)}])`,
    );
    await hasStarted(server, id);
    let printedOut = '';
    for (;;) {
      const status = await server.call('py_job_status', {
        job_id: id,
        incremental: true,
        ...waiting(),
      });
      if (status.job.new_stdout) printedOut += status.job.new_stdout;
      if (status.job.status !== 'running') break;
    }
    const all = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join('');
    expect(printedOut).toBe(all);
  });

  test('log tailing of what is no Python script ends with the reason', async () => {
    const { server, id } = await launch('./long_running_process.sh');
    await hasStarted(server, id);
    let errors = '';
    let job: Reply;
    do {
      ({ job } = await server.call('py_job_status', {
        job_id: id,
        incremental: true,
        ...waiting(),
      }));
      errors += job.new_stderr;
    } while (job.status === 'running');
    expect(job.status).toBe('failed');
    expect(errors).toContain('SyntaxError');
  });

  test('early error detection: a loop over partial_stderr cancels the job', async () => {
    const { server, id } = await launch(FAILS_EARLY);
    await hasStarted(server, id);
    let detected = false;
    for (let look = 0; look < 600 && !detected; look += 1) {
      const status = await server.call('py_job_status', {
        job_id: id,
        incremental: true,
        ...waiting(),
      });
      if ((status.job.partial_stderr ?? '').includes('ERROR')) {
        detected = true;
        await server.call('py_cancel_job', { job_id: id });
      } else if (status.job.status !== 'running') break;
    }
    expect(detected).toBe(true);
    expect((await server.ended(id)).status).toBe('cancelled');
  });

  test('best practices: flushed output appears, and a loop handles completion', async () => {
    const { server, id } = await launch(
      'import sys\nprint("Progress update", flush=True)\nprint("done")\nsys.stdout.flush()',
    );
    let processed = '';
    let status: Reply;
    do {
      status = await server.call('py_job_status', {
        job_id: id,
        incremental: true,
        ...waiting(),
      });
      if (status.job.new_stdout) processed += status.job.new_stdout;
    } while (!FINAL.includes(status.job.status));
    expect(processed).toBe('Progress update\ndone\n');
  });

  test('the testing example gives the outputs it promises', async () => {
    const { server, id } = await launch(TESTING_EXAMPLE, { job_label: 'Streaming test' });
    goOn(server, 1);
    await printed(server, id, 2);
    const status1 = await server.call('py_job_status', { job_id: id });
    expect(status1.job.partial_stdout).toBe('Line 1\nLine 2\n');

    // The full status showed everything, so its reader has had it.
    goOn(server, 2, 3);
    await printed(server, id, 4);
    const status2 = await server.call('py_job_status', { job_id: id, incremental: true });
    expect(status2.job.new_stdout).toBe('Line 3\nLine 4\n');

    goOn(server, 4, 5);
    await server.ended(id);
    const status3 = await server.call('py_job_status', { job_id: id });
    expect(status3.job.status).toBe('completed');
    expect(status3.job.result.stdout).toBe('Line 1\nLine 2\nLine 3\nLine 4\nLine 5\n');
  });
});

/** Stands for the sleep of the examples' loops: returns earlier when there is news. */
function waiting(): { wait_seconds: number; until: string } {
  return { wait_seconds: POLL_SECONDS, until: 'output' };
}

function counting(line: string, count: number, pause = 0.06): string {
  return `
import time
for i in range(${count}):
    print(f"${line}")
    time.sleep(${pause})
`;
}

const SHELL_LOOP = 'for i in $(seq 20); do echo line $i; sleep 0.02; done';

const FAILS_EARLY = `
import sys, time
for i in range(1000):
    if i == 5:
        print("ERROR: disk on fire", file=sys.stderr)
    print(i)
    time.sleep(0.05)
`;

/** Sleeps until it is told to go on: a busy machine might look at it later than it should. */
const TESTING_EXAMPLE = `
import os
import time
import sys

for i in range(5):
    print(f"Line {i+1}")
    sys.stdout.flush()
    while not os.path.exists(f"go-on-{i+1}"):
        time.sleep(0.02)
`;

function goOn(server: TestServer, ...lines: number[]): void {
  for (const line of lines) writeFileSync(join(server.work, `go-on-${line}`), '');
}

/** A job that still waits for its process is not running, and would end the loop of an example. */
async function hasStarted(server: TestServer, id: string): Promise<void> {
  const jobs = async () => (await server.call('py_list_jobs')).jobs as Reply[];
  const isPending = (job: Reply) => job.id === id && job.status === 'pending';
  await waitFor(async () => !(await jobs()).some(isPending), 20_000, 'the start of the job');
}

async function printed(server: TestServer, id: string, lines: number): Promise<void> {
  const reached = () => linesOf(server.output(id, 'stdout').toString()) >= lines;
  await waitFor(reached, 20_000, `${lines} lines`);
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}
