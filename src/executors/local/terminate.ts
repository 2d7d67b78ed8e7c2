/**
 * Ends a job's processes: the script gets a chance to clean up, then everything that belongs to it
 * is killed until nothing appears any more. The supervisor is spared until its children are gone,
 * for it records the end.
 *
 * Out of reach without a sandbox: a process that has left the session, lost its parent, emptied its
 * environment *and* taken the mark off its limits (see process-table.ts), and whatever another service
 * (cron, docker, systemd) has started for the script.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, probe, type ProcessIdentity } from '../../os/process-identity.ts';
import type { EndOrder, EndStep, LeftProcess, TellLeft } from '../executor.ts';
import {
  childrenOf,
  commandOf,
  findMembers,
  isShellOf,
  type KillTarget,
  type MemberSearch,
  parentOfScript,
  type RunningProcess,
  searchFor,
  signalExactly,
  supervisorLives,
} from './job-members.ts';

const FIRST_POLL_MS = 2;
const LAST_POLL_MS = 20;
/** Killing goes on until this many scans in a row have found nothing … */
const QUIET_SCANS = 3;
/** … or until this long has passed. */
const KILL_LIMIT_MS = 5000;
/** For the supervisor to write down the end, once its script is gone. */
const RECORD_LIMIT_MS = 1000;
const LEFT_BEHIND_GRACE_MS = 500;
/** Helpers of Python's own end by themselves, a moment behind their script. */
const STRAGGLER_MS = 100;

export type AskOrder = Pick<EndOrder, 'graceMs' | 'steps'>;
type AskSignal = EndStep[0];

/**
 * Asks the script and its process group step by step, within `graceMs`, then kills all that is left.
 * Without steps somebody else has asked: then it only waits before that.
 * Safe to repeat, and when the job has ended or its supervisor is gone. Not for a job whose
 * supervisor is still 'starting': that one is found by its mark and killed before it can record.
 * @returns pids that could not be ended.
 */
export async function terminate(
  target: KillTarget,
  order: AskOrder,
): Promise<{ survivors: number[] }> {
  if (isOutOfReach(target)) return { survivors: [] };
  const search = searchFor(target, null);
  for (const [signal, share] of order.steps) {
    await ask(search, signal, share * order.graceMs);
  }
  if (order.steps.length === 0) await until(order.graceMs, () => !supervisorLives(target));
  const survivors = await killUntilQuiet(search);
  await releaseSupervisor(search, survivors);
  return { survivors };
}

/**
 * Ends what a finished job has left running, if anything: one scan when there is nothing.
 * @param endedAt of its exit record. Without it, a process without any mark is only found as long as
 * the supervisor lives.
 * @param tell is called with what does not end by itself.
 * @returns how many processes were ended, and the pids of those that could not be.
 */
export async function sweepLeftBehind(
  target: KillTarget,
  endedAt: number | null = null,
  tell: TellLeft = () => {},
): Promise<{ ended: number; survivors: number[] }> {
  if (isOutOfReach(target)) return { ended: 0, survivors: [] };
  const search = searchFor(target, endedAt);
  const isQuiet = async () => (await findMembers(search)).length === 0;
  if (await isQuiet()) return { ended: 0, survivors: [] };
  await until(STRAGGLER_MS, isQuiet);
  const left: LeftProcess[] = [];
  await findMembers(search, (entry) => {
    left.push({ pid: entry.pid, command: commandOf(entry) });
    signalExactly(search, entry, 'SIGTERM');
  });
  if (left.length === 0) return { ended: 0, survivors: [] };
  tell(left);
  await until(LEFT_BEHIND_GRACE_MS, isQuiet);
  const survivors = await killUntilQuiet(search);
  return { ended: search.known.size - survivors.length, survivors };
}

/** Pids of another boot, or of another namespace, belong to nobody we know. */
function isOutOfReach({ supervisor }: KillTarget): boolean {
  return supervisor !== null && ['other_boot', 'unknown'].includes(probe(supervisor));
}

async function ask(search: MemberSearch, signal: AskSignal, withinMs: number): Promise<void> {
  const supervisor = supervisorLives(search.target);
  if (supervisor) return await askScript(search, supervisor, signal, withinMs);
  const left = await findMembers(search, (entry) => askOne(search, entry, signal));
  if (left.length === 0) return;
  await until(withinMs, async () => (await findMembers(search)).length === 0);
}

/** Each process is asked once: the same signal again would interrupt the cleaning up. */
async function askScript(
  search: MemberSearch,
  supervisor: ProcessIdentity,
  signal: AskSignal,
  withinMs: number,
): Promise<void> {
  const asked = new Set<number>();
  const askOnce = (pid: number) => {
    const member = asked.has(pid) || isShellOf(supervisor, pid) ? null : identityOf(pid);
    if (!member) return;
    asked.add(pid);
    askOne(search, member, signal);
  };
  const askScripts = (): void => childrenOf(parentOfScript(supervisor)).forEach(askOnce);
  askScripts();
  const leader = parentOfScript(supervisor);
  for (const { pid, ppid, pgrp } of await findMembers(search)) {
    if (ppid === leader || pgrp === leader) askOnce(pid);
  }
  await until(withinMs, () => {
    askScripts(); // one that had not been executed yet
    return !supervisorLives(search.target);
  });
}

/** CONT lets a stopped process see the signal. */
function askOne(search: MemberSearch, member: RunningProcess, signal: AskSignal): void {
  signalExactly(search, member, signal);
  signalExactly(search, member, 'SIGCONT');
}

/** One look is not enough: members start others while they are being killed. */
async function killUntilQuiet(search: MemberSearch): Promise<number[]> {
  const deadline = performance.now() + KILL_LIMIT_MS;
  const kill = (entry: RunningProcess) => signalExactly(search, entry, 'SIGKILL');
  let left: RunningProcess[] = [];
  for (let quiet = 0; quiet < QUIET_SCANS && performance.now() < deadline;) {
    left = await findMembers(search, kill);
    quiet = left.every(({ pid }) => search.refused.has(pid)) ? quiet + 1 : 0;
    if (quiet < QUIET_SCANS) await sleep(1);
  }
  return left.filter(({ pid, start }) => identityOf(pid)?.start === start).map(({ pid }) => pid);
}

/** A supervisor that has nothing left to wait for and does not end is stuck. */
async function releaseSupervisor(search: MemberSearch, survivors: number[]): Promise<void> {
  const supervisor = supervisorLives(search.target);
  if (!supervisor) return;
  signalExactly(search, supervisor, 'SIGCONT');
  await until(RECORD_LIMIT_MS, () => !supervisorLives(search.target));
  if (survivors.length === 0) signalExactly(search, supervisor, 'SIGKILL');
}

async function until(limitMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (let wait = FIRST_POLL_MS; !(await holds()); wait = Math.min(wait * 2, LAST_POLL_MS)) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(wait, left));
  }
}
