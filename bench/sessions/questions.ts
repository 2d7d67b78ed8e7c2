/** Ten questions to data that takes a while to load: in one session, against a run for each. */
import { interleaved, type Medians, timed } from '../measure.ts';
import { type Run, SCRIPTS, withServer } from '../run.ts';
import type { Server } from '../server.ts';
import { ask, end } from './session.ts';

const QUESTIONS = 10;
/** Reading and converting stand for a file, and a few definitions for what goes with it. */
const LOAD = `
import csv, io, statistics
text = "".join(f"{n},{n % 97},{n * 0.5}\\n" for n in range(100_000))
rows = [(int(a), int(b), float(c)) for a, b, c in csv.reader(io.StringIO(text))]
def column(place):
    return [row[place] for row in rows]
`;

export function questions(run: Run): Promise<Medians> {
  return withServer(run, (server) =>
    interleaved(
      run.quick ? 1 : 3,
      (round) => timed(() => askAll(server, `s${round}`)),
      () => timed(() => runAll(server)),
    ),
  );
}

/** What a model writes and reads for it. */
export function questionBytes(run: Run): Promise<Medians> {
  return withServer(run, async (server) => ({
    value: (await askAll(server, 'main')) / 1024,
    baseline: (await runAll(server)) / 1024,
  }));
}

/** Bytes of all calls and replies. */
async function askAll(server: Server, session: string): Promise<number> {
  let bytes = 0;
  for (const code of [LOAD, ...all()]) {
    bytes += sizeOf({ session, code }) + sizeOf(await ask(server, code, session));
  }
  await end(server, session);
  return bytes;
}

async function runAll(server: Server): Promise<number> {
  let bytes = 0;
  for (const question of all()) {
    const call = { directory: SCRIPTS, script_content: `${LOAD}print(${question})` };
    bytes += sizeOf(call) + sizeOf(await server.call('py_run_script_in_dir', call));
  }
  return bytes;
}

function all(): string[] {
  return Array.from({ length: QUESTIONS }, (_, n) => `max(column(${n % 3})[${n}::10])`);
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
