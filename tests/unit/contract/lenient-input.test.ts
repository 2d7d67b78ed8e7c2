import { homedir } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as inputs from '../../../src/contract/inputs.ts';
import { lenientInput } from '../../../src/contract/lenient-input.ts';

const run = (given: unknown) => lenientInput(inputs.RunInDirSchema, given);
const status = (given: unknown) => lenientInput(inputs.JobStatusSchema, given);
const output = (given: unknown) => lenientInput(inputs.JobOutputSchema, given);

test.each([null, undefined, '', '{}', []])('no arguments as %j are an empty object', (given) => {
  expect(run(given).input).toEqual({});
});

test('null for everything optional is not given; a required one stays for the schema', () => {
  const nothing = Object.fromEntries(
    Object.keys(inputs.RunInDirSchema.shape).map((name) => [name, null]),
  );
  expect(run({ ...nothing, directory: '/d' }).input).toEqual({ directory: '/d' });
  expect(run({ directory: null }).input).toEqual({ directory: null });
});

test.each([
  ['timeout_seconds', '30', 30],
  ['timeout_seconds', ' 30 ', 30],
  ['timeout_seconds', '30.0', 30],
  ['async_mode', 'true', true],
  ['async_mode', 'False', false],
  ['async_mode', 0, false],
  ['async_mode', '', undefined],
  ['args', '["a","b"]', ['a', 'b']],
  ['args', 'a', ['a']],
  ['args', ['--n', 3, true], ['--n', '3', 'true']],
  ['env_vars', '{"A": "x"}', { A: 'x' }],
  ['env_vars', { A: 5, B: false }, { A: '5', B: 'false' }],
  ['python_version', '3.12.1', '3.12'],
  ['python_version', 'python3.12', '3.12'],
  ['python_version', 3.12, '3.12'],
  ['python_version', '', undefined],
  ['job_label', 7, '7'],
  ['memory_limit_mb', 0, undefined],
  ['max_output_bytes', '0', undefined],
  ['stdin', '', ''],
  ['script_path', '', undefined],
  ['directory', '~/data', `${homedir()}/data`],
  ['directory', 'file:///a%20b', '/a b'],
])('%s: %j is taken as %j', (name, value, taken) => {
  expect(run({ [name]: value }).input[name]).toEqual(taken);
});

test.each([
  ['args', '--n 3'],
  ['python_version', 3.1],
  ['timeout_seconds', 'soon'],
  ['timeout_seconds', -1],
  ['async_mode', 'maybe'],
  ['env_vars', 'A=5'],
  ['args', [null]],
])('%s: %j has two readings or none, and is left for the schema to refuse', (name, value) => {
  const { input } = run({ directory: '/', script_content: '', [name]: value });
  expect(inputs.RunInDirSchema.safeParse(input).success).toBe(false);
});

test('counts that are nothing are left for the schema to refuse', () => {
  const { input } = lenientInput(inputs.BenchmarkSchema, { runs: 0, script_content: 'pass' });
  expect(inputs.BenchmarkSchema.safeParse(input).success).toBe(false);
});

test('empty code gives way to a named script, and is a script of its own without one', () => {
  expect(run({ script_content: '', script_path: 'a.py' }).input).toEqual({ script_path: 'a.py' });
  expect(run({ script_content: '', script_path: '' }).input).toEqual({ script_content: '' });
});

test('what only bounds a wait or a reply is clamped, and said', () => {
  expect(status({ job_id: 'a', wait_seconds: '300' })).toMatchObject({
    input: { wait_seconds: 45 },
    notes: ['wait_seconds 300 taken as 45, the limit'],
  });
  expect(output({ job_id: 'a', max_bytes: 1 }).input['max_bytes']).toBe(200);
  expect(output({ job_id: 'a', max_bytes: 0, context_lines: 0 }).input).toEqual({
    job_id: 'a',
    context_lines: 0,
  });
  expect(run({ timeout_seconds: 1e12 }).input['timeout_seconds']).toBe(1e12);
});

test('words of frameworks are ignored and named', () => {
  const extras = {
    toolCallId: 'call_1',
    sessionId: 'a',
    action: 'sendMessage',
    chatInput: 'x',
    tool: 'py_list_scripts',
    wait_for_previous: true,
  };
  const { input, notes, misspelt } = run({ directory: '/', ...extras });
  expect({ input, misspelt }).toEqual({ input: { directory: '/' }, misspelt: [] });
  expect(notes).toEqual(Object.keys(extras).map((name) => `ignored unknown parameter ${name}`));
});

test.each([
  ['code', 'script_content'],
  ['scriptContent', 'script_content'],
  ['timeout', 'timeout_seconds'],
  ['cwd', 'directory'],
  ['path', 'script_path'],
  ['env', 'env_vars'],
  ['asynch_mode', 'async_mode'],
  ['time_out_seconds', 'timeout_seconds'],
  ['pythonversion', 'python_version'],
  ['tiemout_seconds', 'timeout_seconds'],
  ['agrs', 'args'],
])('%s is too near to %s to be ignored', (name, meant) => {
  expect(run({ [name]: 'x' }).misspelt).toEqual([{ name, meant }]);
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no parameter', (name) => {
  const given: unknown = JSON.parse(`{"${name}": {"a": 1}}`);
  expect(run(given).input).toEqual({});
});

test('whatever comes, nothing throws, and what was right stays as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), (extras) => {
      const given = { ...extras, directory: '/d', script_content: 'print(1)', args: ['a'] };
      const { input } = run(given);
      expect(input).toMatchObject({ directory: '/d', script_content: 'print(1)', args: ['a'] });
    }),
  );
});
