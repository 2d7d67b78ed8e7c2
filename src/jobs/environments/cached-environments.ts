/** Cached environments, as the adapters see them: what there is, and removal of what is too much. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/settings.ts';
import type { EnvironmentView } from '../../contract/replies/server.ts';
import {
  type EnvironmentInfo,
  listEnvironments,
  pruneEnvironments,
} from '../../python/cache/environment-prune.ts';

/** What is not said is as large as can be: it removes nothing. */
export interface EnvironmentLimits {
  maxAgeDays?: number | undefined;
  maxBytes?: number | undefined;
}

export interface EnvironmentsPruned {
  /** Keys. */
  removed: string[];
  remaining: number;
  freed_bytes: number;
}

/** A little less than a day, so that servers that start at the same hour each day do it each day. */
const ONCE_IN_MS = 20 * 3_600_000;

export class EnvironmentCache {
  readonly #config: Config;
  readonly #interpretersInUse: () => Set<string>;

  /** @param interpretersInUse absolute paths: of all jobs that have not ended. */
  constructor(config: Config, interpretersInUse: () => Set<string>) {
    this.#config = config;
    this.#interpretersInUse = interpretersInUse;
  }

  /** The limits of the settings. */
  get limits(): Required<EnvironmentLimits> {
    const { environment_max_age_days: maxAgeDays, environments_max_bytes: maxBytes } = this.#config;
    return { maxAgeDays, maxBytes };
  }

  /** The most recently used first. */
  async list(): Promise<EnvironmentView[]> {
    const { home } = this.#config;
    const inUse = [...this.#interpretersInUse()];
    return (await listEnvironments(home)).map((info) => {
      const folder = join(home, 'envs', info.key, '/');
      return viewOf(
        info,
        inUse.some((path) => path.startsWith(folder)),
      );
    });
  }

  /** Removes what is over `limits`, the least recently used first; never one in use or just used. */
  async prune(limits: EnvironmentLimits, dryRun = false): Promise<EnvironmentsPruned> {
    const { maxAgeDays = Infinity, maxBytes = Infinity } = limits;
    const inUse = this.#interpretersInUse();
    const request = { maxAgeDays, maxBytes, inUse, dryRun };
    const { removed, remaining, freedBytes } = await pruneEnvironments(this.#config.home, request);
    return { removed, remaining, freed_bytes: freedBytes };
  }

  /**
   * Prunes by the settings unless a server of this home did so today. Null when there was nothing to
   * do. Two servers that come at the same moment both do it, which does no harm.
   */
  async pruneIfDue(now: number = Date.now()): Promise<EnvironmentsPruned | null> {
    const stamp = join(this.#config.home, 'meta', 'environments-pruned');
    const last = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (now - last < ONCE_IN_MS) return null;
    mkdirSync(dirname(stamp), { recursive: true, mode: 0o700 });
    writeFileSync(stamp, '', { mode: 0o600 });
    return this.prune(this.limits);
  }
}

function viewOf(info: EnvironmentInfo, inUse: boolean): EnvironmentView {
  const { key, environment, lastUsedAt, sizeBytes } = info;
  return {
    key,
    description: environment?.description ?? null,
    python_version: environment?.pythonVersion ?? null,
    interpreter: environment?.python ?? null,
    resolved_dependencies: environment?.resolvedDependencies ?? [],
    last_used_at: new Date(lastUsedAt).toISOString(),
    size_bytes: sizeBytes,
    in_use: inUse,
  };
}
