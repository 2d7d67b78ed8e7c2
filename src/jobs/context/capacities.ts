/** What the jobs of a home share, from the settings and from what the machine has. */
import type { Config } from '../../config/settings.ts';
import { gpuDevices, numbered } from '../../executors/local/gpu-devices.ts';
import type { Capacities } from '../../store/holdings.ts';

export function capacitiesOf(
  { max_concurrent_jobs: places, locks, gpus }: Config,
  env: Record<string, string | undefined>,
): Capacities {
  const devices = gpus === null ? gpuDevices(env) : numbered(gpus);
  return { places, locks: new Map(Object.entries(locks)), devices };
}
