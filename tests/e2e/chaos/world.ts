/**
 * Carries out a plan: several callers at once, on servers that are killed under them and replaced. A
 * call whose server dies has an unknown end; everything else it came to is remembered.
 */
import { startServer, type TestServer } from '../../support/start-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { codeOf, type Operation, outputOf, type Script } from './plan.ts';

const SERVERS = 3;
const CALLERS = 4;
export const SESSION = 'main';

export interface StartedJob {
  name: string;
  script: Script;
  /** Null when the reply was lost: then there may be a job or not. */
  id: string | null;
  wasCancelled: boolean;
  /** Where its reader is: what lies before was checked. */
  cursor: string | undefined;
}

/** What is drawn, and the answers to what still asks at the end. */
type Act = Operation | { kind: 'answer'; job: StartedJob };

export class World {
  readonly jobs: StartedJob[] = [];
  /** Words of cells; true when it was heard that they ran. */
  readonly words = new Map<string, boolean>();
  kills = 0;
  hasPruned = false;
  readonly #servers: TestServer[];
  #turn = 0;

  constructor(servers: TestServer[]) {
    this.#servers = servers;
  }

  static async begin(): Promise<World> {
    const first = await startServer();
    const servers = [first];
    while (servers.length < SERVERS) servers.push(await startServer({ on: first }));
    await first.call('py_session_run', { session: SESSION, code: 'pass', wait_seconds: 45 });
    return new World(servers);
  }

  get server(): TestServer {
    this.#turn += 1;
    return this.#servers[this.#turn % SERVERS] as TestServer;
  }

  /** Callers take the next operation when they are through with theirs. */
  async carryOut(plan: readonly Operation[]): Promise<void> {
    const left = [...plan];
    const caller = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) await this.#attempt(next);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  /** Nobody cancels or kills any more: input for those that ask, and an end for all. */
  async settle(): Promise<void> {
    const isOver = async (): Promise<boolean> => {
      const totals = ['pending', 'running'].map(async (status) => {
        const { jobs } = await this.server.call('py_list_jobs', { status_filter: status });
        return jobs as { id: string; label: string }[];
      });
      const open = (await Promise.all(totals))
        .flat()
        .filter(({ label }) => label.startsWith('job-'));
      for (const { id, label } of open) {
        const job = this.#named(label);
        job.id ??= id;
        if (job.script.asks) await this.#attempt({ kind: 'answer', job });
      }
      return open.length === 0;
    };
    await waitFor(isOver, 300_000, 'the end of all jobs');
  }

  #named(label: string): StartedJob {
    return this.jobs.find(({ name }) => name === label) as StartedJob;
  }

  async #attempt(operation: Act): Promise<void> {
    const { server } = this;
    try {
      await this.#do(operation, server);
    } catch (error) {
      if (!isExcused(operation.kind, String(error), this.hasPruned)) throw error;
    }
  }

  async #do(operation: Act, server: TestServer) {
    switch (operation.kind) {
      case 'run':
        return this.#run(operation.name, operation.script, server);
      case 'cell':
        return this.#cell(operation.word, server);
      case 'kill':
        return this.#kill(server);
      case 'list':
        return void (await server.call('py_list_jobs', { limit: 50 }));
      case 'prune':
        this.hasPruned = true;
        return void (await server.call('py_prune_jobs', {
          keep_completed: false,
          max_age_hours: 0,
        }));
      case 'answer':
        return answer(operation.job, server);
      case 'poll':
      case 'read':
      case 'cancel':
      case 'input': {
        const job = this.#picked(operation.pick);
        if (job) await on(job, operation.kind, server);
      }
    }
  }

  #picked(pick: number): StartedJob | undefined {
    const known = this.jobs.filter(({ id }) => id !== null);
    return known[Math.floor(pick * known.length)];
  }

  async #run(name: string, script: Script, server: TestServer): Promise<void> {
    const job: StartedJob = { name, script, id: null, wasCancelled: false, cursor: undefined };
    this.jobs.push(job);
    const more = { job_label: name, interactive: script.asks };
    job.id = await server.start(codeOf(name, script), more);
  }

  async #cell(word: string, server: TestServer): Promise<void> {
    this.words.set(word, false);
    const code = `print('${word}')`;
    const reply = await server.call('py_session_run', { session: SESSION, code, wait_seconds: 45 });
    if (reply.status === 'ok') this.words.set(word, true);
  }

  async #kill(server: TestServer): Promise<void> {
    this.kills += 1;
    const place = this.#servers.indexOf(server);
    if (place < 0) return; // somebody else was faster
    this.#servers[place] = await startServer({ on: server });
    await server.kill('SIGKILL');
  }
}

async function on(job: StartedJob, kind: 'poll' | 'read' | 'cancel' | 'input', server: TestServer) {
  const asked = { job_id: job.id };
  if (kind === 'poll') await server.call('py_job_status', { ...asked, incremental: true });
  if (kind === 'read') await readOn(job, server);
  if (kind === 'input' && job.script.asks) await answer(job, server);
  if (kind === 'cancel') {
    job.wasCancelled = true;
    await server.call('py_cancel_job', { ...asked, grace_seconds: 0 });
  }
}

async function answer(job: StartedJob, server: TestServer): Promise<void> {
  if (job.id === null) return;
  await server.call('py_send_input', {
    job_id: job.id,
    text: 'it\n',
    close: true,
    wait_seconds: 0,
  });
}

/** The next page of a job is what its script prints there. */
export async function readOn(job: StartedJob, server: TestServer): Promise<boolean> {
  const { cursor } = job;
  const text = await server.text('py_job_output', {
    job_id: job.id,
    stream: 'stdout',
    max_bytes: 4096,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const range = /stdout bytes (\d+)–(\d+) of/.exec(text);
  if (!range) throw new Error(`py_job_output of ${job.name}: ${text}`);
  const [from, to] = [Number(range[1]), Number(range[2])];
  const expected = outputOf(job.name, job.script).stdout.slice(from, to);
  if (expected.length !== to - from || !text.includes(expected)) {
    throw new Error(`bytes ${from}–${to} of ${job.name} are not what it prints: ${text}`);
  }
  job.cursor = /next cursor (\S+?)[.,;\s]/.exec(text)?.[1] ?? cursor;
  return to > from;
}

/** Calls end so when their server is killed, or when others have ended or removed the job before. */
function isExcused(kind: string, error: string, hasPruned: boolean): boolean {
  if (/onnection closed|ot connected|EPIPE|ECONNRESET/.test(error)) return true;
  if (['cancel', 'input', 'answer'].includes(kind)) return error.includes('was refused: ');
  return hasPruned && ['poll', 'read'].includes(kind) && error.includes('no job');
}
