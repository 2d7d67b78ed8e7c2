/** What a script states as its result, and what it did with its pictures, reach whoever asks. */
import { expect, test } from 'vitest';
import { fileServer } from './file-server.ts';

const served = fileServer();

const run = (script_content: string, args: object = {}) =>
  served().call('py_run_script_in_dir', { directory: served().work, script_content, ...args });

const stating = (value: string) => `from python_mcp import result\nresult(${value})`;
const written = (text: string) =>
  `import os\nopen(os.environ["PYTHON_MCP_RESULT"], "w").write(${text})`;

const VALUE = { loss: 0.25, best: [1, 'two', null], ünï: true };

test('it comes with the end: in the run, the status, rows and lists, once in each', async () => {
  const server = served();
  const reply = await run(stating('{"loss": 0.25, "best": [1, "two", None], "ünï": True}'));
  expect(reply).toMatchObject({ status: 'completed', result_value: VALUE });
  const { job_id: id } = reply;
  const { job } = await server.call('py_job_status', { job_id: id });
  expect(job.result.result_value).toEqual(VALUE);
  expect(job).not.toHaveProperty('result_value');
  const news = await server.call('py_job_status', { job_id: id, incremental: true });
  expect(news.job.result.result_value).toEqual(VALUE);
  const { jobs: rows } = await server.call('py_job_status', { job_ids: [id] });
  expect(rows[0].result_value).toEqual(VALUE);
  const { jobs: list } = await server.call('py_list_jobs');
  expect(list[0].result_value).toEqual(VALUE);
});

test.each([
  ['None', null],
  ['0', 0],
  ['""', ''],
  ['False', false],
])('%s is a result as well', async (said, value) => {
  expect(await run(stating(said))).toHaveProperty('result_value', value);
});

test('a script that failed or was ended had its say', async () => {
  const failed = await run(`${stating('{"epoch": 3}')}\nraise ValueError("diverged")`);
  expect(failed).toMatchObject({ status: 'failed', result_value: { epoch: 3 } });
  const late = await run(`${stating('{"epoch": 4}')}\nimport time\ntime.sleep(600)`, {
    timeout_seconds: 1,
  });
  expect(late).toMatchObject({ status: 'failed', result_value: { epoch: 4 } });
});

test('one that is long is left out of lists', async () => {
  const { job_id: id, result_value: value } = await run(stating('["x" * 1000] * 7'));
  expect(value).toHaveLength(7);
  const { jobs } = await served().call('py_list_jobs');
  expect(jobs[0].id).toBe(id);
  expect(jobs[0]).not.toHaveProperty('result_value');
});

test.each([
  ['"{"', /^The stated result was left out: it is no JSON: /],
  [`'{"a": NaN}'`, /it is no JSON/],
  [`'"' + "x" * 9000 + '"'`, /it has 9002 bytes, and at most 8192 come back\./],
  [`"[" + ",".join(["1e20"] * 1500) + "]"`, /it has 33001 bytes/],
  ['"[" * 4000 + "]" * 4000', /it has more than 64 levels\./],
])('what is no result is named: %s', async (text, note) => {
  const reply = await run(written(text));
  expect(reply).not.toHaveProperty('result_value');
  expect(reply.notes).toEqual([expect.stringMatching(note)]);
});

test('a trap in its place is none, and hidden letters do not come through', async () => {
  const linked = await run(
    'import os\nos.symlink("/etc/hostname", os.environ["PYTHON_MCP_RESULT"])',
  );
  expect(linked).not.toHaveProperty('result_value');
  const hidden = await run(stating('{"a\\u202eb": "\\x1b[31mred\\x1b[0m\\u200b \\ud800"}'));
  expect(hidden.result_value).toEqual({ ab: 'red \ufffd' });
});

const leaving = (name: string, text: string) =>
  `import os\nopen(os.path.join(os.environ["PYTHON_MCP_WORK"], ".python_mcp", "${name}"), "w").write(${JSON.stringify(text)})`;

/** The runtime's part of this is tested with the libraries: tests/integration/runtime/capture.test.ts. */
test('figures that were left open are noted', async () => {
  const note = (were: string) =>
    `${were} drawn, but neither shown nor saved: call plt.show() or savefig() to get them.`;
  const two = await run(leaving('figures.json', '{"open_figures": 2}\n'));
  expect(two.notes).toEqual([note('2 figures were')]);
  const one = await run(leaving('figures.json', '{"open_figures": 1}\n'));
  expect(one.notes).toEqual([note('1 figure was')]);
  const none = await run(leaving('figures.json', '{"open_figures": "many"}'));
  expect(none).not.toHaveProperty('notes');
});

test('pictures that were saved are reported where they lie, once each', async () => {
  const { work } = served();
  const paths = ['a.png', 'plots/b.png', 'a.png', 'c', 'd', 'e', 'f', 'g'].map(
    (name) => `${work}/${name}`,
  );
  const lines = [...paths, '/elsewhere/h.png'].map((path) => JSON.stringify({ path, bytes: 1 }));
  const { notes } = await run(leaving('pictures.jsonl', `${lines.join('\n')}\n{"path": "cut`));
  expect(notes).toEqual(['Pictures saved: a.png, plots/b.png, c, d, e and 3 more.']);
});
