import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../../src/contract/replies/one-job.ts';
import {
  chooseProgress,
  extractProgress,
  PROGRESS_TAIL_BYTES,
} from '../../../../src/output/progress/find-progress.ts';
import { processorRatio } from '../../../support/processor-time.ts';

const ORDINARY_LINE = '\x1b[32mINFO\x1b[0m step 123 of 4567: loss 0.123 in 12.3 s\n';
const ORDINARY = [ORDINARY_LINE.repeat(220), ORDINARY_LINE.repeat(150)];

/** Often enough to be measured. */
const readingOf = (tails: string[]) => (): void => {
  for (let time = 0; time < 20; time += 1) for (const tail of tails) extractProgress(tail);
};

describe('what a script says outright', () => {
  it.each<[string, Partial<Progress>]>([
    ['::progress 5/10 loading chunk 5\n', { current: 5, total: 10, percent: 50 }],
    ['::progress 5/10 loading chunk 5\n', { message: 'loading chunk 5', source: 'script' }],
    ['::progress 40%\n', { current: null, total: null, percent: 40, message: null }],
    ['::progress 40% half of it\n', { percent: 40, message: 'half of it' }],
    ['::progress 12.5% x\r\n', { percent: 12.5, message: 'x' }],
    ['::progress 7\n', { current: 7, total: null, percent: null }],
    ['::progress 0.25 / 0.5\n', { current: 0.25, total: 0.5, percent: 50 }],
    ['\x1b[32m::progress 3/4 coloured\x1b[0m\n', { current: 3, message: 'coloured' }],
    ['::progress 1/4 old\n::progress 2/4 new\n', { current: 2, message: 'new' }],
    [`::progress 1/4 ${'long '.repeat(60)}\n`, { message: 'long '.repeat(60).slice(0, 120) }],
  ])('%j', (text, progress) => {
    expect(extractProgress(text)).toMatchObject({ source: 'script', ...progress });
  });

  it('wins over bars and counts that come later', () => {
    const text = '::progress 1/4 said\n100%|####| 9/9 [00:01<00:00, 9.0it/s]\nStep 3/5\n';
    expect(extractProgress(text)).toMatchObject({ source: 'script', current: 1 });
  });

  it('is not believed before its line is whole', () => {
    expect(extractProgress('::progress 5/1')).toBeNull();
    expect(extractProgress('::progress 5/1', { isEnd: true })).toBeNull(); // 5 of 1
    expect(extractProgress('::progress 1/5', { isEnd: true })).toMatchObject({ current: 1 });
  });

  it.each([
    '::progress\n',
    '::progress x\n',
    '::progress 11/10\n',
    '::progress 140%\n',
    '::progress -1/2\n',
  ])('ignores %j', (text) => {
    expect(extractProgress(text)).toBeNull();
  });
});

describe('bars of known programs', () => {
  it.each<[string, Partial<Progress>]>([
    [
      ' 40%|####      | 2/5 [01:00:02<1:30:03,  1.25s/it]\n',
      { source: 'tqdm', current: 2, total: 5, percent: 40, rate: 0.8, eta_seconds: 5403 },
    ],
    ['rows: 1.50kB [00:03, 512B/s]\n', { source: 'tqdm', current: 1500, total: null, rate: 512 }],
    [
      'x: 7/? [00:03<?, ?it/s]\n',
      { source: 'tqdm', current: 7, total: null, rate: null, message: 'x' },
    ],
    [
      'a.zip:  50%|##   | 5.00M/10.0M [00:01<00:02, 2.50MB/s, mirror=2]\n',
      { source: 'tqdm', current: 5e6, total: 1e7, rate: 2.5e6, eta_seconds: 2, message: 'a.zip' },
    ],
    [
      ' 12/100 [==>...........................] - ETA: 3s - loss: 0.5123\n',
      { source: 'keras', current: 12, total: 100, percent: 12, eta_seconds: 3 },
    ],
    [
      '1875/1875 ━━━━━━━━━━━━━━━━━━━━ 1:05 35ms/step - accuracy: 0.9\n',
      { source: 'keras', percent: 100, eta_seconds: 0 },
    ],
    ['Working... ━━━━━━━━╸━━━━  42% 0:01:03\n', { source: 'rich', percent: 42, eta_seconds: 63 }],
    [
      '     ━━━━━╸━━━━ 1.2/2.4 MB 600.0 kB/s eta 0:00:02\n',
      { source: 'pip', current: 1.2e6, total: 2.4e6, percent: 50, rate: 6e5, eta_seconds: 2 },
    ],
    [
      'model ━━━━━╸━━━━ 512.0 KiB/1.0 MiB 1.0 MiB/s\n',
      { source: 'rich', percent: 50, rate: 1048576 },
    ],
    ['Progress 1024 of 4096\n', { source: 'pip', current: 1024, total: 4096, percent: 25 }],
  ])('%j', (text, progress) => {
    expect(extractProgress(text)).toMatchObject(progress);
  });

  it('prefers the outer bar, and says when only an inner one is in sight', () => {
    const outer = '\rfiles:  25%|##   | 1/4 [00:01<00:03, 1.0it/s]';
    const inner = (n: number) => `\n\rrows:  10%|#    | ${n}/10 [00:01<00:09, 1.0it/s]\x1b[A`;
    const both = extractProgress(outer + inner(1) + inner(2));
    expect(both).toMatchObject({ message: 'files', current: 1, level: 0 });
    const later = extractProgress(inner(3) + inner(4), { isCut: true });
    expect(later).toMatchObject({ message: 'rows', current: 4, level: 1 });
  });

  it('lets a newer count replace a finished bar, not an unfinished one', () => {
    const bar = (n: number) => `\r 50%|##   | ${n}/10 [00:01<00:09, 1.0it/s]\n`;
    expect(extractProgress(`${bar(10)}Step 2/5\n`)).toMatchObject({ source: 'count', current: 2 });
    expect(extractProgress(`${bar(5)}Step 2/5\n`)).toMatchObject({ source: 'tqdm', current: 5 });
  });
});

describe('what people print', () => {
  it.each<[string, Partial<Progress>]>([
    ['Progress: 5/100\n', { source: 'count', current: 5, total: 100, percent: 5 }],
    ['Processing item 3 of 10\n', { source: 'count', current: 3, total: 10 }],
    ['Processed 1,500/12,000 rows\n', { source: 'count', current: 1500, total: 12000 }],
    ['3/10 files copied\n', { source: 'count', current: 3, total: 10 }],
    ['[ 3/10] building\n', { source: 'count', current: 3, message: '[ 3/10] building' }],
    ['2026-01-02 10:00:00 INFO [3/10] fetch\n', { source: 'count', current: 3, total: 10 }],
    ['Step 7/9... ETA: 1m 30s, 2.5 it/s\n', { current: 7, eta_seconds: 90, rate: 2.5 }],
    ['Epoch 3/10\n', { source: 'epoch', current: 3, total: 10, percent: 30 }],
    ['Epoch [3/10], Step [5/100], Loss: 0.2\n', { source: 'epoch', current: 3, total: 10 }],
    ['epoch 3 of 10\n', { source: 'epoch', current: 3, total: 10 }],
    ['40%\n', { source: 'percent', percent: 40, message: null }],
    ['Progress: 40.5%\n', { source: 'percent', percent: 40.5 }],
    ['Downloading model.bin... 40%\n', { source: 'percent', percent: 40 }],
    ['40% complete\n', { source: 'percent', percent: 40 }],
    ['[ 40%] Building CXX object main.o\n', { source: 'percent', percent: 40 }],
    ['tests/test_a.py ....   [ 40%]\n', { source: 'percent', percent: 40 }],
    ['[####      ]\n', { source: 'bar', percent: 40 }],
    ['[==>       ] 31%\n', { source: 'bar', percent: 31 }],
    ['copy |████░░░░░░| 4/10\n', { source: 'bar', current: 4, total: 10, message: 'copy' }],
    ['████████░░ 80.0% ETA 00:05\n', { source: 'bar', percent: 80, eta_seconds: 5 }],
    ['[          ]   0%\n', { source: 'bar', percent: 0 }],
  ])('%j', (text, progress) => {
    expect(extractProgress(text)).toMatchObject(progress);
  });

  it.each([
    'Released on 2024/01/02\n',
    'saved to out/2024/01/02.csv\n',
    'see step 3/10/2024\n',
    'https://example.org/step/3/10\n',
    'GET https://example.org/items 3/10\n',
    '  File "/app/run.py", line 5/10\n',
    'line 5/10 is wrong\n',
    'python 3/10 rocks\n',
    'rating: 4/5\n',
    'version 1.2/1.3\n',
    'files 1.2/1.5\n',
    'Progress: 12/10\n',
    'accuracy: 95%\n',
    'Training accuracy: 95%\n',
    'Disk: 80% used\n',
    'Uploading to a disk 80% used\n',
    'Tests: 3% failed\n',
    'files processed: 3% failed\n',
    'page 3 of 4\n',
    'Page 3 of 4: results\n',
    'Training set: 80%, test set: 20%\n',
    'samples: 80 % train, 20 % test\n',
    'Downloaded data, 10% remaining\n',
    'CPU 40% memory 30%\n',
    'a 95% confidence interval\n',
    'Processing took 3 of our hours\n',
    '[==========] Running 5 tests from 1 test suite.\n',
    '[----------] 5 tests from A\n',
    '|------|-----|\n',
    '[    OK    ] A.b (0 ms)\n',
    '# heading 1\n',
    'ratio 1/2\n',
    'HTTP/1.1 200\n',
    'step 1/0\n',
    '192.168.0.1/24 [up]\n',
    '\n\n',
    '',
  ])('finds no progress in %j', (text) => {
    expect(extractProgress(text)).toBeNull();
  });

  it('reads a counter drawn in place up to its newest state, but not half a number', () => {
    expect(extractProgress('\rStep 1/20')).toBeNull();
    expect(extractProgress('\rStep 1/20\rStep 2/2')).toMatchObject({ current: 1, total: 20 });
    expect(extractProgress('\rStep 1/20\rStep 2/20')).toMatchObject({ current: 2, total: 20 });
    expect(extractProgress('\r[####      ] 45%\r[####      ]')).toMatchObject({ percent: 45 });
    expect(extractProgress('\rStep 1/20', { isEnd: true })).toMatchObject({ current: 1 });
  });
});

describe('the tail', () => {
  it('is read without its first half line when it is cut', () => {
    expect(extractProgress('Step 5/10\nx\n')).toMatchObject({ current: 5 });
    expect(extractProgress('Step 5/10\nx\n', { isCut: true })).toBeNull();
    expect(extractProgress('Step 5/10', { isCut: true, isEnd: true })).toBeNull();
  });

  it('is bounded', () => {
    const after = 'x'.repeat(99);
    const lines = `${after}\n`.repeat(PROGRESS_TAIL_BYTES / 100 + 2);
    expect(extractProgress(`Step 5/10\n${lines}`)).toBeNull();
    expect(extractProgress(`${lines}Step 5/10\n`)).toMatchObject({ current: 5 });
  });

  it('does not read lines that are longer than any bar', () => {
    expect(extractProgress(`${'x '.repeat(400)}Step 5/10\n`)).toBeNull();
  });

  it.each([
    '1/',
    '1 ',
    '1%',
    '[',
    '#',
    '━',
    'eta 1s ',
    'step 1/',
    'processing ',
    '1,111',
    '1.',
    '\b',
    '\x1b[A',
    '\x1b]',
    '| 1',
  ])('costs little when it is full of %j', (unit) => {
    const line = unit.repeat(590 / unit.length);
    const tails = [`${line}1\n`.repeat(20), unit.repeat(8000)];
    expect(processorRatio(readingOf(tails), readingOf(ORDINARY), 15)).toBeLessThan(15);
  });
});

describe('chooseProgress', () => {
  const bar = ' 50%|##   | 5/10 [00:01<00:09, 1.0it/s]\n';
  const doneBar = '100%|#####| 9/9 [00:01<00:00, 1.0it/s]\n';

  it.each<[string, string, string, Partial<Progress> | null]>([
    ['nothing in either', 'a\n', 'b\n', null],
    ['the only one', '', bar, { source: 'tqdm' }],
    ['what the script says', bar, '::progress 1/3\n', { source: 'script' }],
    ['a known bar before a count', 'Step 2/5\n', bar, { source: 'tqdm' }],
    ['an unfinished count before a finished bar', 'Step 2/5\n', doneBar, { source: 'count' }],
    ['standard output among equals', 'Step 2/5\n', 'Step 3/5\n', { current: 2 }],
  ])('prefers %s', (_, stdout, stderr, expected) => {
    const chosen = chooseProgress(stdout, stderr);
    if (expected === null) expect(chosen).toBeNull();
    else expect(chosen).toMatchObject(expected);
  });
});
