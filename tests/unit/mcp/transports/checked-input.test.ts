import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkedInput, LONGEST_MESSAGE } from '../../../../src/mcp/transports/checked-input.ts';

interface Reply {
  id: unknown;
  error: { code: number; message: string };
}

/** What gets through, and what is answered. */
async function check(...chunks: (string | Buffer)[]) {
  const stdout = new PassThrough();
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const through = await text(checkedInput(input, stdout));
  stdout.end();
  const replies = (await text(stdout)).split('\n').filter((line) => line !== '');
  return { through, replies: replies.map((line) => JSON.parse(line) as Reply) };
}

const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';

test.each([
  ping,
  '{"jsonrpc":"2.0","method":"notifications/initialized","params":{}}\n',
  '{"jsonrpc":"2.0","id":"a","result":{}}\n',
  '{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}\n',
])('lets %j through', async (line) => {
  expect(await check(line)).toEqual({ through: line, replies: [] });
});

test('lets a message through behind a byte order mark, blank lines and a carriage return', async () => {
  const { through, replies } = await check(`\ufeff${ping}\n  \r\n${ping.trim()}\r\n`);
  expect(through.split('\n').map((line) => line.trim())).toEqual([ping.trim(), ping.trim(), '']);
  expect(replies).toEqual([]);
});

test.each<[string, unknown, number, string]>([
  ['hello', null, -32_700, 'This is not JSON'],
  ['{"jsonrpc":"2.0","id":3,', null, -32_700, 'This is not JSON'],
  ['{"id":3,"method":"ping"}', 3, -32_600, '"jsonrpc" must be "2.0"'],
  ['{"jsonrpc":"2.0","id":"x","method":"ping","params":"no"}', 'x', -32_600, '"params" must be'],
  ['{"jsonrpc":"2.0","id":3,"method":"ping","params":[]}', 3, -32_600, '"params" must be'],
  ['{"jsonrpc":"2.0","id":3,"method":4}', 3, -32_600, '"method" must be'],
  ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 1.5, -32_600, '"id" must be'],
  ['{"jsonrpc":"2.0","id":{},"method":"ping"}', null, -32_600, '"id" must be'],
  ['7', null, -32_600, 'must be a JSON object'],
  ['[]', null, -32_600, 'Batches'],
])('answers %s', async (line, id, code, message) => {
  const { through, replies } = await check(`${line}\n${ping}`);
  expect(through).toBe(ping);
  expect(replies).toMatchObject([{ id, error: { code } }]);
  expect(replies[0]?.error.message).toContain(message);
});

test('answers every request of a batch', async () => {
  const { replies } = await check(`[${ping.trim()},{"id":2,"method":"x"},{"method":"n"}]\n`);
  expect(replies.map(({ id }) => id)).toEqual([1, 2]);
});

test('is silent about replies, whose ids are ours', async () => {
  const { through, replies } = await check(`{"jsonrpc":"2.0","id":3,"result":"x"}\n${ping}`);
  expect(replies).toEqual([]);
  expect(through).toContain(ping);
});

test('gives messages on whole, however they are cut', async () => {
  const lines = Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"é😀"}\n`.repeat(3));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(lines.length)), async (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), lines.length];
      const chunks = at.slice(1).map((end, i) => lines.subarray(at[i], end));
      expect((await check(...chunks)).through).toBe(lines.toString());
    }),
  );
});

const filler = 'x'.repeat(LONGEST_MESSAGE);
test.each([
  ['first', `{"id":3,"jsonrpc":"2.0","method":"m","params":{"id":4,"a":"${filler}"}}`, 3],
  ['behind others', `{"jsonrpc":"2.0","method":"m","id":"é","params":{"a":"${filler}"}}`, 'é'],
  ['last', `{"method":"m","params":{"a":"${filler}","id":4},"jsonrpc":"2.0","id":3}`, 3],
  ['in what is no id', `{"params":{"a":"${filler}","id":4}}`, null],
])('answers a message that is too long and has its id %s', async (_where, line, id) => {
  const { through, replies } = await check(`${line}\n`, ping);
  expect(through).toBe(ping);
  expect(replies).toMatchObject([{ id, error: { code: -32_600 } }]);
  expect(replies[0]?.error.message).toContain(`${Buffer.byteLength(line)} bytes`);
});

test('ends where its input ends, and fails where that fails', async () => {
  const stdin = new PassThrough();
  const input = checkedInput(stdin, new PassThrough());
  stdin.destroy(new Error('gone'));
  await expect(buffer(input)).rejects.toThrow('gone');
});
