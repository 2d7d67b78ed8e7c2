import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { resolveEnvironment } from '../../../src/python/resolve-environment.ts';
import { defaultInterpreter } from '../../../src/python/interpreters/interpreters.ts';
import { runRequest, scratchFolder, testContext } from '../../support/environment-context.ts';

const run = promisify(execFile);

async function makeVenv(path: string): Promise<void> {
  const { path: python } = await defaultInterpreter(testContext(scratchFolder()));
  await run(python, ['-m', 'venv', '--without-pip', path]);
}

function resolve(directory: string, change = {}, home = scratchFolder()) {
  const path = join(home, 'script.py');
  writeFileSync(path, 'print(1)\n');
  const context = testContext(home, {}, { ...process.env, VIRTUAL_ENV: '/elsewhere' });
  return resolveEnvironment(runRequest(directory, change), { path }, context);
}

test('without a virtual environment the default interpreter runs the script', async () => {
  const { command, env, launch } = await resolve(scratchFolder());
  expect(command).toEqual([launch.interpreter]);
  expect(env).toEqual({});
  expect(launch).toMatchObject({ strategy: 'system-python', source: 'default-interpreter' });
});

test('the .venv of a parent folder is used, and its packages are the ones imported', async () => {
  const project = scratchFolder();
  mkdirSync(join(project, 'deep/er'), { recursive: true });
  await makeVenv(join(project, '.venv'));
  const { command, env, launch } = await resolve(join(project, 'deep/er'));
  expect(launch.source).toBe('project-venv');
  expect(env['VIRTUAL_ENV']).toBe(join(project, '.venv'));
  expect(env['PATH']?.startsWith(join(project, '.venv/bin:'))).toBe(true);
  expect(env).not.toHaveProperty('PYTHONHOME');
  const { stdout } = await run(command[0], ['-c', 'import sys; print(sys.prefix)']);
  expect(stdout.trim()).toBe(join(project, '.venv'));
});

test('use_uv false means the system interpreter, whatever lies in the directory', async () => {
  const project = scratchFolder();
  await makeVenv(join(project, '.venv'));
  const { launch } = await resolve(project, { environment: { useUv: false } });
  expect(launch.source).toBe('default-interpreter');
});

test('a virtual environment with a dangling interpreter is passed over, and the notes say so', async () => {
  const project = scratchFolder();
  await makeVenv(join(project, '.venv'));
  rmSync(join(project, '.venv/bin'), { recursive: true });
  mkdirSync(join(project, '.venv/bin'));
  symlinkSync('/nowhere/python', join(project, '.venv/bin/python'));
  const { launch } = await resolve(project);
  expect(launch.source).toBe('default-interpreter');
  expect(launch.notes.join()).toContain(`${project}/.venv was passed over`);
});

test('a virtual environment removed between two runs is not used by the second', async () => {
  const project = scratchFolder();
  const home = scratchFolder();
  await makeVenv(join(project, 'venv'));
  expect((await resolve(project, {}, home)).launch.source).toBe('project-venv');
  unlinkSync(join(project, 'venv/pyvenv.cfg'));
  expect((await resolve(project, {}, home)).launch.source).toBe('default-interpreter');
});

test('python_version overrides a virtual environment of another version', async () => {
  const project = scratchFolder();
  await makeVenv(join(project, '.venv'));
  const first = await resolve(project);
  const minor = first.launch.pythonVersion.split('.').slice(0, 2).join('.');
  expect((await resolve(project, { pythonVersion: minor })).launch.source).toBe('project-venv');
  await expect(resolve(project, { pythonVersion: '3.77' })).rejects.toThrow('not installed');
});

test('use_uv false and packages contradict each other', async () => {
  const environment = { useUv: false, dependencies: ['requests'] };
  await expect(resolve(scratchFolder(), { environment })).rejects.toThrow(
    'dependencies: ["requests"] cannot be installed with use_uv: false.',
  );
});

test('use_uv false leaves the metadata of the script alone, broken or not', async () => {
  const project = scratchFolder();
  const path = join(project, 'script.py');
  writeFileSync(path, '# /// script\n# dependencies = 7\n# ///\n');
  const context = testContext(scratchFolder());
  const request = runRequest(project, { environment: { useUv: false } });
  const { launch } = await resolveEnvironment(request, { path }, context);
  expect(launch.source).toBe('default-interpreter');
  const obeying = resolveEnvironment(runRequest(project), { path }, context);
  await expect(obeying).rejects.toThrow('script metadata');
});
