/** A log of 1 GB at rest: what it costs to read anywhere in it, and what it takes on disk. */
import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCursor } from '../src/core/cursor.ts';
import { packOutput } from '../src/output/files/pack-output.ts';
import { packedFile } from '../src/output/files/packed-file.ts';
import { interleaved, type Medians, timed } from './measure.ts';
import { newHome, type Run, SCRIPTS } from './run.ts';
import { type Server, startServer } from './server.ts';
import { writeTextLog } from './text-log.ts';

const MB = 1_000_000;
const PAGE_BYTES = 8_192;

/** Pages all over the packed log, against the same of the plain one. */
export async function packedRead(run: Run): Promise<Medians> {
  const home = newHome(run);
  const server = await startServer(home);
  try {
    const original = join(run.folder, 'text.log');
    const size = writeTextLog(original, run.quick ? 100 * MB : 1_000 * MB);
    const packed = await jobWithLog(server, home, original);
    await packOutput(logOf(home, packed), new AbortController().signal);
    // Last, for a minute after its end the server would pack it too.
    const plain = await jobWithLog(server, home, original);
    return await interleaved(
      run.quick ? 50 : 300,
      (round) => timed(() => readPage(server, packed, offsetIn(size, round))),
      (round) => timed(() => readPage(server, plain, offsetIn(size, round))),
    );
  } finally {
    await server.stop();
  }
}

/** Megabytes instead of milliseconds: of the packed log, and an eighth of the plain one. */
export async function packedSize(run: Run): Promise<Medians> {
  const path = join(newHome(run), 'text.log');
  const size = writeTextLog(path, 100 * MB);
  await packOutput(path, new AbortController().signal);
  return { value: statSync(packedFile(path)).size / MB, baseline: size / 8 / MB };
}

/** As if a job had printed it. */
async function jobWithLog(server: Server, home: string, original: string): Promise<string> {
  const args = { directory: SCRIPTS, script_path: 'nothing.py' };
  const { job_id: id } = await server.call<{ job_id: string }>('py_run_script_in_dir', args);
  copyFileSync(original, logOf(home, id));
  return id;
}

function logOf(home: string, jobId: string): string {
  return join(home, 'jobs', jobId, 'stdout.log');
}

/** The same for both logs in a round, and everywhere in the course of the rounds. */
function offsetIn(size: number, round: number): number {
  return Math.floor(((round * 0.618_034) % 1) * (size - PAGE_BYTES));
}

async function readPage(server: Server, jobId: string, stdout: number): Promise<void> {
  const cursor = encodeCursor({ stdout, stderr: 0 });
  const args = { job_id: jobId, stream: 'stdout', cursor, max_bytes: PAGE_BYTES, raw: true };
  await server.request('tools/call', { name: 'py_job_output', arguments: args });
}
