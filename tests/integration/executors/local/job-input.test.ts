import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeInput, writeInput } from '../../../../src/executors/local/job-input.ts';
import { cleanUp, startPython, waitFor } from './running-job.ts';

afterEach(cleanUp);

const ECHO = `
import sys
for line in sys.stdin:
    print("got", line, end="", flush=True)
print("end of file")`;

const interactive = { interactive: true, env: { PYTHONUTF8: '1' } };

describe('input of an interactive job', () => {
  it('reaches the script line by line, and ends when it is closed', async () => {
    const job = await startPython(ECHO, interactive);
    expect(await writeInput(job.dir, 'one\n', 5000)).toBe(4);
    await waitFor('the first echo', () => job.stdout() === 'got one\n');
    expect(await writeInput(job.dir, 'zwölf\n', 5000)).toBe(7);
    await closeInput(job.dir);
    expect(await job.ended()).toMatchObject({ code: 0 });
    expect(job.stdout()).toBe('got one\ngot zwölf\nend of file\n');
  });

  it('can be closed before the script has started, and twice', async () => {
    const job = await startPython(ECHO, interactive);
    await closeInput(job.dir);
    await closeInput(job.dir);
    expect(await job.ended()).toMatchObject({ code: 0 });
    expect(job.stdout()).toBe('end of file\n');
    await closeInput(job.dir);
  });

  it('larger than the pipe arrives whole', async () => {
    const job = await startPython('import sys; print(len(sys.stdin.read()))', interactive);
    const text = 'aä€𝄞'.repeat(100_000);
    expect(await writeInput(job.dir, text, 10_000)).toBe(1_000_000);
    await closeInput(job.dir);
    await job.ended();
    expect(job.stdout()).toBe('400000\n');
  });

  it('of two writers is not mixed within a line', async () => {
    const job = await startPython(ECHO, interactive);
    const lines = ['a', 'b'].map((letter) => `${letter.repeat(3000)}\n`);
    await Promise.all(
      lines.flatMap((line) => [1, 2, 3].map(() => writeInput(job.dir, line, 5000))),
    );
    await closeInput(job.dir);
    await job.ended();
    const echoes = job.stdout().split('\n').slice(0, 6).sort();
    expect(echoes).toEqual(lines.flatMap((line) => [1, 2, 3].map(() => `got ${line.trim()}`)));
  });

  it('that is not read comes back short, at the end of a character', async () => {
    const job = await startPython('import time; time.sleep(30)', interactive);
    const written = await writeInput(job.dir, '€'.repeat(100_000), 300);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(300_000);
    expect(written % 3).toBe(0);
  });

  it('is refused after it was closed', async () => {
    const job = await startPython('import time; time.sleep(30)', interactive);
    await closeInput(job.dir);
    await expect(writeInput(job.dir, 'x', 1000)).rejects.toMatchObject({
      code: 'job_not_running',
      message: expect.stringContaining('standard input was closed'),
    });
  });

  it('is refused when the script has closed it', async () => {
    const job = await startPython(
      'import os, time; os.close(0); print("closed", flush=True); time.sleep(30)',
      interactive,
    );
    await waitFor('the script to close', () => job.stdout() === 'closed\n');
    await expect(writeInput(job.dir, 'x', 200)).rejects.toMatchObject({ code: 'job_not_running' });
  });

  it('is refused when the script has ended', async () => {
    const job = await startPython('', interactive);
    await job.ended();
    await expect(writeInput(job.dir, 'x', 5000)).rejects.toMatchObject({ code: 'job_not_running' });
  });

  it('is refused for a job that was not started for it', async () => {
    const job = await startPython('import time; time.sleep(30)');
    await expect(writeInput(job.dir, 'x', 200)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('interactive: true'),
    });
  });

  it('is never written into a file that took the place of the pipe', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pmcp-input-'));
    writeFileSync(join(dir, 'stdin'), 'untouched');
    await expect(writeInput(dir, 'x', 200)).rejects.toMatchObject({ code: 'invalid_request' });
    rmSync(dir, { recursive: true });
  });

  it('cannot be text at the start and open at once', async () => {
    await expect(startPython('', { ...interactive, stdinText: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
