/** The time limit of a job whose server is gone. */
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scriptOf } from './job-run.ts';

const SIGINT_CODE = 128 + 2;
const SIGKILL_CODE = 128 + 9;

/** Signals wait, over exec, until the script is ready for them; only then is there a deadline. */
const READY = `
import os, signal, subprocess, sys, time
if len(sys.argv) == 1:
    child = subprocess.Popen(['sleep', '60'])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    os.environ['PYTHON_MCP_DEADLINE'] = '1'
    if 'SERVER' in os.environ:
        open('.python_mcp/deadline', 'w').close()
    os.execv(sys.executable, [sys.executable, __file__, str(child.pid)])
def ready():
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
`;

/** A signal just before one long sleep would wait for its end. */
const WAIT = 'while True: time.sleep(0.01)';

/** By the clock of the machine; the runtime gives a server two seconds. */
const soon = () => ({ PYTHON_MCP_DEADLINE: String(hrtime() - 0.5) });

function hrtime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n) / 1000;
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(['30', '0'])('a script past its deadline may clean up, FLUSH_MS=%s', async (flush) => {
      const code = `${READY}
try:
    ready()
    ${WAIT}
finally:
    print('cleaned up')`;
      const run = await runToEnd(path, [scriptOf(code)], {
        env: { PYTHON_MCP_GRACE: '30', PYTHON_MCP_FLUSH_MS: flush },
      });
      expect([run.code, run.stdout, run.left('deadline')]).toEqual([
        SIGINT_CODE,
        'cleaned up\n',
        '',
      ]);
      expect(run.stderr).toMatch(/^Traceback[^]*\nKeyboardInterrupt\n$/);
    });

    test('the whole group is interrupted, once, as by Ctrl-C', async () => {
      const code = `${READY}
seen = []
signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
ready()
while not seen: time.sleep(0.01)
print('marker first:', open('.python_mcp/deadline').read() == '', os.waitpid(int(sys.argv[1]), 0)[1])
time.sleep(0.5)
sys.exit(21 + len(seen))`;
      const run = await runToEnd(path, [scriptOf(code)], { env: { PYTHON_MCP_GRACE: '30' } });
      expect([run.code, run.stdout]).toEqual([22, 'marker first: True 2\n']);
    });

    test('a script that ignores the interrupt gets TERM', async () => {
      const code = `${READY}
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(23))
ready()
${WAIT}`;
      const run = await runToEnd(path, [scriptOf(code)], { env: { PYTHON_MCP_GRACE: '3' } });
      expect(run.code).toBe(23);
    });

    test('a script that ignores both is killed after the grace, alone', async () => {
      const code = `${READY}\nprint('said')\n${WAIT}`;
      const run = await runToEnd(path, [scriptOf(code)], { env: { PYTHON_MCP_GRACE: '0.5' } });
      // A code of its own proves that the shell above it, the supervisor, lived to see it.
      expect([run.code, run.stdout]).toEqual([SIGKILL_CODE, 'said\n']);
    });

    test('where a server acts it sends nothing, but ends what outlives the server', async () => {
      const code = `${READY}
signal.signal(signal.SIGINT, lambda *_: print('INT'))
signal.signal(signal.SIGTERM, lambda *_: print('TERM'))
ready()
print('said')
${WAIT}`;
      const run = await runToEnd(path, [scriptOf(code)], {
        env: { PYTHON_MCP_GRACE: '0.1', SERVER: '1' },
      });
      expect([run.code, run.stdout]).toEqual([SIGKILL_CODE, 'said\n']);
    });

    test('the script is reached even when it has left the group', async () => {
      const code = `import os, time\nos.setsid()\n${WAIT}`;
      const run = await runToEnd(path, [scriptOf(code)], { env: soon() });
      expect(run.code).toBe(SIGINT_CODE);
    });

    test('children and forks leave the deadline to the main process', async () => {
      const code = `
import os, subprocess, sys, time
child = os.fork()
if child == 0:
    time.sleep(0.5)
    os._exit(4)
environ = dict(os.environ, PYTHON_MCP_DEADLINE='1')
print(subprocess.call([sys.executable, '-c', 'import time; time.sleep(0.5)'], env=environ))
print(os.waitpid(child, 0)[1] >> 8)`;
      const deadline = String(Date.now() / 1000 + 3600);
      const run = await runToEnd(path, [scriptOf(code)], {
        env: { PYTHON_MCP_DEADLINE: deadline },
      });
      expect([run.code, run.stdout, run.left('deadline')]).toEqual([0, '0\n4\n', null]);
    });

    test('a deadline that is no number is no deadline', async () => {
      const run = await runToEnd(path, [scriptOf('import time\ntime.sleep(0.3)')], {
        env: { PYTHON_MCP_DEADLINE: 'soon' },
      });
      expect([run.code, run.stderr, run.left('deadline')]).toEqual([0, '', null]);
    });
  });
}
