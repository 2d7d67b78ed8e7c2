import { expect, test } from 'vitest';
import { runTool } from '../../../src/os/run-command.ts';
import { groupIsEmpty } from '../../../src/os/process-table.ts';
import { waitFor } from '../../integration/executors/local/running-job.ts';

function run(script: string, report: (line: string) => void) {
  const { signal } = new AbortController();
  return runTool({ command: '/bin/sh', args: ['-c', script], env: {}, cwd: '/', report, signal });
}

test('lines that cannot be noted down end the tool, with the reason they could not', async () => {
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  let group = 0;
  const report = (line: string): void => {
    group ||= Number(line); // the first line
    throw full;
  };
  await expect(run('echo $$; echo 1; exec sleep 600', report)).rejects.toBe(full);
  await waitFor('the end of its group', () => groupIsEmpty(group));
});

test('passwords in what it says are hidden', async () => {
  const lines: string[] = [];
  await run('echo https://me:secret@host/x', (line) => void lines.push(line));
  expect(lines).toEqual(['https://***@host/x']);
});
