/** What every executor must hold to, whatever machine it runs jobs on. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { newJobId } from '../../../src/core/job-id.ts';
import type { EndOrder, Executor, Placed, RunPlan } from '../../../src/executors/executor.ts';
import { createJobFolder, jobFolder } from '../../../src/output/files/job-folder.ts';
import { waitFor } from '../../support/wait-for.ts';

const SLEEP = 'import time; print("up", flush=True); time.sleep(60)';
const ORDER: EndOrder = { ending: 'cancelled', graceMs: 300, steps: [['SIGTERM', 1]] };

/** @param always of every run */
export function holdsToTheContract(
  name: string,
  newExecutor: () => Executor,
  always: Partial<RunPlan> = {},
): void {
  const executor = newExecutor();
  const started: { placed: Placed; home: string }[] = [];

  function plan(code: string, changes: Partial<RunPlan> = {}): RunPlan {
    const home = mkdtempSync(join(tmpdir(), 'executor-'));
    mkdirSync(join(home, 'jobs'));
    const jobId = newJobId();
    const folder = jobFolder(join(home, 'jobs'), jobId);
    createJobFolder(folder);
    started.push({ home, placed: { jobId, folder, isRunning: true, placement: null } });
    const env = { PATH: String(process.env['PATH']), PYTHON_MCP_JOB_ID: jobId };
    const common = {
      sandbox: null,
      stdinText: null,
      interactive: false,
      memoryLimitMb: null,
      timeoutSeconds: 0,
    };
    const argv = [inject('python'), '-c', code];
    return { jobId, folder, argv, cwd: folder.work, env, ...common, ...always, ...changes };
  }

  async function start(code: string, changes: Partial<RunPlan> = {}): Promise<Placed> {
    const made = plan(code, changes);
    const { placement } = await executor.launch(made);
    return { jobId: made.jobId, folder: made.folder, isRunning: true, placement };
  }

  function ended(placed: Placed): Promise<number> {
    return waitFor(() => {
      const seen = executor.look(placed);
      return seen.kind === 'ended' ? { code: seen.exit.code } : null;
    }, 30_000).then(({ code }) => code);
  }

  const printed = (placed: Placed) => readFileSync(placed.folder.stdout, 'utf8');
  const isUp = (placed: Placed) => waitFor(() => printed(placed).includes('up'), 30_000);

  afterEach(async () => {
    for (const { placed, home } of started.splice(0)) {
      await executor.end(placed, { ...ORDER, graceMs: 0 });
      rmSync(home, { recursive: true, force: true });
    }
  });

  describe(`executor ${name}`, () => {
    it('brings exit code and both streams into the folder, byte for byte', async () => {
      const code = `import sys; sys.stdout.buffer.write(b"a\\xff\\0b"); sys.stderr.write("e"); sys.exit(3)`;
      const placed = await start(code);
      expect(await ended(placed)).toBe(3);
      expect(readFileSync(placed.folder.stdout)).toEqual(Buffer.from([97, 255, 0, 98]));
      expect(readFileSync(placed.folder.stderr, 'utf8')).toBe('e');
    });

    it('tells of a start that did not happen, and forbids it for good', async () => {
      const made = plan('print("ran")');
      const placed: Placed = { ...made, isRunning: false, placement: null };
      expect(executor.look(placed).kind).toBe('absent');
      expect(executor.forbidLaunch(placed)).toBe(true);
      await (
        await executor.launch(made)
      ).ended;
      expect(printed(placed)).toBe('');
    });

    it('runs a job once, however often it is launched', async () => {
      const made = plan('print("ran")');
      const [one, other] = [await executor.launch(made), await executor.launch(made)];
      await Promise.all([one.ended, other.ended]);
      expect(await ended({ ...made, isRunning: true, placement: one.placement })).toBe(0);
      expect(readFileSync(made.folder.stdout, 'utf8')).toBe('ran\n');
    });

    it('sees a living job, how long it runs, and ends it', async () => {
      const placed = await start(SLEEP);
      await isUp(placed);
      expect(executor.look(placed).kind).toBe('alive');
      expect(executor.ranForMs(placed)).toBeGreaterThan(0);
      expect(await executor.end(placed, ORDER)).toEqual({ survivors: [], outOfSight: false });
      expect(await ended(placed)).toBe(143);
    });

    it('kills what ignores the request, after the grace', async () => {
      const placed = await start(`import signal; signal.signal(15, signal.SIG_IGN); ${SLEEP}`);
      await isUp(placed);
      await executor.end(placed, ORDER);
      expect(await ended(placed)).toBe(137);
    });

    it('asks no second time at a time limit that the runtime enforces already', async () => {
      const code = `import signal\nsignal.signal(15, lambda *_: print("asked", flush=True))\n${SLEEP}`;
      const placed = await start(code);
      await isUp(placed);
      const order: EndOrder = { ...ORDER, ending: 'timed_out' };
      writeFileSync(placed.folder.deadline, '');
      await executor.end(placed, order);
      expect(await ended(placed)).toBe(137);
      expect(printed(placed)).toBe('up\n');
    });

    it('passes input on, and its end', async () => {
      const placed = await start('import sys; print(sys.stdin.read(), flush=True)', {
        interactive: true,
      });
      expect(await executor.sendInput(placed, 'hello', 10_000)).toBe(5);
      await executor.closeInput(placed);
      expect(await ended(placed)).toBe(0);
      expect(printed(placed)).toBe('hello\n');
    });
  });
}
