/** A run whose packages are cached already: against the bare interpreter, and against `uv run`. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWheel } from '../tests/support/wheel.ts';
import { interleaved, median, type Medians, settle, timed } from './measure.ts';
import { newHome, type Run, runBare, SCRIPTS } from './run.ts';
import { type Server, startServer } from './server.ts';

const SCRIPT = 'import_package.py';
const PACKAGE = 'bench-package';
const WITH_PACKAGE = { script_path: join(SCRIPTS, SCRIPT), dependencies: [PACKAGE] };
const PLAIN = { directory: SCRIPTS, script_path: 'nothing.py' };

/** The environment's own interpreter, plus what the engine adds to a run without packages. */
export function warmRun(run: Run): Promise<Medians> {
  return withPackage(run, async ({ server, python }) => {
    const works = {
      packages: () => server.call('py_run_script_with_dependencies', WITH_PACKAGE),
      bare: () => runBare(run, python, [SCRIPT]),
      engine: () => server.call('py_run_script_in_dir', PLAIN),
      nothing: () => runBare(run, run.python, ['nothing.py']),
    };
    const { packages, bare, engine, nothing } = await inTurns(run.quick ? 10 : 40, works);
    return { value: packages, baseline: bare + Math.max(0, engine - nothing) };
  });
}

export function warmAgainstUv(run: Run): Promise<Medians> {
  return withPackage(run, ({ server, uv, wheels }) => {
    const command = ['run', '--no-project', '--quiet', '--find-links', wheels, '--with', PACKAGE];
    return interleaved(
      run.quick ? 5 : 20,
      () => paced(() => server.call('py_run_script_with_dependencies', WITH_PACKAGE)),
      () => paced(() => runBare(run, uv, [...command, '--python', run.python, SCRIPT])),
    );
  });
}

interface Prepared {
  server: Server;
  /** Interpreter of the cached environment. */
  python: string;
  /** The uv that the server uses: on PATH, or its own. */
  uv: string;
  wheels: string;
}

async function withPackage(
  run: Run,
  work: (prepared: Prepared) => Promise<Medians>,
): Promise<Medians> {
  const wheels = join(run.folder, 'wheels');
  mkdirSync(wheels, { recursive: true });
  writeWheel(wheels, { name: PACKAGE, version: '1.0' });
  const home = newHome(run);
  writeFileSync(join(home, 'config.toml'), `find_links = [${JSON.stringify(wheels)}]\n`);
  const server = await startServer(home);
  try {
    const { interpreter, execution_strategy: strategy } = await server.call<{
      interpreter: string;
      execution_strategy: string;
    }>('py_run_script_with_dependencies', WITH_PACKAGE);
    if (strategy !== 'uv-run') throw new Error('no uv on PATH, and none could be installed');
    const uv = onPath('uv') ?? join(home, 'tools', 'uv');
    return await work({ server, python: interpreter, uv, wheels });
  } finally {
    await server.stop();
  }
}

function onPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The median of each, measured in turns; a first round warms up and does not count. */
async function inTurns<Name extends string>(
  rounds: number,
  works: Record<Name, () => Promise<unknown>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const time = await paced(works[name]);
      if (round > 0) times[name].push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<
    Name,
    number
  >;
}

async function paced(work: () => Promise<unknown>): Promise<number> {
  await settle();
  return timed(work);
}
