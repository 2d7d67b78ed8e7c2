import { expect, test } from 'vitest';
import type { JobDetails } from '../../../../src/ui/api/api-types.ts';
import { runBody } from '../../../../src/ui/run/run-body.ts';
import { startOf } from '../../../../src/ui/run/run-values.ts';

const REQUEST: JobDetails['request'] = {
  directory: '/home/jobs/abc123/work',
  script_path: null,
  module: null,
  command: null,
  args: ['-x', '1 2'],
  env_names: ['KEY'],
  env_file: '/data/.env',
  python_version: '3.12',
  dependencies: ['numpy>=2'],
  use_uv: true,
  auto_install_deps: false,
  timeout_seconds: 60,
  interactive: true,
  has_stdin: false,
  max_output_bytes: 5000,
  memory_limit_mb: 512,
  locks: ['database'],
  after: [],
  gpus: 2,
  sandbox: { network: false, write: 'work', gpu: false },
};

function bodyOf(request: Partial<JobDetails['request']>, code: string): object {
  const job = { id: 'abc123', label: 'mine', request: { ...REQUEST, ...request } } as JobDetails;
  const { fields, carried } = startOf(job, code);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.set(name, value);
  return runBody(form, null, carried);
}

test('left as it is, the form asks for the run that there was', () => {
  expect(bodyOf({}, 'print(1)\n')).toEqual({
    script_content: 'print(1)\n',
    args: ['-x', '1 2'],
    dependencies: ['numpy>=2'],
    job_label: 'mine',
    directory: null,
    env_vars: { KEY: '' },
    env_file: '/data/.env',
    python_version: '3.12',
    use_uv: true,
    auto_install_deps: false,
    timeout_seconds: 60,
    interactive: true,
    max_output_bytes: 5000,
    locks: ['database'],
    gpus: 2,
    memory_limit_mb: 512,
    isolation: 'sandbox',
    network: false,
    write: 'work',
    gpu: false,
  });
});

test('of a script, a module or a command, that is run', () => {
  const script = { script_path: '/data/a.py', directory: '/data' };
  expect(bodyOf(script, '')).toMatchObject({ script_path: '/data/a.py', directory: '/data' });
  expect(bodyOf({ module: 'pytest' }, '')).toMatchObject({ module: 'pytest' });
  expect(bodyOf({ command: ['ls', '-l'] }, '')).toMatchObject({ command: ['ls', '-l'] });
  expect(() => bodyOf({}, '')).toThrow('Write some code, or name a file.');
});
