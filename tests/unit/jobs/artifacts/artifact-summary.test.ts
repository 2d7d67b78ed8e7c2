import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  firstAndLast,
  summariseArtifacts,
} from '../../../../src/jobs/artifacts/artifact-summary.ts';
import { createJobFolder, jobFolder } from '../../../../src/output/files/job-folder.ts';

function folderWith(names: string[], content: string | Buffer = 'x') {
  const root = mkdtempSync(join(tmpdir(), 'python-mcp-artifacts-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folder = jobFolder(root, 'job');
  createJobFolder(folder);
  for (const [index, name] of names.entries()) {
    const path = join(folder.artifacts, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, 1000 + index, 1000 + index);
  }
  return folder;
}

test('without artifacts there is nothing to say', () => {
  expect(summariseArtifacts(folderWith([]), 'job')).toEqual({});
});

test('artifacts are named in the order they were made, with addresses that can be read back', () => {
  const summary = summariseArtifacts(folderWith(['z.csv', 'in/a b.json', 'ä,#?.bin']), 'job');
  expect(summary).toEqual({
    artifacts: [
      entry('z.csv', 'text/plain; charset=utf-8', 'z.csv'),
      entry('in/a b.json', 'text/plain; charset=utf-8', 'in%2Fa%20b.json'),
      entry('ä,#?.bin', 'application/octet-stream', '%C3%A4%2C%23%3F.bin'),
    ],
  });
});

test('of many the first and the last are listed, and how many there are', () => {
  const names = Array.from({ length: 60 }, (_, i) => `file-${i}`);
  const { artifacts = [], artifacts_total: total } = summariseArtifacts(folderWith(names), 'job');
  expect(artifacts.map(({ name }) => name)).toEqual([...names.slice(0, 25), ...names.slice(-25)]);
  expect(total).toBe(60);
});

test('long names do not make a long list', () => {
  const names = Array.from({ length: 40 }, (_, i) => `${i}${'€'.repeat(80)}`);
  const summary = summariseArtifacts(folderWith(names), 'job');
  expect(JSON.stringify(summary.artifacts).length).toBeLessThan(20_000);
  expect(summary.artifacts?.length).toBeGreaterThan(5);
  expect(summary.artifacts_total).toBe(40);
});

test('what is a picture is told by its content', () => {
  const gif = folderWith(['a.txt', 'b.png'], Buffer.from('GIF89a……'));
  expect(summariseArtifacts(gif, 'job').artifacts?.map(({ type }) => type)).toEqual([
    'image/gif',
    'image/gif',
  ]);
  const html = folderWith(['b.png'], '<html>');
  expect(summariseArtifacts(html, 'job').artifacts?.[0]?.type).toBe('application/octet-stream');
});

test('the beginning and the end of a list', () => {
  expect(firstAndLast([1, 2, 3, 4, 5], 5)).toEqual([1, 2, 3, 4, 5]);
  expect(firstAndLast([1, 2, 3, 4, 5], 4)).toEqual([1, 2, 4, 5]);
  expect(firstAndLast([1, 2, 3, 4, 5], 1)).toEqual([1]);
});

function entry(name: string, type: string, path: string) {
  return { name, type, bytes: 1, uri: `job://job/artifacts/${path}` };
}
