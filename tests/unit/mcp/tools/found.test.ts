/** Hosts that load tools late let the model search names and descriptions by BM25: the right one is first. */
import { expect, test } from 'vitest';
import toolList from '../../../../src/mcp/tool-list.json' with { type: 'json' };

const COMMON = new Set(
  'a an and as for how in is it its me my of on or that the to with'.split(' '),
);

const documents = toolList.map(({ name, description }) => ({
  name,
  words: wordsOf(`${name} ${description}`),
}));

test.each([
  ['execute python code', 'py_run_script_in_dir'],
  ['run a python script', 'py_run_script_in_dir'],
  ['run python', 'py_run_script_in_dir'],
  ['plot data with matplotlib', 'py_run_script_in_dir'],
  ['run script with pip packages', 'py_run_script_with_dependencies'],
  ['install dependencies numpy pandas', 'py_run_script_with_dependencies'],
  ['wait for a background job to finish', 'py_job_status'],
  ['check status and progress of a job', 'py_job_status'],
  ['read output log of a job', 'py_job_output'],
  ['search the log for a traceback', 'py_job_output'],
  ['view a plot or file that a job made', 'py_job_output'],
  ['list running jobs', 'py_list_jobs'],
  ['stop a running script', 'py_cancel_job'],
  ['kill process', 'py_cancel_job'],
  ['answer an input prompt', 'py_send_input'],
  ['delete old jobs', 'py_prune_jobs'],
  ['benchmark how fast a script is', 'py_benchmark_script'],
  ['save a script for later', 'py_save_script'],
  ['notebook cell with variables that stay', 'py_session_run'],
])('%j finds %s first', (query, tool) => {
  expect(ranked(query)[0]).toBe(tool);
});

test('what is asked for most is found whole: start, watch and read are among the first four', () => {
  const first = ranked('run a python script in background and read its output').slice(0, 4);
  expect(first).toEqual(
    expect.arrayContaining(['py_run_script_in_dir', 'py_job_output', 'py_job_status']),
  );
});

/** Okapi BM25 with the usual constants. */
function ranked(query: string): string[] {
  const average = documents.reduce((sum, { words }) => sum + words.length, 0) / documents.length;
  const scored = documents.map(({ name, words }) => ({
    name,
    score: wordsOf(query).reduce((sum, word) => sum + scoreOf(word, words, average), 0),
  }));
  return scored.sort((a, b) => b.score - a.score).map(({ name }) => name);
}

function scoreOf(word: string, words: string[], average: number): number {
  const count = words.filter((one) => one === word).length;
  const holders = documents.filter((document) => document.words.includes(word)).length;
  const rarity = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
  return (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * words.length) / average));
}

/** Lower case, without the least words, with the plainest ending cut. */
function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !COMMON.has(word)).map((word) => word.replace(/(?<=..)s$/, ''));
}
