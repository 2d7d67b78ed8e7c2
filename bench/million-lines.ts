/** A script that prints a million lines: a polled background job against a shell's redirection. */
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { readNew, type Run, runBare, startJob, withServer } from './run.ts';
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
  let bytes = 0;
  for (;;) {
    const job = await readNew(server, id);
    bytes += job.new_stdout.length;
    if (job.completed_at === null) await settle(POLL_MS);
    if (job.completed_at === null || job.status === 'running') continue;
    if (bytes !== job.stdout_bytes) throw new Error(`read ${bytes} of ${job.stdout_bytes} bytes`);
    return Date.parse(job.completed_at) - began;
  }
}

async function deliverWhole(server: Server): Promise<void> {
  const id = await startJob(server, SCRIPT, { enable_streaming: true });
  for (let bytes = 0, left = true; left;) {
    const job = await readNew(server, id, 45, { max_bytes: LARGEST_REPLY });
    bytes += job.new_stdout.length;
    left = job.status === 'running' || job.status === 'pending' || bytes < job.stdout_bytes;
  }
}
