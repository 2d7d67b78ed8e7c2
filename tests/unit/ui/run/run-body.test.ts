import { expect, test } from 'vitest';
import type { ScriptInfo } from '../../../../src/ui/api/api-types.ts';
import { runBody } from '../../../../src/ui/run/run-body.ts';

const SAVED = { name: 'fetch-prices', path: '/home/scripts/fetch-prices.py' } as ScriptInfo;

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

test('what is empty is left out, lists are lines', () => {
  const fields = { script_content: 'a\r\nb', args: '-x\n\n1 2\n', stdin: '', timeout_seconds: '5' };
  expect(runBody(form(fields), null)).toEqual({
    script_content: 'a\nb',
    args: ['-x', '1 2'],
    timeout_seconds: 5,
    job_label: 'inline code',
    directory: null,
  });
});

test('a run that nobody named bears the name of its script', () => {
  expect(runBody(form({ job_label: '' }), SAVED)).toEqual({
    script_path: SAVED.path,
    job_label: 'fetch-prices',
    directory: null,
  });
  const given = { job_label: 'mine', directory: '/data' };
  expect(runBody(form(given), SAVED)).toMatchObject(given);
});

test('variables are names and values', () => {
  expect(runBody(form({ env_vars: 'A=1=2\nB=' }), SAVED)).toMatchObject({
    env_vars: { A: '1=2', B: '' },
  });
  expect(() => runBody(form({ env_vars: '=1' }), SAVED)).toThrow('"=1" is not NAME=value');
});
