import { expect, test } from 'vitest';
import { LineLedger, type Lines } from '../../../../src/ui/lines/line-ledger.ts';

const encoder = new TextEncoder();

/** Takes texts of streams one after the other, each where the last of its stream ended. */
function ledgerOf(...pieces: [stream: 'stdout' | 'stderr', text: string][]): Lines {
  const ledger = new LineLedger();
  const lines = ledger.mark();
  const at = { stdout: 0, stderr: 0 };
  for (const [stream, text] of pieces) {
    const bytes = encoder.encode(text);
    ledger.take({ stream, from: at[stream], bytes });
    at[stream] += bytes.length;
  }
  return lines;
}

test('each line has its stream, its offset and its number', () => {
  const lines = ledgerOf(
    ['stdout', 'é\nb'],
    ['stdout', 'b\n'],
    ['stderr', 'note\n\n'],
    ['stdout', 'c'],
  );
  expect(lines.map((line) => line && [line.stream, line.offset, line.before])).toEqual([
    ['stdout', 0, 0],
    ['stdout', 3, 1],
    ['stderr', 0, 0],
    ['stderr', 5, 1],
    ['stdout', 6, 2],
  ]);
});

test('a bar that is drawn over and over is one line, one of several rows as many', () => {
  expect(ledgerOf(['stderr', '\r10%'], ['stderr', '\r20%\n'])).toHaveLength(2);
  const rows = '\u001b[2Aouter\ninner\n';
  const lines = ledgerOf(['stdout', `outer\ninner\n${rows}${rows}`], ['stdout', 'done\n']);
  expect(lines.map((line) => line?.offset)).toEqual([0, 6, 44, undefined]);
});

test('a bar that is lifted comes back below what was printed', () => {
  const ledger = new LineLedger();
  const lines = ledger.mark();
  ledger.take({ stream: 'stderr', from: 0, bytes: encoder.encode('\r10%') });
  const bar = ledger.lift();
  ledger.take({ stream: 'stdout', from: 0, bytes: encoder.encode('done\n') });
  ledger.putBack(bar);
  expect(lines.map((line) => line?.stream)).toEqual(['stdout', 'stderr']);
});

test('behind a gap nobody knows the numbers', () => {
  const ledger = new LineLedger();
  const lines = ledger.mark();
  ledger.take({ stream: 'stdout', from: 0, bytes: encoder.encode('head\n') });
  ledger.gap('stdout');
  ledger.take({ stream: 'stdout', from: 900, bytes: encoder.encode('tail\n') });
  ledger.take({ stream: 'stderr', from: 0, bytes: encoder.encode('other\n') });
  expect(lines.map((line) => line?.isBehindGap)).toEqual([
    false,
    undefined,
    undefined,
    true,
    false,
    undefined,
  ]);
});

test('a traceback is an error from its first line to the one that names the exception', () => {
  const traceback =
    'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    f()\nOops: no\n';
  const lines = ledgerOf(
    ['stderr', 'UserWarning: high\n'],
    ['stderr', traceback.slice(0, 35)],
    ['stdout', '  indented\n'],
    ['stderr', traceback.slice(35)],
    ['stderr', 'after\n'],
  );
  expect(lines.map((line) => line?.kind)).toEqual([
    'warning',
    'error',
    'plain',
    'error',
    'error',
    'error',
    'plain',
    undefined,
  ]);
});
