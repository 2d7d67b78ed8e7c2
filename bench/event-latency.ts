/** From a script's write to the client that follows its events, against 5 ms. */
import { once } from 'node:events';
import { type HttpSession, startHttpSession } from './http-session.ts';
import { type Medians, median } from './measure.ts';
import { newHome, type Run, SCRIPTS } from './run.ts';

const BUDGET_MS = 5;

/** Takes what the script wrote: the monotonic clock in nanoseconds, which all processes share. */
type Take = (text: string, arrivedAt: bigint) => void;

export async function eventLatency(run: Run): Promise<Medians> {
  const session = await startHttpSession(newHome(run));
  const count = run.quick ? 50 : 300;
  const latencies: number[] = [];
  const take: Take = (lines, arrivedAt) => {
    for (const line of lines.split('\n').filter(Boolean)) {
      latencies.push(Number(arrivedAt - BigInt(line)) / 1e6);
    }
  };
  try {
    await followScript(session, count, take);
  } finally {
    await session.stop();
  }
  if (latencies.length !== count) throw new Error(`${latencies.length} of ${count} lines`);
  return { value: median(latencies), baseline: BUDGET_MS };
}

/** To the end of the stream. */
async function followScript(session: HttpSession, count: number, take: Take): Promise<void> {
  const script = { directory: SCRIPTS, script_path: 'write_times.py', args: [String(count)] };
  const id = await session.start(script);
  const events = session.follow(`/api/v1/jobs/${id}/events`);
  let rest = '';
  events.on('data', (chunk: Buffer) => {
    const now = process.hrtime.bigint();
    const blocks = (rest + chunk.toString('utf8')).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, data] = /^event: output\ndata: (.*)$/m.exec(block) ?? [];
      if (data !== undefined) take((JSON.parse(data) as { text: string }).text, now);
    }
  });
  await once(events, 'end');
}
