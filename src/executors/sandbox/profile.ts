/**
 * What a script in a sandbox has around it, as arguments of bubblewrap: the system and its own
 * environment to read, its job's folder to write, a `/tmp` and a home of its own, and nothing else.
 * What is not named here is not there.
 */
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunPlan, SandboxPlan } from '../executor.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { interpreterFiles } from './interpreter-files.ts';
import { privateFiles } from './private-files.ts';
import { isWithin, realPathOf } from './shown-folder.ts';

export type SandboxedPlan = RunPlan & { sandbox: SandboxPlan };

/** Of its own, in the private `/tmp`. */
export const SANDBOX_HOME = '/tmp/home';

/** Read by every script, as far as they are there. */
const SYSTEM = [
  '/usr',
  '/etc',
  '/opt',
  '/nix',
  '/gnu',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  // How many processors there are, and what the control group may use.
  '/sys/devices/system/cpu',
  '/sys/devices/system/node',
  '/sys/fs/cgroup',
];
/** Root may write to these without any capability: `core_pattern` alone would lead out. */
const OF_THE_KERNEL = ['acpi', 'bus', 'fs', 'irq', 'mtrr', 'scsi', 'sys', 'sysrq-trigger'].map(
  (name) => `/proc/${name}`,
);
const GPU_NODES = /^(?:nvidia|dri$|kfd$|dxg$|accel$)/;

/** Before the command. @param runtime folder of our own Python code */
export function profileOf(plan: SandboxedPlan, runtime: string): string[] {
  const { folder, sandbox } = plan;
  return [
    namespaces(sandbox),
    SYSTEM.flatMap(readable),
    privateFiles().flatMap(hidden),
    sandbox.network ? nameServers() : [],
    ['--proc', '/proc', '--dev', '/dev'],
    OF_THE_KERNEL.flatMap((path) => ['--ro-bind-try', path, path]),
    sandbox.gpu ? gpu() : [],
    ['--bind', folder.tmp, '/tmp', '--dir', SANDBOX_HOME, '--symlink', '/tmp', '/var/tmp'],
    ownFiles(plan, runtime),
    jobFiles(folder, sandbox),
    ['--remount-ro', '/', '--chdir', plan.cwd, '--clearenv'],
    Object.entries(plan.env).flatMap(([name, value]) => ['--setenv', name, value]),
  ].flat();
}

function namespaces({ network }: SandboxPlan): string[] {
  return [
    ['--unshare-user', '--disable-userns', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
    ['--unshare-cgroup-try', ...(network ? [] : ['--unshare-net'])],
    // With the supervisor everything ends; it outlives every server.
    ['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ].flat();
}

/** A link of the system (`/bin` → `usr/bin`) stays one. */
function readable(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isSymbolicLink()) return ['--symlink', readlinkSync(path), path];
  return ['--ro-bind', path, path];
}

function hidden(path: string): string[] {
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFolder ? ['--tmpfs', path] : ['--ro-bind-try', '/dev/null', path];
}

/** Often a link to a file in `/run`. */
function nameServers(): string[] {
  const file = realPathOf('/etc/resolv.conf');
  return isWithin(file, '/etc') ? [] : ['--ro-bind-try', file, file];
}

/** A sandbox that hides GPUs would be switched off by those who have some. */
function gpu(): string[] {
  const nodes = readdirSync('/dev').filter((name) => GPU_NODES.test(name));
  const devices = nodes.flatMap((name) => ['--dev-bind-try', `/dev/${name}`, `/dev/${name}`]);
  return [...devices, '--ro-bind', '/sys', '/sys'];
}

/** Its environment comes last: within a folder that it may write, it may still not change that. */
function ownFiles(plan: SandboxedPlan, runtime: string): string[] {
  const { cwd, folder, sandbox } = plan;
  const { folders, links } = interpreterFiles(sandbox.interpreter);
  const isOwn = cwd === folder.work;
  const place = isOwn ? [] : [sandbox.write === 'directory' ? '--bind' : '--ro-bind', cwd, cwd];
  const shown = [...(isOwn ? [] : [cwd]), ...scriptPlace(plan), ...folders, runtime];
  const missing = links.filter(
    ([path]) => ![...SYSTEM, ...shown].some((part) => isWithin(path, part)),
  );
  return [
    ...place,
    ...[...scriptPlace(plan), ...folders, runtime].flatMap((path) => ['--ro-bind', path, path]),
    ...missing.flatMap(([path, target]) => ['--symlink', target, path]),
  ];
}

/** A script in another folder than it runs in brings that along; a saved one stands for itself. */
function scriptPlace({ cwd, sandbox: { script, isOurs } }: SandboxedPlan): string[] {
  if (script === null) return [];
  const place = isOurs ? script : dirname(script);
  return isWithin(place, cwd) ? [] : [place];
}

/** Its logs can be seen, for our Python code knows them by that; they are written by descriptor. */
function jobFiles(folder: JobFolder, { write }: SandboxPlan): string[] {
  const { work, control } = folder;
  const own =
    write === 'none'
      ? ['--ro-bind', work, work, '--bind', control, control]
      : ['--bind', work, work];
  const logs = [folder.stdout, folder.stderr].flatMap((log) => ['--ro-bind', log, log]);
  return [...own, ...logs];
}
