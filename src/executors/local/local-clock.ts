/**
 * How long a job has run, by the clock that counts from the start of the machine and stands still
 * while it sleeps: neither a laptop's sleep nor a step of the wall clock eats a time limit. Node and
 * Python read the same one, so the server and the runtime of the job agree on the moment.
 */
import { ownIdentity } from '../../os/process-identity.ts';

/** Stored with the job. */
export interface LocalPlacement {
  /** The start of the machine that the clock counts from. */
  boot: string;
  /** Of the launch, by that clock. */
  clockMs: number;
}

export function placementNow(): LocalPlacement {
  return { boot: ownIdentity().boot, clockMs: clockMs() };
}

/** Null when the machine was restarted since, and for jobs of earlier versions. */
export function ranForMs(placement: unknown): number | null {
  const { boot, clockMs: began } = (placement ?? {}) as Partial<LocalPlacement>;
  if (typeof began !== 'number' || boot !== ownIdentity().boot) return null;
  return clockMs() - began;
}

/** The time limit as a moment in seconds, for the runtime to act on when no server is alive. */
export function deadlineAfter(
  { clockMs: began }: LocalPlacement,
  timeoutSeconds: number,
): Record<string, string> {
  if (timeoutSeconds === 0) return {};
  return { PYTHON_MCP_DEADLINE: String(began / 1000 + timeoutSeconds) };
}

function clockMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1000;
}
