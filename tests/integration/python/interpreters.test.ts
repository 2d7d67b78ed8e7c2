import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { InterpreterCache } from '../../../src/python/interpreters/interpreter-cache.ts';
import {
  allInterpreters,
  defaultInterpreter,
  interpreterOfVersion,
  interpreterSatisfying,
} from '../../../src/python/interpreters/interpreters.ts';
import { scratchFolder, testContext } from '../../support/environment-context.ts';

/** A stand-in for a version manager's shim that counts how often it was started. */
function shim(folder: string, target: string): { bin: string; starts: () => number } {
  const bin = join(folder, 'shims');
  const log = join(folder, 'starts');
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\necho >> ${log}\nexec ${target} "$@"\n`);
  chmodSync(join(bin, 'python3'), 0o755);
  return {
    bin,
    starts: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0),
  };
}

async function realPython(): Promise<string> {
  return (await defaultInterpreter(testContext(scratchFolder()))).path;
}

test('a shim is asked once, by all callers and later processes together, and never returned', async () => {
  const home = scratchFolder();
  const target = await realPython();
  const { bin, starts } = shim(home, target);
  const context = testContext(home, {}, { PATH: bin, HOME: home });
  const found = await Promise.all([1, 2, 3].map(() => defaultInterpreter(context)));
  expect(found.map((one) => one.path)).toEqual([target, target, target]);
  const later = new InterpreterCache(join(home, 'meta'));
  expect((await later.describe(join(bin, 'python3'), context.env))?.path).toBe(target);
  expect(starts()).toBe(1);
});

test('a shim is asked again when its version manager is set to another version', async () => {
  const home = scratchFolder();
  const { bin, starts } = shim(home, await realPython());
  const context = testContext(home, {}, { PATH: bin, HOME: home });
  await defaultInterpreter(context);
  writeFileSync(join(home, 'version'), '3.99');
  await defaultInterpreter(context);
  expect(starts()).toBe(2);
});

test('a shim is asked again when what it led to is gone', async () => {
  const home = scratchFolder();
  const target = join(home, 'bin/python3');
  await promisify(execFile)(await realPython(), ['-m', 'venv', '--without-pip', home]);
  const { bin, starts } = shim(home, target);
  const context = testContext(home, {}, { PATH: bin, HOME: home });
  expect((await defaultInterpreter(context)).path).toBe(target);
  rmSync(target);
  expect((await defaultInterpreter(context)).path).not.toBe(target);
  expect(starts()).toBe(2);
});

test('a cache file full of garbage is ignored', async () => {
  const home = scratchFolder();
  mkdirSync(join(home, 'meta'));
  writeFileSync(join(home, 'meta/interpreters.json'), '{"/usr/bin/python3": 7, "x": {"stamp": 1}');
  expect((await defaultInterpreter(testContext(home))).version).toMatch(/^3\./);
});

test('the configured interpreter wins, and a wrong one is refused with the setting named', async () => {
  const target = await realPython();
  const good = testContext(scratchFolder(), { pythonPath: target }, { PATH: '' });
  expect((await defaultInterpreter(good)).path).toBe(target);
  const bad = testContext(scratchFolder(), { pythonPath: '/bin/true' });
  await expect(defaultInterpreter(bad)).rejects.toThrow(/python\) "\/bin\/true" is not a working/);
});

test('a version is the newest matching patch, and an absent one names what there is', async () => {
  const context = testContext(scratchFolder());
  const [one] = await allInterpreters(context);
  const minor = one!.version.split('.').slice(0, 2).join('.');
  expect((await interpreterOfVersion(minor, context)).version.startsWith(`${minor}.`)).toBe(true);
  const refusal = interpreterOfVersion('3.77', context);
  await expect(refusal).rejects.toMatchObject({ code: 'interpreter_unavailable' });
  await expect(refusal).rejects.toThrow(one!.version);
  await expect(refusal).rejects.not.toThrow('uv python install'); // there is no such release
});

test.each(['3', '2.7', 'latest', '3.12; rm -rf /', '../../bin/sh', '>=3.9'])(
  'python_version %s is refused before anything is looked for',
  async (version) => {
    const refusal = interpreterOfVersion(version, testContext(scratchFolder()));
    await expect(refusal).rejects.toMatchObject({ code: 'invalid_request' });
  },
);

test('requires-python keeps the default interpreter when it fits', async () => {
  const context = testContext(scratchFolder());
  const usual = await defaultInterpreter(context);
  expect(await interpreterSatisfying('>=3.8', context)).toEqual(usual);
  const refusal = interpreterSatisfying('>=3.77', context);
  await expect(refusal).rejects.toThrow('">=3.77" is not installed here');
});

test('a wait that is given up ends at once', async () => {
  const home = scratchFolder();
  const slow = join(home, 'python3');
  writeFileSync(slow, '#!/bin/sh\nexec sleep 3\n');
  chmodSync(slow, 0o755);
  const stop = new AbortController();
  const context = { ...testContext(home, {}, { PATH: home }), signal: stop.signal };
  const waiting = defaultInterpreter(context);
  stop.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
});
