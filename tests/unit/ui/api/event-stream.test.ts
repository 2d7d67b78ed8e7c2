import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents } from '../../../../src/ui/api/event-stream.ts';

const EVENTS = [
  'id: c1-0\nevent: output\ndata: {"text":"a: b\\n\\nç"}\n\n',
  ': still here\n\n',
  'event: state\ndata: {"job":{}}\n\n',
].join('');

const expected = [
  { event: 'output', id: 'c1-0', data: { text: 'a: b\n\nç' } },
  null,
  { event: 'state', id: null, data: { job: {} } },
];

async function eventsIn(chunks: Uint8Array[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test('events are the same wherever the network cuts them', async () => {
  const bytes = new TextEncoder().encode(EVENTS);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const borders = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = borders.slice(1).map((end, index) => bytes.slice(borders[index], end));
      expect(await eventsIn(chunks)).toEqual(expected);
    }),
  );
});

test('an event that was cut off by the end is not taken', async () => {
  const bytes = new TextEncoder().encode(`${EVENTS}event: end\ndata: {"jo`);
  expect(await eventsIn([bytes])).toEqual(expected);
});
