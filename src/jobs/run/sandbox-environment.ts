/** Which of the server's own variables a script in a sandbox gets: those that hold no secrets. */
import type { SandboxRequest } from '../../core/job.ts';
import { SANDBOX_HOME } from '../../executors/sandbox/profile.ts';

const KEPT =
  /^(?:PATH|LANG|LANGUAGE|LC_.*|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|USER|LOGNAME|SHELL)$/;
const KEPT_FOR_PYTHON =
  /^(?:PYTHON(?!PATH$|STARTUP$|USERBASE$).*|.*_NUM_THREADS|CUDA_VISIBLE_DEVICES)$/;
/** A proxy's address may have a password in it: for those who need it. */
const KEPT_FOR_NETWORK = /^(?:(?:https?|all|no)_proxy|SSL_CERT_FILE|SSL_CERT_DIR)$/i;

export function forSandbox(
  env: Record<string, string>,
  { network }: SandboxRequest,
): Record<string, string> {
  const patterns = [KEPT, KEPT_FOR_PYTHON, ...(network ? [KEPT_FOR_NETWORK] : [])];
  const kept = Object.entries(env).filter(([name]) => patterns.some((one) => one.test(name)));
  return { ...Object.fromEntries(kept), HOME: SANDBOX_HOME, TMPDIR: '/tmp' };
}
