/** A home whose packages come from wheels written on the spot: no index, no network. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentConfig } from '../../src/python/context/context.ts';
import { resolveEnvironment } from '../../src/python/resolve-environment.ts';
import { runRequest, scratchFolder, testContext } from './environment-context.ts';
import { envWithoutUv } from './installers.ts';
import { shareTools } from './used-home.ts';
import { writeWheel } from './wheel.ts';

/** Two versions each of alpha-one and beta, and one package for a Python to come. */
export function offlineHome(uvPath: string | null = null) {
  const home = scratchFolder();
  const wheels = join(home, 'wheels');
  writeWheel(wheels, { name: 'alpha-one', version: '1.2', requires: ['beta'] });
  writeWheel(wheels, { name: 'alpha-one', version: '1.1', requires: ['beta<0.2'] });
  writeWheel(wheels, { name: 'beta', version: '0.1' });
  writeWheel(wheels, { name: 'beta', version: '0.2' });
  writeWheel(wheels, { name: 'future', version: '1.0', requiresPython: '>=3.77' });
  shareTools(home);
  const script = join(home, 'script.py');
  writeFileSync(script, 'import alpha_one, beta\nprint(alpha_one.VERSION, beta.VERSION)\n');
  const config = { findLinks: [wheels], noIndex: true, uvPath };
  return { home, wheels, script, config };
}

export type OfflineHome = ReturnType<typeof offlineHome>;

/** Resolves the home's script; `lines` are what the builds reported. */
export function resolver(
  { home, script, config }: OfflineHome,
  more: Partial<EnvironmentConfig> = {},
) {
  const env = { ...envWithoutUv(), UV_CACHE_DIR: join(home, 'uv-cache') };
  const context = testContext(home, { ...config, ...more }, env);
  const resolve = (dependencies: string[], signal = context.signal, change = {}) =>
    resolveEnvironment(
      runRequest(home, { ...change, environment: { dependencies } }),
      { path: script },
      { ...context, signal },
    );
  return { resolve, lines: context.lines };
}
