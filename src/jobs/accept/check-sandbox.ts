/** What a run asks for in isolation, and whether this home, this machine and its folders allow it. */
import { dirname } from 'node:path';
import type { SharedRunInput } from '../../contract/inputs.ts';
import { invalid, shown } from '../../core/job-error.ts';
import type { JobRequest, SandboxRequest } from '../../core/job.ts';
import { called } from '../../core/wording.ts';
import { executorOf } from '../../executors/executor-of.ts';
import { noSandbox } from '../../executors/sandbox/enter-sandbox.ts';
import { isWithin, whyHidden } from '../../executors/sandbox/shown-folder.ts';
import type { Engine } from '../context/job-context.ts';
import { isOurs } from '../run/sandbox-plan.ts';

/** Without a folder of its own yet, where none was named. */
type Placeable = Pick<JobRequest, 'executor' | 'sandbox' | 'scriptPath' | 'benchmark'> & {
  directory: string | null;
};
type Isolation = Engine['config']['isolation'];

/** Null: none was asked for, and none is usual here. @throws JobError invalid_request */
export function sandboxAsked(input: SharedRunInput, usual: Isolation): SandboxRequest | null {
  const { isolation = usual === 'none' ? 'none' : 'sandbox' } = input;
  if (isolation === 'none' && usual === 'required') {
    const remedy = 'Leave it out: the settings of this server allow no run without the sandbox.';
    throw invalid('isolation', '"none" is forbidden.', remedy);
  }
  if (isolation === 'none') {
    refuseWithout(input);
    return null;
  }
  return {
    network: input.network ?? false,
    write: input.write ?? 'work',
    gpu: input.gpu ?? false,
  };
}

/** Who wants to keep a script from writing must not believe that it is kept. */
function refuseWithout({ write }: SharedRunInput): void {
  if (write === undefined || write === 'directory') return;
  const remedy = `Pass ${called('isolation')}: "sandbox" with it.`;
  throw invalid('write', `${shown(write)} needs a sandbox.`, remedy);
}

/** @throws JobError unavailable, invalid_request */
export function refuseSandbox(engine: Engine, request: Placeable): void {
  if (!request.sandbox) return;
  const problem = executorOf(engine.executors, request).whyNoSandbox();
  if (problem !== null) throw noSandbox(problem);
  const { directory, scriptPath } = request;
  refuseCompared(request);
  if (directory !== null) refuseHidden('directory', directory, engine.config.home);
  if (scriptPath === null || isOurs(engine, scriptPath)) return;
  refuseHidden('script_path', dirname(scriptPath), engine.config.home);
}

/** Only the folders of the run and of its first script are shown. */
function refuseCompared({ benchmark, directory, scriptPath }: Placeable): void {
  const compared = benchmark?.compareWith?.scriptPath;
  if (!compared) return;
  const places = [directory, scriptPath && dirname(scriptPath)].filter((place) => place !== null);
  if (places.some((place) => isWithin(compared, place))) return;
  const problem = `${shown(compared)} cannot be seen in the sandbox.`;
  throw invalid('compare_with', problem, `Put it into ${called('directory')}, or pass its code.`);
}

function refuseHidden(parameter: string, folder: string, home: string): void {
  const why = whyHidden(folder, home);
  if (why === null) return;
  const remedy = 'Name a project folder, or leave it out.';
  throw invalid(parameter, `${shown(folder)} ${why}; no sandbox is shown it.`, remedy);
}
