/** A synchronous call in a sandbox, against the same without: 12 ms more, or half as long again. */
import { tmpdir } from 'node:os';
import { bubblewrapOf } from '../src/executors/sandbox/bubblewrap.ts';
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { type Run, SCRIPTS, withServer } from './run.ts';

const ARGS = { directory: SCRIPTS, script_path: 'nothing.py' };
const BUDGET_MS = 12;
const BUDGET_RATIO = 1.5;

/** Null where there is no sandbox. */
export async function sandboxStart(run: Run): Promise<Medians | null> {
  if ('problem' in bubblewrapOf(process.env['PATH'], tmpdir())()) return null;
  const { value, baseline } = await withServer(run, (server) => {
    const call = async (isolation: string): Promise<number> => {
      await settle();
      return timed(() => server.call('py_run_script_in_dir', { ...ARGS, isolation }));
    };
    return interleaved(
      run.quick ? 15 : 60,
      () => call('sandbox'),
      () => call('none'),
    );
  });
  return { value, baseline: Math.max(baseline + BUDGET_MS, baseline * BUDGET_RATIO) };
}
