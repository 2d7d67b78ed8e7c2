import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { expect, test } from 'vitest';
import { WORDS, wordFor } from '../../../../src/cli/terminal/words.ts';
import * as inputs from '../../../../src/contract/inputs.ts';
import { invalid, JobError } from '../../../../src/core/job-error.ts';
import { called } from '../../../../src/core/wording.ts';

/** Parameters that commands have no option for: the command line stays with its job anyway. */
const NOT_ON_THE_COMMAND_LINE = new Set(
  'async_mode enable_streaming auto_parse_imports ignore_project_requirements request_key'.split(
    ' ',
  ),
);

const RUNS: z.ZodObject[] = [
  inputs.RunInDirSchema,
  inputs.RunWithDependenciesSchema,
  inputs.BenchmarkSchema,
  inputs.RunSavedSchema,
  inputs.SaveScriptSchema,
  inputs.ListForPeopleSchema,
];

test('every parameter of a run, a list and a saved script has a word at the terminal', () => {
  const names = new Set(RUNS.flatMap((schema) => Object.keys(schema.shape)));
  const missing = [...names.difference(NOT_ON_THE_COMMAND_LINE)].filter((name) => !WORDS[name]);
  expect(missing).toEqual([]);
});

test('every option that is named is one of a command', () => {
  const folder = fileURLToPath(new URL('../../../../src/cli/commands', import.meta.url));
  const files = globSync('*.ts', { cwd: folder });
  const commands = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('\n');
  const options = Object.values(WORDS).filter((word) => word.startsWith('--'));
  expect(options.filter((option) => !new RegExp(`${option}\\b`).test(commands))).toEqual([]);
});

test('a refusal names the parameter to an agent and the option to somebody at a terminal', () => {
  const error = invalid('timeout_seconds', '-1 is too small.', `See ${called('py_prune_jobs')}.`);
  expect(error.message).toBe('timeout_seconds: -1 is too small. See py_prune_jobs.');
  expect(error.inWords(wordFor)).toBe('--timeout: -1 is too small. See "python-mcp prune".');
  expect(error.refusals).toMatchObject([{ parameter: 'timeout_seconds' }]);
});

test.each([
  ['env_vars.A', '--env'],
  ['overwrite=true', '--overwrite'],
  ['nothing_of_ours', 'nothing_of_ours'],
])('%s is %s', (name, word) => {
  expect(new JobError('unavailable', called(name)).inWords(wordFor)).toBe(word);
});
