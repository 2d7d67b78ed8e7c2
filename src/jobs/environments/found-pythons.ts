/** The Pythons of this machine and its sandbox, as the set-up commands name them. */
import type { Config } from '../../config/settings.ts';
import { bubblewrapOf } from '../../executors/sandbox/bubblewrap.ts';
import type { EnvironmentContext } from '../../python/context/context.ts';
import type { Interpreter } from '../../python/interpreters/interpreter-cache.ts';
import { allInterpreters, defaultInterpreter } from '../../python/interpreters/interpreters.ts';
import { environmentConfig } from './environment-settings.ts';

export type { Interpreter };

type Env = Record<string, string | undefined>;

/** What a job gets that asks for none. @throws JobError when there is none. */
export function usualInterpreter(config: Config, env: Env): Promise<Interpreter> {
  return defaultInterpreter(surroundings(config, env));
}

/** Every interpreter a job may ask for, newest first. */
export async function everyInterpreter(config: Config, env: Env): Promise<Interpreter[]> {
  const all = await allInterpreters(surroundings(config, env));
  const collator = new Intl.Collator('en', { numeric: true });
  return all.sort((a, b) => collator.compare(b.version, a.version));
}

/** Null when scripts can be put into a sandbox here; else the cause and the remedy. */
export function whyNoSandbox(home: string, env: Env): string | null {
  const found = bubblewrapOf(env['PATH'], home)();
  return 'problem' in found ? found.problem : null;
}

function surroundings(
  config: Config,
  env: Env,
): Pick<EnvironmentContext, 'home' | 'config' | 'env' | 'signal'> {
  const python = environmentConfig(config);
  return { home: config.home, config: python, env, signal: new AbortController().signal };
}
