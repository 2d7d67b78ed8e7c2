/** Which parameter a caller meant by a name that there is not. */

/** Names that models and other tools use for ours; the first that a tool has is meant. */
const OTHER_NAMES: Record<string, readonly string[]> = {
  script_content: ['code', 'python_code', 'source_code', 'script', 'content', 'source', 'program'],
  script_path: ['path', 'file', 'file_path', 'filepath', 'filename', 'script_file'],
  source: ['code', 'python_code', 'source_code', 'script', 'content', 'script_content'],
  script_name: ['name', 'script'],
  directory: ['cwd', 'dir', 'workdir', 'work_dir', 'working_dir', 'working_directory', 'folder'],
  dependencies: ['deps', 'packages', 'package', 'requirements', 'requires', 'pip', 'libraries'],
  env_vars: ['env', 'environment', 'environ', 'environment_variables', 'variables'],
  env_file: ['dotenv', 'envfile'],
  args: ['argv', 'arguments', 'parameters', 'script_args', 'cli_args'],
  python_version: ['python', 'version', 'interpreter'],
  timeout_seconds: ['timeout', 'time_limit', 'max_seconds', 'timeout_ms', 'timeout_s'],
  wait_seconds: ['wait', 'timeout', 'wait_ms', 'wait_time', 'timeout_seconds'],
  async_mode: ['async', 'background', 'run_in_background', 'detach', 'is_background'],
  enable_streaming: ['stream', 'streaming'],
  job_label: ['label', 'name', 'title', 'description'],
  job_id: ['id', 'job', 'jobid', 'task_id', 'run_id'],
  stdin: ['input', 'standard_input'],
  text: ['input', 'data', 'stdin', 'value', 'content', 'message'],
  locks: ['lock', 'mutex'],
  after: ['depends_on', 'run_after'],
  gpus: ['num_gpus', 'n_gpus', 'gpu_count'],
  memory_limit_mb: ['memory', 'memory_limit', 'mem_limit', 'max_memory'],
  max_output_bytes: ['max_output'],
  max_bytes: ['max_chars', 'max_characters', 'limit_bytes', 'page_size', 'max_length'],
  search: ['grep', 'pattern', 'query', 'filter'],
  cursor: ['offset', 'from', 'position', 'since'],
  tail: ['last', 'from_end'],
  status_filter: ['status', 'state', 'filter'],
  grace_seconds: ['grace', 'grace_period'],
  overwrite: ['force', 'replace'],
  limit: ['count', 'max_results'],
};

/** Null when the name resembles none: then it is a word of the caller's framework. */
export function resembled(name: string, known: readonly string[]): string | null {
  const plain = simplified(name);
  const same = known.find((one) => simplified(one) === plain);
  if (same !== undefined) return same;
  const other = known.find((one) => OTHER_NAMES[one]?.some((alias) => simplified(alias) === plain));
  return other ?? known.find((one) => isSlip(plain, simplified(one))) ?? null;
}

function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** One slip in a short name, two in a long one. */
function isSlip(a: string, b: string): boolean {
  const allowed = b.length < 4 ? 0 : b.length < 9 ? 1 : 2;
  return Math.abs(a.length - b.length) <= allowed && distance(a, b) <= allowed;
}

/** Letters to add, drop, change, or to swap with the next one. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : changed;
      rows[i]?.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
