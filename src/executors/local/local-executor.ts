/** Jobs as processes of this machine, each below a supervisor that records its end by itself. */
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { Newest } from '../../core/newest.ts';
import { openForAppend } from '../../output/files/job-folder.ts';
import { probe } from '../../os/process-identity.ts';
import { groupIsEmpty, someAfter } from '../../os/process-table.ts';
import type {
  EndOrder,
  EndReport,
  Executor,
  Launched,
  LiveUsage,
  Placed,
  ProcessStack,
  RunPlan,
  Sighting,
  SweepReport,
  TellLeft,
} from '../executor.ts';
import { HeldOpen } from './held-open.ts';
import { forbidLaunch } from './forbid-launch.ts';
import { askForStacks } from './ask-stacks.ts';
import { claimAsking } from './claim-asking.ts';
import { interruptScript } from './interrupt-script.ts';
import { closeInput, writeInput } from './job-input.ts';
import { findMembers, type KillTarget, searchFor } from './job-members.ts';
import { type Bubblewrap } from '../sandbox/bubblewrap.ts';
import { enterSandbox } from '../sandbox/enter-sandbox.ts';
import { launch, type Launched as LocallyLaunched, type LaunchPlan } from './launch.ts';
import { deadlineAfter, placementNow, ranForMs } from './local-clock.ts';
import { canPunchHoles, punchHole } from './punch-hole.ts';
import { inputPipe, readBelow, type Reading, sitsInRead } from './read-of-input.ts';
import { readExit, readSupervisor, startedAt } from './supervisor-record.ts';
import { sweepLeftBehind, terminate } from './terminate.ts';
import { readTreeUsage } from './tree-usage.ts';

type Streams = Pick<LaunchPlan, 'stdoutFd' | 'stderrFd'>;

/** A supervisor writes its identity within milliseconds; after this long it never will. */
const REPORT_WITHIN_MS = 10_000;
const MOST_READINGS = 1_000;

export class LocalExecutor implements Executor {
  readonly name = 'local';
  readonly canFreeOutput = canPunchHoles;
  readonly freeOutput = punchHole;
  readonly #runtimeDirectory: string;
  readonly #bubblewrap: () => Bubblewrap;
  /** Jobs whose supervisor is a child of this process: while it lives they are not lost. */
  readonly #children = new Set<string>();
  /** Running jobs that have not shown themselves, and since when we look (ms, monotonic). */
  readonly #silentSince = new Map<string, number>();
  readonly #heldOpen = new HeldOpen();
  /** Who sat in a read of a job's input when it was looked for last: most often it still does. */
  readonly #reading = new Newest<string, Reading>(MOST_READINGS);

  /** @param runtimeDirectory holds the supervisor script */
  constructor(runtimeDirectory: string, bubblewrap: () => Bubblewrap = noBubblewrap) {
    this.#runtimeDirectory = runtimeDirectory;
    this.#bubblewrap = bubblewrap;
  }

  whyNoSandbox(): string | null {
    const found = this.#bubblewrap();
    return 'problem' in found ? found.problem : null;
  }

  async launch(plan: RunPlan): Promise<Launched> {
    const { jobId, folder } = plan;
    const stdoutFd = openForAppend(folder.stdout);
    const stderrFd = openForAppend(folder.stderr);
    try {
      const placement = placementNow();
      const env = { ...plan.env, ...deadlineAfter(placement, plan.timeoutSeconds) };
      const { ended } = await this.#start({ ...plan, env }, { stdoutFd, stderrFd });
      this.#children.add(jobId);
      return { placement, ended: ended.then(() => void this.#children.delete(jobId)) };
    } finally {
      closeSync(stdoutFd);
      closeSync(stderrFd);
    }
  }

  async #start(plan: RunPlan, streams: Streams): Promise<LocallyLaunched> {
    const superviseScript = join(this.#runtimeDirectory, 'supervise.sh');
    const local = { ...plan, ...streams, jobDir: plan.folder.root, superviseScript };
    if (plan.sandbox === null) return launch(local);
    const sandboxed = { ...plan, sandbox: plan.sandbox };
    const entered = enterSandbox(sandboxed, this.#runtimeDirectory, this.#bubblewrap());
    try {
      return await launch({ ...local, ...entered });
    } finally {
      closeSync(entered.profileFd);
    }
  }

  forbidLaunch({ folder }: Placed): boolean {
    return forbidLaunch(folder.root);
  }

  look(placed: Placed): Sighting {
    const seen = this.#recordedEnd(placed) ?? this.#lookAtSupervisor(placed);
    // Dead by now: a record written between our two looks is final.
    return seen.kind === 'lost' ? (this.#recordedEnd(placed) ?? seen) : seen;
  }

  ranForMs({ placement }: Placed): number | null {
    return ranForMs(placement);
  }

  async end(placed: Placed, order: EndOrder): Promise<EndReport> {
    if (this.look(placed).kind === 'unknown') return { survivors: [], outOfSight: true };
    const { survivors } = await terminate(targetOf(placed), onceOnly(placed, order));
    return { survivors, outOfSight: false };
  }

  interrupt(placed: Placed): void {
    interruptScript(targetOf(placed));
  }

  /** A look at the process group, and at the processes that are younger than the job. */
  mayHaveLeft({ jobId, folder }: Placed): boolean {
    const supervisor = readSupervisor(folder.root);
    if (supervisor === null || supervisor === 'starting') return false;
    return !groupIsEmpty(supervisor.pid) || someAfter(supervisor.pid, jobId);
  }

  async sweep(placed: Placed, tell?: TellLeft): Promise<SweepReport> {
    const endedAt = readExit(placed.folder.root)?.endedAt ?? null;
    const target = targetOf(placed);
    const isElsewhere = target.supervisor !== null && probe(target.supervisor) === 'unknown';
    const outOfSight = isElsewhere && this.#heldOpen.isHeld(placed.folder.stdout);
    return { ...(await sweepLeftBehind(target, endedAt, tell)), outOfSight };
  }

  async hasProcesses(placed: Placed): Promise<boolean> {
    const endedAt = readExit(placed.folder.root)?.endedAt ?? null;
    return (await findMembers(searchFor(targetOf(placed), endedAt))).length > 0;
  }

  sendInput({ folder }: Placed, text: string, timeoutMs: number): Promise<number> {
    return writeInput(folder.root, text, timeoutMs);
  }

  closeInput({ folder }: Placed): Promise<void> {
    return closeInput(folder.root);
  }

  awaitsInput(placed: Placed): boolean {
    const { jobId, folder } = placed;
    const pipe = inputPipe(folder.root);
    const known = this.#reading.get(jobId);
    if (!pipe) return false;
    if (known && sitsInRead(known, pipe)) return true;
    const { supervisor } = targetOf(placed);
    if (supervisor === null || probe(supervisor) !== 'alive') return false;
    const reading = readBelow(supervisor.pid, pipe);
    if (reading) this.#reading.set(jobId, reading);
    return reading !== null;
  }

  usage(placed: Placed): Promise<LiveUsage> {
    return readTreeUsage(targetOf(placed));
  }

  stacks(placed: Placed): Promise<ProcessStack[]> {
    return askForStacks(targetOf(placed), placed.folder);
  }

  #recordedEnd({ folder }: Placed): Sighting | null {
    const exit = readExit(folder.root);
    return exit && { kind: 'ended', exit, startedAt: startedAt(folder.root) };
  }

  #lookAtSupervisor(placed: Placed): Sighting {
    const { root } = placed.folder;
    const supervisor = readSupervisor(root);
    if (supervisor === null || supervisor === 'starting') return this.#silence(placed, supervisor);
    this.#silentSince.delete(placed.jobId);
    switch (probe(supervisor)) {
      case 'alive':
        return { kind: 'alive' };
      case 'unknown':
        return this.#outOfSight(placed);
      case 'gone':
        return lost(root, 'its supervisor process was killed, so no exit code was recorded.');
      case 'other_boot':
        return lost(root, 'the machine was restarted while it ran.');
    }
  }

  /** Our supervisors hold their output open to the end. */
  #outOfSight({ folder }: Placed): Sighting {
    if (this.#heldOpen.isHeld(folder.stdout)) return { kind: 'unknown', why: ELSEWHERE };
    return lost(folder.root, VANISHED);
  }

  /** Counted by a clock that stands still while the machine sleeps. */
  #silence({ jobId, folder, isRunning }: Placed, supervisor: 'starting' | null): Sighting {
    const silent: Sighting = { kind: supervisor ?? 'absent' };
    if (!isRunning || this.#children.has(jobId)) return silent;
    const since = this.#silentSince.get(jobId) ?? performance.now();
    this.#silentSince.set(jobId, since);
    if (performance.now() - since < REPORT_WITHIN_MS) return silent;
    this.#silentSince.delete(jobId);
    return lost(folder.root, NEVER_REPORTED);
  }
}

function noBubblewrap(): Bubblewrap {
  return { problem: 'none was looked for.' };
}

/** Another server, or at a time limit the runtime of the job, may have been faster. */
function onceOnly({ folder }: Placed, order: EndOrder): EndOrder {
  const isAsked = order.steps.length > 0 && !claimAsking(folder.deadline);
  return isAsked ? { ...order, steps: [] } : order;
}

const ELSEWHERE =
  'The job runs in another PID namespace, such as a container, and cannot be seen from here.';

const VANISHED =
  'the PID namespace that it ran in, such as a container, is gone: nobody holds its output open any more.';

const NEVER_REPORTED =
  'its supervisor never reported, which points to a full disk or a removed job folder.';

function lost(root: string, reason: string): Sighting {
  return { kind: 'lost', reason, startedAt: startedAt(root) };
}

function targetOf({ jobId, folder }: Placed): KillTarget {
  const supervisor = readSupervisor(folder.root);
  return { jobId, supervisor: supervisor === 'starting' ? null : supervisor };
}
