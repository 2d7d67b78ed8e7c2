/** A small disk in a mount namespace of its own: this machine has nothing mounted for it. */
import { spawnSync } from 'node:child_process';

const PROBE = ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'];

export const canMount = spawnSync('unshare', PROBE).status === 0 && process.getuid?.() === 0;

/** The command that runs `then` where `folder` is such a disk. */
export function withSmallDisk(folder: string, size: string, then: string[]): string[] {
  const mount = `mount -t tmpfs -o size=${size},mode=0700 tmpfs "$0" && exec "$@"`;
  return ['unshare', '-m', 'sh', '-c', mount, folder, ...then];
}
