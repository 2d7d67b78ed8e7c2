/** A synchronous call of a script that does nothing, against its bare interpreter. */
import { interleaved, type Medians, settle, timed } from './measure.ts';
import { type Run, runBare, SCRIPTS, withServer } from './run.ts';

const ARGS = { directory: SCRIPTS, script_path: 'nothing.py' };

const BUDGET_MS = 6;

/** What the call costs above its interpreter, against what it may. */
export async function syncCallCost(run: Run): Promise<Medians> {
  const { value, baseline } = await syncCall(run);
  return { value: value - baseline, baseline: BUDGET_MS };
}

export function syncCall(run: Run): Promise<Medians> {
  return withServer(run, (server) =>
    interleaved(
      run.quick ? 15 : 60,
      async () => {
        await settle();
        return timed(() => server.call('py_run_script_in_dir', ARGS));
      },
      async () => {
        await settle();
        return timed(() => runBare(run, run.python, ['nothing.py']));
      },
    ),
  );
}
