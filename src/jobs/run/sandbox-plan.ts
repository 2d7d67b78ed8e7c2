/** What the executor is to know of a job in a sandbox. */
import { dirname, join } from 'node:path';
import type { JobRequest } from '../../core/job.ts';
import type { SandboxPlan } from '../../executors/executor.ts';
import type { Engine } from '../context/job-context.ts';

export function sandboxPlan(
  engine: Engine,
  { sandbox, scriptPath: script }: JobRequest,
  interpreter: string,
): SandboxPlan | null {
  if (!sandbox) return null;
  return { ...sandbox, interpreter, script, isOurs: script !== null && isOurs(engine, script) };
}

/** A saved script, or the program of a session. */
export function isOurs({ config, runtimeDirectory }: Engine, path: string): boolean {
  const scripts = config.scripts_dir ?? join(config.home, 'scripts');
  return [scripts, runtimeDirectory].includes(dirname(path));
}
