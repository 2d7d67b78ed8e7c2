/** What somebody at a terminal types for the parameters and tools that the engine names. */

import type { JobItem } from '../../contract/replies/one-job.ts';
import type { Outcome } from '../../core/job.ts';
import { describeOutcome } from '../../core/outcome.ts';
import { worded } from '../../core/wording.ts';

/** By parameter; what has no entry here is a name of the command line already. */
export const WORDS: Readonly<Record<string, string>> = {
  script_path: 'SCRIPT',
  script_content: 'the code',
  module: '--module',
  command: '--command',
  directory: '--dir',
  use_uv: '--no-uv',
  auto_install_deps: '--no-auto-install',
  job_id: 'ID',
  session: 'NAME',
  code: '--code',
  cell: 'the cell',
  restart: '--restart',
  args: 'arguments',
  env_vars: '--env',
  env_file: '--env-file',
  python_version: '--python',
  timeout_seconds: '--timeout',
  job_label: '--label',
  stdin: '--stdin',
  interactive: '--interactive',
  max_output_bytes: '--max-output-bytes',
  memory_limit_mb: '--memory-limit-mb',
  locks: '--lock',
  after: '--after',
  gpus: '--gpus',
  isolation: '--sandbox',
  network: '--network',
  write: '--write',
  gpu: '--gpu',
  request_key: '--request-key',
  status_filter: '--status',
  search: '--search',
  client: '--client',
  label: '--label',
  since: '--since',
  sort: '--sort',
  from: '--from',
  limit: '--limit',
  page: '--page',
  grace_seconds: '--grace',
  cursor: '--cursor',
  script_name: 'NAME',
  source: 'FILE',
  dependencies: '--with',
  requires_python: '--requires-python',
  overwrite: '--overwrite',
  runs: '--runs',
  warmup: '--warmup',
  compare_with: '--compare-with',
  py_prune_jobs: '"python-mcp prune"',
  py_save_script: '"python-mcp scripts save"',
  py_send_input: '"python-mcp input"',
  py_job_output: '"python-mcp output"',
  py_job_status: '"python-mcp show"',
  py_list_jobs: '"python-mcp jobs"',
  py_cancel_job: '"python-mcp cancel"',
  py_session_run: '"python-mcp session"',
};

/** What a job came to, in the words of the command line; null when all went well. */
export function outcomeInWords(outcome: Outcome): string | null {
  const sentence = describeOutcome(outcome);
  return sentence && worded(sentence, wordFor);
}

/** The same of a job on the wire, whose error may say more than its outcome. */
export function errorInWords({
  error,
  outcome,
}: Pick<JobItem, 'error' | 'outcome'>): string | null {
  const told = outcome && describeOutcome(outcome);
  return told && error === worded(told) ? worded(told, wordFor) : error;
}

/** `env_vars.A` is of `--env`, `overwrite=true` is the option alone. */
export function wordFor(name: string): string {
  const [parameter = ''] = name.split(/[.=:]/, 1);
  return WORDS[parameter] ?? name;
}
