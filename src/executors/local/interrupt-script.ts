/** Interrupts the script of a job alone, which judges by itself what of it is to stop. */
import { identityOf } from '../../os/process-identity.ts';
import {
  childrenOf,
  isShellOf,
  type KillTarget,
  parentOfScript,
  searchFor,
  signalExactly,
  supervisorLives,
} from './job-members.ts';

export function interruptScript(target: KillTarget): void {
  const supervisor = supervisorLives(target);
  if (!supervisor) return;
  const search = searchFor(target, null);
  for (const pid of childrenOf(parentOfScript(supervisor))) {
    const script = isShellOf(supervisor, pid) ? null : identityOf(pid);
    if (script) signalExactly(search, script, 'SIGINT');
  }
}
