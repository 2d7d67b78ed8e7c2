/** Names from elsewhere, in the calls of tools: acceptance test 47 (docs/security.md). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sentences } from '../support/refusals.ts';
import { startServer } from '../support/start-server.ts';

const REQUIREMENTS = [
  'a; touch x',
  '--index-url=http://evil.example',
  '-r/etc/passwd',
  'git+file:///x',
  './x',
  '../x',
  '/etc/passwd',
  'x @ file:///etc/passwd',
  'x\n--index-url=http://evil.example',
  '',
  'x y',
];

const NAMES = [
  '../x',
  '..\\x',
  '/etc/passwd',
  'a\0b',
  '%2e%2e/x',
  'x'.repeat(300),
  '',
  '.',
  '..',
  '.hidden',
  'con',
  'trailing.',
  'trailing ',
  'line\nbreak',
  '--help',
  'ｆｕｌｌ',
  'а', // a Cyrillic letter
];

function callsWith<T>(values: T[], call: (value: T) => object): Record<string, object> {
  return Object.fromEntries(values.map((value) => [JSON.stringify(value), call(value)]));
}

test('requirements that are no package are refused, and nothing is installed', async () => {
  const server = await startServer();
  const calls = callsWith(REQUIREMENTS, (requirement) => ({
    script_content: 'pass',
    dependencies: [requirement],
  }));
  const said = await sentences(server, 'py_run_script_with_dependencies', calls);
  expect(said).toMatchInlineSnapshot(`
    {
      """": "dependencies: "" is empty. Write it like "requests>=2.31,<3".",
      ""--index-url=http://evil.example"": "dependencies: "--index-url=http://evil.example" is an option of pip, not a package. Write it like "requests>=2.31,<3".",
      ""-r/etc/passwd"": "dependencies: "-r/etc/passwd" is an option of pip, not a package. Write it like "requests>=2.31,<3".",
      ""../x"": "dependencies: "../x" is a path: packages come from the configured index only. Write it like "requests>=2.31,<3".",
      ""./x"": "dependencies: "./x" is a path: packages come from the configured index only. Write it like "requests>=2.31,<3".",
      ""/etc/passwd"": "dependencies: "/etc/passwd" is a path: packages come from the configured index only. Write it like "requests>=2.31,<3".",
      ""a; touch x"": "dependencies: "a; touch x" is not a requirement (PEP 508). Write it like "requests>=2.31,<3".",
      ""git+file:///x"": "dependencies: "git+file:///x" names a location: packages come from the configured index only. Write it like "requests>=2.31,<3".",
      ""x @ file:///etc/passwd"": "dependencies: "x @ file:///etc/passwd" names a location: packages come from the configured index only. Write it like "requests>=2.31,<3".",
      ""x y"": "dependencies: "x y" is not a requirement (PEP 508). Write it like "requests>=2.31,<3".",
      ""x\\n--index-url=http://evil.example"": "dependencies: "x\\n--index-url=http://evil.example" names a location: packages come from the configured index only. Write it like "requests>=2.31,<3".",
    }
  `);
  expect(readdirSync(server.work)).toEqual([]);
});

test('script names that could be something else in a path are refused', async () => {
  const server = await startServer();
  await server.call('py_list_scripts', {});
  const before = readdirSync(join(server.home, 'scripts'));
  const calls = callsWith(NAMES, (name) => ({ script_name: name, source: 'pass' }));
  const said = await sentences(server, 'py_save_script', calls);
  expect(said).toMatchInlineSnapshot(`
    {
      """": "script_name: "" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""%2e%2e/x"": "script_name: "%2e%2e/x" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""--help"": "script_name: "--help" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""."": "script_name: "." is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      "".."": "script_name: ".." is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""../x"": "script_name: "../x" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""..\\\\x"": "script_name: "..\\\\x" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      "".hidden"": "script_name: ".hidden" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""/etc/passwd"": "script_name: "/etc/passwd" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""a\\u0000b"": "script_name: "a\\u0000b" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""con"": "script_name: "con" is a reserved word. Choose another name.",
      ""line\\nbreak"": "script_name: "line\\nbreak" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""trailing "": "script_name: "trailing " is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""trailing."": "script_name: "trailing." is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"": "script_name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""а"": "script_name: "а" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
      ""ｆｕｌｌ"": "script_name: "ｆｕｌｌ" is not a safe name. Use lower-case letters, digits, "-" and "_", up to 63 characters.",
    }
  `);
  expect(readdirSync(join(server.home, 'scripts'))).toEqual(before);
  const run = callsWith(NAMES, (name) => ({ script_name: name }));
  expect(await sentences(server, 'py_run_saved_script', run)).toEqual(said);
});

test('job ids that could be something else in a path are refused by every tool that takes one', async () => {
  const server = await startServer();
  const id = await server.start('input()', { interactive: true });
  const tools = {
    py_job_status: {},
    py_job_output: {},
    py_cancel_job: {},
    py_send_input: { text: 'x' },
  };
  const names = [...NAMES, `${id}/../${id}`, `${id}\n`, id.toUpperCase(), id.slice(1)];
  for (const [tool, more] of Object.entries(tools)) {
    for (const name of names) {
      const said = await server.refusal(tool, { ...more, job_id: name });
      // An empty text is no id at all to the tool that takes several as well.
      const isLeftOut = name === '' && tool === 'py_job_status';
      const refused = isLeftOut ? /^job_id: give it or job_ids/ : /^There is no job "/;
      expect([tool, name, said]).toEqual([tool, name, expect.stringMatching(refused)]);
    }
  }
  expect(server.jobIds()).toEqual([id]);
  expect((await server.call('py_job_status', { job_id: id })).job.status).toBe('running');
});

test('numbers of runs that cannot be are refused', async () => {
  const server = await startServer();
  const run = { script_content: 'pass' };
  expect(
    await sentences(server, 'py_benchmark_script', {
      'no runs': { ...run, runs: 0 },
      'half a run': { ...run, runs: 1.5 },
      'many runs': { ...run, runs: 100_000 },
      'negative warm-up': { ...run, warmup: -1 },
      'no script': {},
    }),
  ).toMatchInlineSnapshot(`
    {
      "half a run": "runs: 1.5 is not valid. Pass a whole number.",
      "many runs": "runs: 100000 is too large. The most is 1000.",
      "negative warm-up": "warmup: -1 is too small. The least is 0.",
      "no runs": "runs: 0 is too small. The least is 1.",
      "no script": "script_content: there is nothing to run. Pass exactly one of script_content (code), script_path (file), module, command.",
    }
  `);
});
