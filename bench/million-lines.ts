/** A script that prints a million lines: a polled background job against a shell's redirection. */
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { type Job, readNew, type Run, runBare, startJob, withServer } from './run.ts';
import type { Server } from './server.ts';

const SCRIPT = 'million_lines.py';
/** As often as a client polls that wants to look live. */
const POLL_MS = 100;

const LARGEST_REPLY = 1_000_000;

export function millionLines(run: Run): Promise<Medians> {
  return againstRedirect(run, runAsJob);
}

/** Until the last byte has been delivered, each once. */
export function millionLinesWhole(run: Run): Promise<Medians> {
  return againstRedirect(run, (server) => timed(() => deliverWhole(server)));
}

function againstRedirect(run: Run, work: (server: Server) => Promise<number>): Promise<Medians> {
  return withServer(run, (server) =>
    interleaved(
      run.quick ? 3 : 7,
      async () => {
        await settle();
        return work(server);
      },
      async () => {
        await settle();
        const command = `exec "${run.python}" ${SCRIPT} > "${run.folder}/million.out"`;
        return timed(() => runBare(run, '/bin/sh', ['-c', command]));
      },
    ),
  );
}

/** From the call to the end of the script. Reading the rest of 47 MB by pages takes longer. */
async function runAsJob(server: Server): Promise<number> {
  const began = Date.now();
  const id = await startJob(server, SCRIPT, { enable_streaming: true });
  for (let bytes = 0; ;) {
    const job = await readNew(server, id);
    bytes += job.new_stdout.length;
    if (hasEnded(job) && bytes >= job.stdout_bytes) break; // it is told at once, with more behind it
    if (!hasEnded(job)) await settle(POLL_MS);
  }
  const { job } = await server.call<{ job: Job }>('py_job_status', { job_id: id });
  return Date.parse(String(job.completed_at)) - began;
}

function hasEnded({ status }: Job): boolean {
  return status !== 'running' && status !== 'pending';
}

async function deliverWhole(server: Server): Promise<void> {
  const id = await startJob(server, SCRIPT, { enable_streaming: true });
  for (let bytes = 0, left = true; left;) {
    const job = await readNew(server, id, 45, { max_bytes: LARGEST_REPLY });
    bytes += job.new_stdout.length;
    left = !hasEnded(job) || bytes < job.stdout_bytes;
  }
}
