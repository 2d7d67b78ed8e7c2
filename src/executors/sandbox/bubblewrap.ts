/**
 * Whether scripts can be put into a sandbox here: bubblewrap, found on PATH and tried once per boot of
 * the machine. The verdict is kept in the home folder, for servers that tell of it before they have
 * anything else loaded.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { writeAtomic } from '../../os/atomic-file.ts';
import { ownIdentity } from '../../os/process-identity.ts';
import { programOn, readVerdict, type Verdict, verdictFile } from './verdict.ts';

export type Bubblewrap =
  | { program: string }
  /** Completes "No sandbox here: ": the cause, and what to do. */
  | { problem: string };

const TRY_MS = 10_000;
/** The first version that can forbid a sandbox in the sandbox came with the others, too. */
const TRIAL = [
  ['--unshare-user', '--disable-userns', '--unshare-pid', '--unshare-ipc', '--unshare-uts'],
  ['--unshare-net', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--', '/bin/sh', '-c', ':'],
].flat();

/** Tried at the first question; asked again, it costs nothing. */
export function bubblewrapOf(path: string | undefined, home: string): () => Bubblewrap {
  let found: Bubblewrap | null = null;
  return () => (found ??= findOrTry(path, home));
}

function findOrTry(path: string | undefined, home: string): Bubblewrap {
  const program = programOn(path);
  if (program === null) return { problem: whyNone() };
  const problem = (verdictOf(program, home) ?? tryOnce(program, home)).problem;
  return problem === null ? { program } : { problem };
}

function whyNone(): string {
  if (process.platform !== 'linux') return 'it needs Linux. Use a virtual machine or a container.';
  return 'bubblewrap (bwrap) is not installed. Install the package bubblewrap.';
}

function verdictOf(program: string, home: string): Verdict | null {
  const verdict = readVerdict(home, program);
  return verdict?.of === situation(program) ? verdict : null;
}

function tryOnce(program: string, home: string): Verdict {
  const { status, stderr, error } = spawnSync(program, TRIAL, {
    timeout: TRY_MS,
    encoding: 'utf8',
  });
  const said = error ? error.message : stderr.trim();
  const verdict = { of: situation(program), problem: status === 0 ? null : describe(said) };
  try {
    writeAtomic(verdictFile(home, program), JSON.stringify(verdict));
  } catch {
    // no home yet, or a full disk: it is tried again next time
  }
  return verdict;
}

/** What containers, systems and sandboxes around us say, with what helps. */
function describe(said: string): string {
  const cause = said.split('\n').at(-1) ?? '';
  if (/nesting depth|max_.*namespaces/i.test(said)) {
    return `namespaces are used up (${cause}). Raise user.max_user_namespaces, or leave the sandbox that this server runs in.`;
  }
  if (/permission denied|not permitted|uid map/i.test(said)) {
    return `user namespaces are forbidden (${cause}). Allow them: in a container by its security options, on Ubuntu by an AppArmor profile for bwrap or kernel.apparmor_restrict_unprivileged_userns=0.`;
  }
  if (/unknown option/i.test(said)) return `bwrap is too old (${cause}). Install 0.8 or newer.`;
  return `bwrap failed: ${cause || 'it said nothing'}. See whether it works by: bwrap --ro-bind / / true`;
}

/** A verdict holds for this program, user, boot and container. */
function situation(program: string): string {
  const { boot, namespace } = ownIdentity();
  return [program, statSync(program).mtimeMs, process.getuid?.(), boot, namespace].join(' ');
}
