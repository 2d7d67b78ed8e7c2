/** The program of a session on every interpreter: what a cell means, and what stops it. */
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type JobRun, RUNTIME, startRun } from './job-run.ts';

const LIMIT_MS = 30_000;
const IDLE_SECONDS = '600';

interface CellRecord {
  status: string;
  value?: { type: string; text: string };
  error?: { type: string; message: string; line: number | null };
  changed?: string[];
  from: [number, number];
  to: [number, number];
}

class WorkerSession {
  readonly run: JobRun;
  #cell = 0;

  constructor(python: string, idleSeconds: string = IDLE_SECONDS) {
    this.run = startRun(python, [join(RUNTIME, 'session.py'), idleSeconds]);
    mkdirSync(this.#place('cells'), { recursive: true });
  }

  /** Its number. */
  send(code: string, more: object = {}): number {
    this.#cell += 1;
    const path = this.#file(this.#cell, 'json');
    writeFileSync(`${path}.part`, JSON.stringify({ code, ...more }));
    renameSync(`${path}.part`, path);
    this.#ring();
    return this.#cell;
  }

  async ask(code: string, more: object = {}): Promise<CellRecord> {
    return this.record(this.send(code, more));
  }

  record(cell: number): Promise<CellRecord> {
    const look = () =>
      JSON.parse(this.run.left(`cells/${name(cell)}.record`) ?? 'null') as CellRecord;
    return waitFor(look, LIMIT_MS, `the record of cell ${cell}`);
  }

  /** What servers do: the wish first, the signal after. */
  stop(cell: number): void {
    writeFileSync(this.#file(cell, 'stop'), '.');
    const shell = Number(this.run.child.pid);
    const [pid] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
    process.kill(Number(pid), 'SIGINT');
  }

  text({ from, to }: CellRecord): string {
    return Buffer.from(this.run.stdout()).subarray(from[0], to[0]).toString();
  }

  /** As servers do. Before the session is up nothing needs to. */
  #ring(): void {
    try {
      const bell = openSync(this.#place('bell'), constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(bell, '.');
      closeSync(bell);
    } catch {
      // It looks at once when it begins.
    }
  }

  #place(path: string): string {
    return join(this.run.folder, 'work', '.python_mcp', path);
  }

  #file(cell: number, kind: string): string {
    return this.#place(`cells/${name(cell)}.${kind}`);
  }
}

function name(cell: number): string {
  return String(cell).padStart(6, '0');
}

/** Interrupts the cell that it is called in when our own code has come so many calls further. */
const STRIKES = `
import os, signal, sys
cells = os.environ['PYTHON_MCP_WORK'] + '/.python_mcp/cells'
left = 0
def struck():
    sys.setprofile(None)
    return 0 if left else 1
def strike(step):
    global left
    left = step
    cell = max(int(name[:6]) for name in os.listdir(cells) if name.endswith('.json'))
    def look(frame, event, argument):
        global left
        if event[:2] == 'c_' or 'python_mcp_session' not in frame.f_code.co_filename: return
        if frame.f_code.co_name == '_finish': return sys.setprofile(None)
        left -= 1
        if left: return
        sys.setprofile(None)
        with open('%s/%06d.stop' % (cells, cell), 'w') as file: file.write('.')
        os.kill(os.getpid(), signal.SIGINT)
    sys.setprofile(look)
`;

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test('values, errors, await, exit, fork, C output and pickles', async () => {
      const session = new WorkerSession(path);
      const ask = (code: string) => session.ask(code);
      expect(await ask('x = 6\nx * 7')).toMatchObject({
        status: 'ok',
        value: { type: 'int', text: '42' },
        changed: ['x: int'],
      });
      expect(await ask('x;')).not.toHaveProperty('value');
      expect(await ask('\ny = 1\nboom')).toMatchObject({
        status: 'error',
        error: { type: 'NameError', line: 3 },
      });
      expect(await ask('y')).toMatchObject({ value: { text: '1' } }); // what ran before it stays
      expect(await ask('def f(:')).toMatchObject({ error: { type: 'SyntaxError', line: 1 } });
      const awaits = 'import asyncio\nawait asyncio.sleep(0.01)\n"slept"';
      expect(await ask(awaits)).toMatchObject({ value: { text: "'slept'" } });
      const own = 'async def g(): return 5\nasyncio.run(g())';
      expect(await ask(own)).toMatchObject({ value: { text: '5' } });
      expect(await ask('exit(3)')).toMatchObject({ status: 'exited', exit_code: 3 });
      const pickled =
        'import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))).__name__';
      expect(await ask(pickled)).toMatchObject({ value: { text: "'A'" } });
      const fork =
        'import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nos.getpid() == os.getppid()';
      expect(await ask(fork)).toMatchObject({ status: 'ok', value: { text: 'False' } });
      const inC = 'import ctypes\nctypes.CDLL(None).printf(b"from C")\nNone';
      expect(session.text(await ask(inC))).toBe('from C');
      expect(session.text(await ask('print("behind")'))).toBe('behind\n');
      const child =
        'import subprocess, sys\nsubprocess.run(["echo", "child"], stdout=sys.stdout).returncode';
      expect(session.text(await ask(child))).toBe('child\n');
      const large = await ask('list(range(10_000_000))');
      expect(large.value?.text.length).toBeLessThan(10_000);
    });

    test.each([
      ['a loop', 'while True: pass'],
      ['sleep', 'import time\ntime.sleep(600)'],
      ['await', 'import asyncio\nawait asyncio.sleep(600)'],
      ['a loop in a coroutine', 'async def spin():\n  while True: pass\nawait spin()'],
      ['a child', 'import subprocess\nsubprocess.run(["sleep", "600"])'],
    ])('a stop ends %s and no other cell', async (_what, code) => {
      const session = new WorkerSession(path);
      await session.ask('kept = 1');
      const cell = session.send(`print("on", flush=True)\n${code}`);
      const behind = session.send('kept + 1');
      await waitFor(() => session.run.stdout() === 'on\n', LIMIT_MS, 'the beginning of the cell');
      const look = async (): Promise<boolean> => {
        session.stop(cell); // a signal may come before the cell can be stopped
        return session.run.left(`cells/${name(cell)}.record`) !== null;
      };
      await waitFor(look, LIMIT_MS, 'the end of the cell');
      expect(await session.record(cell)).toMatchObject({ status: 'interrupted' });
      expect(await session.record(behind)).toMatchObject({ status: 'ok', value: { text: '2' } });
    });

    test('an interrupt at any step of the session itself leaves a record and the session', async () => {
      const session = new WorkerSession(path);
      const once = async (code: string) =>
        expect(await session.ask(code)).toMatchObject({ status: 'ok' });
      await once(STRIKES);
      for (const ends of ['1', '1 / 0', 'exit()']) {
        let struck = 1;
        let step = 0;
        while (struck > 0) {
          step += 1;
          const { status } = await session.ask(`strike(${step})\n${ends}`);
          expect(['ok', 'error', 'exited', 'interrupted']).toContain(status);
          const { value } = await session.ask('struck()');
          struck = Number(value?.text);
        }
      }
    });

    test('its time limit ends a cell, idleness the session', async () => {
      const session = new WorkerSession(path, '1');
      const endless = await session.ask('while True: pass', { timeout_seconds: 0.1 });
      expect(endless).toMatchObject({ status: 'timed_out' });
      expect(await session.run.ended).toBe(0);
      expect(session.run.left('session.json')).toContain('"reason": "idle"');
    });

    test('names are kept for completion, modules too', async () => {
      const session = new WorkerSession(path);
      await session.ask('import math\nprices = [1]\n_hidden = 2');
      expect(JSON.parse(session.run.left('names.json') ?? '[]')).toEqual(['math', 'prices']);
    });
  });
}
