/** The time limit of a job whose server is gone. */
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scriptOf } from './job-run.ts';

const SIGTERM_CODE = 128 + 15;
const SIGKILL_CODE = 128 + 9;

/** TERM waits, over exec, until the script is ready for it; only then is there a deadline. */
const READY = `
import os, signal, subprocess, sys, time
if len(sys.argv) == 1:
    child = subprocess.Popen(['sleep', '60'])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.signal(signal.SIGTERM, getattr(signal, os.environ['TERM_ACTION']))
    os.environ['PYTHON_MCP_DEADLINE'] = '1'
    os.execv(sys.executable, [sys.executable, __file__, str(child.pid)])
`;

/** Long past, so that the tests need not wait for the two seconds of patience with a server. */
const env = (more: Record<string, string> = {}) => ({
  PYTHON_MCP_DEADLINE: '1',
  PYTHON_MCP_GRACE: '0.2',
  ...more,
});

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test.for(['30', '0'])('a script past its deadline gets TERM, FLUSH_MS=%s', async (flush) => {
      const run = await runToEnd(path, [scriptOf('import time\ntime.sleep(60)')], {
        env: env({ PYTHON_MCP_FLUSH_MS: flush }),
      });
      expect([run.code, run.left('deadline')]).toEqual([SIGTERM_CODE, '']);
    });

    test('the whole group gets TERM, and the script may clean up', async () => {
      const code = `${READY}
def stop(number, frame):
    print('marker first:', open('deadline').read() == '', os.waitpid(int(sys.argv[1]), 0)[1])
    sys.exit(21)
signal.signal(signal.SIGTERM, stop)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
while True: time.sleep(0.01)  # a signal just before one long sleep would wait for its end`;
      const run = await runToEnd(path, [scriptOf(code)], {
        env: { PYTHON_MCP_GRACE: '30', TERM_ACTION: 'SIG_DFL' },
      });
      expect([run.code, run.stdout]).toEqual([21, 'marker first: True 15\n']);
    });

    test('a script that ignores TERM is killed after the grace, alone', async () => {
      const code = `${READY}\nprint('said')\ntime.sleep(60)`;
      const run = await runToEnd(path, [scriptOf(code)], {
        env: { PYTHON_MCP_GRACE: '1', TERM_ACTION: 'SIG_IGN' },
      });
      // A code of its own proves that the shell above it, the supervisor, lived to see it.
      expect([run.code, run.stdout]).toEqual([SIGKILL_CODE, 'said\n']);
    });

    test('the script is reached even when it has left the group', async () => {
      const run = await runToEnd(path, [scriptOf('import os, time\nos.setsid()\ntime.sleep(60)')], {
        env: env(),
      });
      expect(run.code).toBe(SIGTERM_CODE);
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
      const deadline = String(Number(process.hrtime.bigint()) / 1e9 + 3600);
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
