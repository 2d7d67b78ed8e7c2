/** From a script's write to the client that follows its events, against `fs.watch` and a read. */
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HttpSession, startHttpSession } from './http-session.ts';
import { type Medians, median } from './measure.ts';
import { newHome, type Run, SCRIPTS } from './run.ts';

/** Takes what the script wrote: the monotonic clock in nanoseconds, which all processes share. */
type Take = (text: string, arrivedAt: bigint) => void;

export async function eventLatency(run: Run): Promise<Medians> {
  const session = await startHttpSession(newHome(run));
  const file = join(mkdtempSync(join(run.folder, 'bare-')), 'times');
  const count = run.quick ? 50 : 300;
  const bare = new Latencies();
  const live = new Latencies();
  const unwatch = readOnChange(file, bare.take);
  try {
    await followScript(session, [file, String(count)], live.take);
  } finally {
    unwatch();
    await session.stop();
  }
  if (live.taken.length !== count || bare.taken.length !== count) {
    throw new Error(`${live.taken.length} and ${bare.taken.length} of ${count} lines`);
  }
  return { value: median(live.taken), baseline: median(bare.taken) };
}

class Latencies {
  readonly taken: number[] = [];

  take: Take = (lines, arrivedAt) => {
    for (const line of lines.split('\n').filter(Boolean)) {
      this.taken.push(Number(arrivedAt - BigInt(line)) / 1e6);
    }
  };
}

/** What every reader of a file that grows has to do, and nothing else. */
function readOnChange(file: string, take: Take): () => void {
  writeFileSync(file, '');
  const buffer = Buffer.alloc(1024);
  let position = 0;
  const watcher = watch(dirname(file), () => {
    const fd = openSync(file, 'r');
    const length = readSync(fd, buffer, 0, buffer.length, position);
    closeSync(fd);
    const now = process.hrtime.bigint();
    position += length;
    take(buffer.toString('latin1', 0, length), now);
  });
  return () => watcher.close();
}

/** To the end of the stream. */
async function followScript(session: HttpSession, args: string[], take: Take): Promise<void> {
  const script = { directory: SCRIPTS, script_path: 'write_in_turns.py', args };
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
