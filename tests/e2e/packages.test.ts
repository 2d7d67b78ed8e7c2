import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolder } from '../support/environment-context.ts';
import { envWithoutUv } from '../support/installers.ts';
import { ALPHA_AND_BETA, onlyWheels } from '../support/only-wheels.ts';
import { type Reply, startServer, type TestServer } from '../support/start-server.ts';
import { shareTools } from '../support/used-home.ts';

const VERSIONS = 'import alpha_one, beta\nprint(alpha_one.VERSION, beta.VERSION)\n';
/** Ticks of the kernel's clock may be missed at both ends of a run. */
const TICK_SECONDS = 0.02;

async function offlineServer(
  wheels = ALPHA_AND_BETA,
  env: Record<string, string> = {},
): Promise<TestServer> {
  const server = await startServer({ env: { ...onlyWheels(wheels), ...env } });
  shareTools(server.home);
  return server;
}

function withPackages(server: TestServer, dependencies: string[], more = {}): Promise<Reply> {
  const run = { script_content: VERSIONS, dependencies, ...more };
  return server.call('py_run_script_with_dependencies', run);
}

/** Empty for a job that found its environment ready. */
function environmentLog(server: TestServer, { job_id: id }: Reply): string {
  const path = join(server.home, 'jobs', id, 'environment.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function wasBuilt(server: TestServer, result: Reply): boolean {
  return environmentLog(server, result) !== '';
}

describe('a run with packages', () => {
  test('says what it ran with, and the second one builds nothing', async () => {
    const server = await offlineServer();
    const first = await withPackages(server, ['alpha-one']);
    expect(first).toMatchObject({
      status: 'completed',
      stdout: '1.2 0.2\n',
      resolved_dependencies: ['alpha-one==1.2', 'beta==0.2'],
    });
    const ranWith = (await server.ended(first.job_id)).result;
    expect(ranWith).toMatchObject({
      python_version_used: expect.stringMatching(/^3\.\d+\.\d+/),
      environment_source: 'explicit-dependencies',
    });
    const version = execFileSync(ranWith.interpreter, ['-c', 'import sys; print(sys.version)']);
    expect(String(version).startsWith(`${ranWith.python_version_used} `)).toBe(true);
    const second = await withPackages(server, [' alpha_one ']); // another way to write it
    expect(second.stdout).toBe('1.2 0.2\n');
    expect(second).not.toHaveProperty('resolved_dependencies');
    expect((await server.ended(second.job_id)).result.interpreter).toBe(ranWith.interpreter);
    expect([wasBuilt(server, first), wasBuilt(server, second)]).toEqual([true, false]);
    expect(readdirSync(join(server.home, 'envs'))).toHaveLength(1);
  });

  test('does not mix with another that needs other versions, in the background and beside it', async () => {
    const server = await offlineServer();
    const [now, later] = await Promise.all([
      withPackages(server, ['alpha-one==1.1']),
      withPackages(server, ['alpha-one==1.2', 'beta'], { async_mode: true }),
    ]);
    expect(now).toMatchObject({ stdout: '1.1 0.1\n' });
    const { result } = await server.ended(later.job_id);
    expect(result).toMatchObject({
      stdout: '1.2 0.2\n',
      resolved_dependencies: ['alpha-one==1.2', 'beta==0.2'],
    });
  });

  test('is built once for twenty first runs on two servers', async () => {
    const folder = scratchFolder();
    const pipLog = join(folder, 'pip.log');
    writeFileSync(join(folder, 'pip.conf'), `[global]\nlog = ${pipLog}\n`);
    const pip = { PATH: envWithoutUv()['PATH'] ?? '', PIP_CONFIG_FILE: join(folder, 'pip.conf') };
    const env = { ...onlyWheels(ALPHA_AND_BETA), ...pip, PYTHON_MCP_MAX_CONCURRENT_JOBS: '20' };
    const one = await startServer({ env });
    shareTools(one.home);
    const two = await startServer({ on: one, env });
    const runs = Array.from({ length: 20 }, (_, number) =>
      withPackages(number % 2 ? one : two, ['alpha-one']),
    );
    const results = await Promise.all(runs);
    expect(results.map(({ stdout }) => stdout)).toEqual(Array(20).fill('1.2 0.2\n'));
    const installs = readFileSync(pipLog, 'utf8').match(/Successfully installed alpha-one/g);
    expect(installs).toHaveLength(1);
    const logs = results.map((result) => environmentLog(one, result));
    expect(logs.some((log) => log.includes('Another process builds this environment'))).toBe(true);
  });

  test('that needs none says so', async () => {
    const server = await offlineServer();
    const run = { script_content: 'print(1)' };
    const result = await server.call('py_run_script_with_dependencies', run);
    expect(result.stdout).toBe('1\n');
    const ranWith = (await server.ended(result.job_id)).result;
    expect(ranWith.resolved_dependencies).toEqual([]);
    expect(ranWith.python_version_used).toBe(ranWith.python_version);
  });

  test.each([
    ['there are no such packages', ['no-such-package-of-ours'], /no-such-package-of-ours/],
    ['they contradict each other', ['alpha-one==1.1', 'beta==0.2'], /beta/],
  ])('is refused with the installer’s reason when %s', async (_, dependencies, reason) => {
    const server = await offlineServer();
    const run = { script_content: VERSIONS, dependencies };
    const sentence = await server.refusal('py_run_script_with_dependencies', run);
    expect(sentence).toMatch(reason);
    const [id = ''] = server.jobIds();
    expect(await server.ended(id)).toMatchObject({ status: 'failed', started_at: null });
    const log = await server.text('py_job_output', { job_id: id, stream: 'environment' });
    expect(log).toMatch(reason);
    expect(log).toMatch(/^job \w+ · environment log, \d+ bytes · status failed · /);
    expect(server.output(id, 'stdout').length).toBe(0);
  });
});

test('an import that no well-known package has is not installed, and the result says so', async () => {
  const server = await offlineServer([{ name: 'requestz-made-up', version: '1.0' }]);
  writeFileSync(join(server.work, 'beside.py'), 'WORDS = "not a package"\n');
  const run = {
    directory: server.work,
    script_content: 'import beside\nprint(beside.WORDS)\nimport requestz_made_up',
  };
  const result = await server.call('py_run_script_in_dir', run);
  expect(result).toMatchObject({ exit_code: 1, stdout: 'not a package\n' });
  expect(result.stderr).toContain("No module named 'requestz_made_up'");
  expect(result.notes).toEqual([
    expect.stringMatching(/^import requestz_made_up: not installed, .* as a dependency\.$/),
  ]);
  expect(existsSync(join(server.home, 'envs'))).toBe(false);
});

describe('saved scripts', () => {
  const source = '"""Says its version."""\nimport os, beta\nprint(beta.VERSION, os.getcwd())\n';

  test('are run by name with the packages they were saved with, each in a fresh folder', async () => {
    const server = await offlineServer();
    const script = { script_name: 'sayer', source, dependencies: ['beta<0.2'] };
    const saved = await server.call('py_save_script', { ...script, requires_python: '>=3.8' });
    const path = join(server.home, 'scripts', 'sayer.py');
    expect(saved).toEqual({ written: true, path, message: expect.stringContaining('sayer') });
    const entry = {
      name: 'sayer',
      path,
      description: 'Says its version.',
      dependencies: ['beta<0.2'],
      requires_python: '>=3.8',
      modified_at: expect.stringMatching(/Z$/),
    };
    expect(JSON.parse(await server.text('py_list_scripts'))).toEqual([entry]);
    const results = [
      await server.call('py_run_saved_script', { script_name: 'sayer' }),
      await server.call('py_run_saved_script', { script_name: 'sayer' }),
    ];
    const packages = results.map((result) => result.resolved_dependencies);
    expect(packages).toEqual([['beta==0.1'], undefined]); // news only where it was built
    for (const { job_id: id, stdout } of results) {
      expect(stdout).toBe(`0.1 ${join(server.home, 'jobs', id, 'work')}\n`);
    }
  });

  test('that cannot be read as Python are saved, and said to be so', async () => {
    const server = await startServer();
    const wrong = { script_name: 'wrong', source: 'def f(:\n  pass\n' };
    const { message } = await server.call('py_save_script', wrong);
    expect(message).toMatch(/^Saved "wrong"\. It has a syntax error, line 1: .*: correct it/);
    const right = { ...wrong, source: 'import no_such_module\nprint(1)\n', overwrite: true };
    expect((await server.call('py_save_script', right)).message).toBe('Saved "wrong".');
  });

  test('are replaced only when asked; an unknown name names the known ones', async () => {
    const server = await startServer();
    const save = { script_name: 'one', source: 'print(1)' };
    await server.call('py_save_script', save);
    const other = { ...save, source: 'print(2)' };
    expect(await server.refusal('py_save_script', other)).toBe(
      'script_name: "one" exists. Pass overwrite: true to replace it.',
    );
    expect(await server.call('py_run_saved_script', { script_name: 'one' })).toMatchObject({
      stdout: '1\n',
    });
    await server.call('py_save_script', { ...other, overwrite: true });
    expect(await server.call('py_run_saved_script', { script_name: 'one' })).toMatchObject({
      stdout: '2\n',
    });
    expect(await server.refusal('py_run_saved_script', { script_name: 'two' })).toBe(
      'script_name: there is no saved script "two". Saved are: one. py_save_script saves one.',
    );
  });
});

describe('a benchmark', () => {
  test('counts the CPU time and the memory of the script', async () => {
    const server = await startServer();
    const code = `
import time
while time.process_time() < 0.3: pass
held = b"x" * (200 * 1024 * 1024)
print("done")
`;
    const run = { script_content: code, runs: 2, warmup: 1 };
    const result = await server.call('py_benchmark_script', run);
    const { wall_time_seconds: wall, cpu_time_seconds: cpu, peak_rss_mb: memory } = result;
    expect(result).toMatchObject({ runs: 2, warmup: 1, last_output: { stdout: 'done\n' } });
    expect(result.rows).toHaveLength(2);
    expect(cpu.min).toBeGreaterThanOrEqual(0.3 - TICK_SECONDS);
    expect(wall.min).toBeGreaterThanOrEqual(cpu.min - TICK_SECONDS);
    expect(memory.min).toBeGreaterThanOrEqual(200);
    expect(memory.max).toBeLessThan(300);
    for (const { min, median, max } of [wall, cpu, memory]) {
      expect([min, median, max]).toEqual([min, median, max].toSorted((a, b) => a - b));
    }
  });

  test('counts the processes that the script started, and nothing of itself', async () => {
    const server = await startServer();
    const child = 'held = b"x" * (200 << 20)\\nimport time\\nwhile time.process_time() < 0.3: pass';
    const code = `import subprocess, sys\nsubprocess.run([sys.executable, "-c", '${child}'])`;
    const busy = await server.call('py_benchmark_script', { script_content: code });
    expect(busy.cpu_time_seconds).toBeGreaterThanOrEqual(0.3 - TICK_SECONDS);
    expect(busy.peak_rss_mb).toBeGreaterThanOrEqual(200);
    const idle = await server.call('py_benchmark_script', {
      script_content: 'import time; time.sleep(0.5)',
    });
    expect(idle.wall_time_seconds).toBeGreaterThanOrEqual(0.5);
    expect(idle.cpu_time_seconds).toBeLessThan(idle.wall_time_seconds);
    expect(idle.peak_rss_mb).toBeLessThan(100);
  });

  test('of a script that fails ends with its first run', async () => {
    const server = await startServer();
    const result = await server.call('py_benchmark_script', {
      script_content: 'import sys; print("here", file=sys.stderr); sys.exit(3)',
      runs: 5,
    });
    expect(result).toMatchObject({ status: 'failed', exit_code: 3, stderr: 'here\n' });
  });
});

test('values of env_vars, an env_file and stdin are nowhere in the home, also while the job runs', async () => {
  const server = await offlineServer();
  const [variable, inFile, input] = [secret(), secret(), secret()];
  writeFileSync(join(server.work, '.env'), `FROM_FILE=${inFile}\n`);
  const label = `seen-${secret()}`;
  const code = `
import os, sys, time, beta
assert os.environ["TOKEN"] and os.environ["FROM_FILE"] and sys.stdin.read()
print("ready", flush=True)
while not os.path.exists("go"): time.sleep(0.02)
`;
  const id = await server.start('', {
    script_content: `# /// script\n# dependencies = ["beta"]\n# ///\n${code}`,
    env_vars: { TOKEN: variable },
    env_file: '.env',
    stdin: input,
    job_label: label,
  });
  const wait = { job_id: id, until: 'ready', wait_seconds: 45 };
  expect(await server.text('py_job_output', wait)).toContain('matched');
  const holders = (text: string): string[] => filesWith(server.home, text);
  expect(holders(label).length).toBeGreaterThan(0); // the search finds what is there
  for (const value of [variable, inFile, input]) expect(holders(value)).toEqual([]);
  writeFileSync(join(server.work, 'go'), '');
  expect(await server.ended(id)).toMatchObject({ status: 'completed' });
  for (const value of [variable, inFile, input]) expect(holders(value)).toEqual([]);
});

function secret(): string {
  return randomBytes(16).toString('hex');
}

/** Every regular file below `folder` that holds `text`; what vanishes meanwhile holds nothing. */
function filesWith(folder: string, text: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => {
    try {
      const whole = join(folder, path);
      return statSync(whole).isFile() && readFileSync(whole).includes(text);
    } catch {
      return false;
    }
  });
}
