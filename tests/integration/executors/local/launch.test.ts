import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  readExit,
  readSupervisor,
  startedAt,
} from '../../../../src/executors/local/supervisor-record.ts';
import { launch } from '../../../../src/executors/local/launch.ts';
import {
  FIXTURES,
  newPlan,
  PYTHON,
  cleanUp,
  startJob,
  startPython,
  waitFor,
} from './running-job.ts';

afterEach(cleanUp);

describe('how a run ends', () => {
  it.each([0, 1, 42, 126, 127, 255])('records exit code %i', async (code) => {
    const job = await startPython(`import sys; sys.exit(${code})`);
    expect(await job.ended()).toMatchObject({ code });
    expect(job.stderr()).toBe('');
  });

  it.each([
    ['SEGV', 139],
    ['KILL', 137],
    ['TERM', 143],
    ['ABRT', 134],
  ])('records signal %s as 128 + n, and says nothing in the job’s stderr', async (name, code) => {
    const job = await startPython(`import os, signal; os.kill(os.getpid(), signal.SIG${name})`);
    expect(await job.ended()).toMatchObject({ code });
    expect(job.stderr()).toBe('');
  });

  it('records 127 for an interpreter that is not there, with the reason in stderr', async () => {
    const job = await startJob(['/nowhere/python']);
    expect(await job.ended()).toMatchObject({ code: 127 });
    expect(job.stderr()).toContain('/nowhere/python');
  });

  it('records 126 for an interpreter that cannot be executed', async () => {
    const job = await startJob(['/etc/passwd']);
    expect(await job.ended()).toMatchObject({ code: 126 });
  });

  it('knows when it started and ended', async () => {
    const before = Date.now();
    const job = await startPython('import time; time.sleep(0.1)');
    const exit = await job.ended();
    const start = startedAt(job.dir);
    expect(start).toBeGreaterThanOrEqual(before - 20); // the clock of the file system is coarse
    expect(Number(exit?.endedAt) - Number(start)).toBeGreaterThanOrEqual(90);
  });

  it('has no record when its whole group is killed from outside', async () => {
    const job = await startPython('import time; time.sleep(30)');
    const { pid } = await job.supervisor();
    process.kill(-pid, 'SIGKILL');
    expect(await job.ended()).toBeNull();
  });
});

describe('what a job finds', () => {
  it('its own umask, arguments, folder and environment, nothing of the shell', async () => {
    const code =
      'import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]))';
    const args = ['a b', '$(id)', '"\'\\', '*', '', '-x', 'ä\n'];
    const env = { d: '1', s: '2', mcp: '3', EMPTY: '', MULTI: 'a\nb=c' };
    const job = await startJob([PYTHON, '-c', code, ...args], { env, cwd: '/' });
    await job.ended();
    const [argv, cwd, environment] = JSON.parse(job.stdout());
    expect(argv).toEqual(args);
    expect(cwd).toBe('/');
    expect(environment).toMatchObject(env);
    // PWD is the shell's contribution, LC_CTYPE Python's own.
    const added = ['PATH', 'PYTHON_MCP_JOB_ID', 'PWD', 'LC_CTYPE', '_', 'SHLVL', 'OLDPWD'];
    const names = Object.keys(environment).filter((name) => !added.includes(name));
    expect(names.sort()).toEqual(Object.keys(env).sort());
  });

  it('the umask of the server, while control files are private', async () => {
    const umask = process.umask(0o027);
    try {
      const job = await startPython('import os; print(oct(os.umask(0)))');
      await job.ended();
      expect(job.stdout()).toBe('0o27\n');
      for (const name of readdirSync(job.dir)) {
        expect(statSync(join(job.dir, name)).mode & 0o777, name).toBe(0o600);
      }
    } finally {
      process.umask(umask);
    }
  });

  it('no descriptor that a bare start would not give it', async () => {
    const code = 'import os; print(sorted(map(int, os.listdir("/proc/self/fd"))))';
    const bare = spawnSync(PYTHON, ['-c', code], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 2],
    });
    for (const changes of [{}, { interactive: true }, { stdinText: 'x' }]) {
      const job = await startPython(code, changes);
      await job.ended();
      expect(job.stdout()).toBe(bare.stdout);
    }
  });

  it('default actions for signals: SIGINT is a KeyboardInterrupt', async () => {
    const job = await startPython('print("up", flush=True)\nimport time; time.sleep(30)');
    await waitFor('the script to run', () => job.stdout() === 'up\n');
    process.kill(-(await job.supervisor()).pid, 'SIGINT');
    expect(await job.ended()).toMatchObject({ code: 130 });
    expect(job.stderr()).toContain('KeyboardInterrupt');
  });

  it('an end of file instead of a standard input', async () => {
    const job = await startPython('input()');
    expect(await job.ended()).toMatchObject({ code: 1 });
    expect(job.stderr()).toContain('EOFError');
  });

  it('the text given as standard input, of which nothing stays on disk', async () => {
    const text = `${'ä'.repeat(300_000)}\nend\n`;
    const job = await startPython('import sys; sys.stdout.write(sys.stdin.read())', {
      stdinText: text,
      env: { PYTHONUTF8: '1' },
    });
    await job.ended();
    expect(job.stdout()).toBe(text);
    expect(readdirSync(job.dir).sort()).toEqual([
      'exit',
      'stderr.log',
      'stdout.log',
      'supervisor.json',
    ]);
  });

  it('its memory limit as a MemoryError', async () => {
    const job = await startPython('bytearray(1 << 30)', { memoryLimitMb: 256 });
    expect(await job.ended()).toMatchObject({ code: 1 });
    expect(job.stderr()).toContain('MemoryError');
  });
});

describe('starting', () => {
  it('is refused in words when the working directory has vanished', async () => {
    const plan = newPlan([PYTHON, '-c', ''], { cwd: '/nowhere/at-all' });
    await expect(launch(plan)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('"/nowhere/at-all" does not exist any more'),
    });
    expect(readSupervisor(plan.jobDir)).toBeNull();
  });

  it('is refused in words when the arguments are too large for the system', async () => {
    const plan = newPlan([PYTHON, '-c', '', 'x'.repeat(5_000_000)]);
    await expect(launch(plan)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('too large'),
    });
  });

  it('a second time runs nothing', async () => {
    const job = await startPython('print("ran", flush=True)\nimport time; time.sleep(0.3)');
    const supervisor = await job.supervisor();
    const again = await startPython('print("ran twice")', { jobDir: job.dir });
    await again.launched.ended;
    expect(readSupervisor(job.dir)).toEqual(supervisor);
    expect(await job.ended()).toMatchObject({ code: 0 });
    expect(job.stdout()).toBe('ran\n');
  });

  it('survives kill -9 of the server right after it, 30 times of 30', async () => {
    const plans = Array.from({ length: 30 }, () => newPlan([PYTHON, '-c', 'print("done")']));
    const waiting = plans.map((plan) => plan);
    const worker = async () => {
      for (let plan = waiting.pop(); plan; plan = waiting.pop()) await launchAndDie(plan);
    };
    await Promise.all([worker(), worker(), worker()]);
    await waitFor('30 exit records', () =>
      plans.every(({ jobDir }) => readExit(jobDir)?.code === 0),
    );
    for (const { jobDir } of plans) {
      expect(statSync(join(jobDir, 'stdout.log')).size).toBe('done\n'.length);
    }
  });
});

function launchAndDie(plan: object): Promise<void> {
  const argv = [join(FIXTURES, 'launch-then-die.ts'), JSON.stringify(plan)];
  const server = spawn(process.execPath, argv, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    server.once('exit', (_, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error('the launching process failed before it could be killed'));
    });
  });
}
