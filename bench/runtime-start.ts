/** The start of a Python with the job runtime in it, against the bare interpreter and 4 ms. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnv } from './child-env.ts';
import { interleaved, type Medians, timed } from './measure.ts';
import { type Run, SCRIPTS } from './run.ts';

const RUNTIME = fileURLToPath(new URL('../runtime', import.meta.url));
const BUDGET_MS = 4;

export async function runtimeStart(run: Run): Promise<Medians> {
  const root = mkdtempSync(join(run.folder, 'job-'));
  const work = join(root, 'work');
  mkdirSync(join(work, '.python_mcp'), { recursive: true });
  const ours = { PYTHONPATH: RUNTIME, PYTHON_MCP_WORK: work, PYTHON_MCP_JOB_ID: 'bench' };
  const { value, baseline } = await interleaved(
    run.quick ? 30 : 100,
    () => startOf(run, root, { ...ours, PYTHON_MCP_ARTIFACTS: join(work, 'artifacts') }),
    () => startOf(run, root, {}),
  );
  return { value, baseline: baseline + BUDGET_MS };
}

async function startOf(run: Run, root: string, more: Record<string, string>): Promise<number> {
  const files = ['stdout.log', 'stderr.log'].map((name) => openSync(join(root, name), 'a'));
  const took = await timed(async () => {
    const env = { ...childEnv(), ...more };
    const options = { cwd: SCRIPTS, env, detached: true, stdio: ['ignore', ...files] as never };
    await once(spawn(run.python, ['nothing.py'], options), 'exit');
  });
  for (const file of files) closeSync(file);
  return took;
}
