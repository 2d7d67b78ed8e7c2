/** The GPUs of this machine, as CUDA names them: asked of the kernel, which takes no time. */
import { readdirSync } from 'node:fs';

/** @param env of this process: whoever started it may have left it some of them only */
export function gpuDevices(env: Record<string, string | undefined>): string[] {
  const visible = env['CUDA_VISIBLE_DEVICES'];
  return visible === undefined ? numbered(countDevices()) : devicesNamed(visible);
}

/** The same before the settings are read, of which config.toml may say otherwise. */
export function mayHaveGpus(env: Record<string, string | undefined>): boolean {
  const set = env['PYTHON_MCP_GPUS'];
  return set ? Number(set) > 0 : gpuDevices(env).length > 0;
}

/** "0", "1" … */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** As CUDA reads it: what stands behind the first that is no device does not count. */
function devicesNamed(visible: string): string[] {
  const names = visible.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => name === '' || name.startsWith('-'));
  return [...new Set(end < 0 ? names : names.slice(0, end))];
}

function countDevices(): number {
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
