import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sentences } from '../support/refusals.ts';
import { startServer } from '../support/start-server.ts';
import { fileServer } from './file-server.ts';

const served = fileServer();

describe('py_run_script_in_dir refuses', () => {
  test('wrong scripts and folders', async () => {
    const server = served();
    const { work: directory } = server;
    writeFileSync(join(directory, 'latin1.py'), Buffer.from('print("caf\xe9")', 'latin1'));
    mkdirSync(join(directory, 'folder'));
    writeFileSync(join(directory, 'file'), '');
    const code = { script_content: 'pass' };
    expect(
      await sentences(server, 'py_run_script_in_dir', {
        'no directory': code,
        'a missing directory': { ...code, directory: join(directory, 'none') },
        'a file as directory': { ...code, directory: join(directory, 'file') },
        'a NUL in the directory': { ...code, directory: '/tmp/a\0b' },
        'neither script': { directory },
        'both scripts': { directory, ...code, script_path: 'x.py' },
        'a missing script': { directory, script_path: 'none.py' },
        'a folder as script': { directory, script_path: 'folder' },
        'a NUL in the path': { directory, script_path: 'a\0b.py' },
        'a script outside UTF-8': { directory, script_path: 'latin1.py' },
        'a NUL in the code': { directory, script_content: 'print("\0")' },
        'half a surrogate pair': { directory, script_content: 'print("\ud800")' },
        'code that is no text': { directory, script_content: ['pass'] },
        'an unknown parameter': { directory, ...code, timeout: 5 },
      }),
    ).toMatchInlineSnapshot(`
      {
        "a NUL in the code": "script_content: "print(\\"\\u0000\\")" contains a NUL character. Remove it.",
        "a NUL in the directory": "directory: "/tmp/a\\u0000b" contains a NUL character. Remove it.",
        "a NUL in the path": "script_path: "a\\u0000b.py" contains a NUL character. Remove it.",
        "a file as directory": "directory: "<work>/file" is not a folder. Pass the absolute path of an existing folder.",
        "a folder as script": "script_path: "folder" is not a file. Pass the path of a Python file, absolute or relative to directory.",
        "a missing directory": "directory: "<work>/none" does not exist. Pass the absolute path of an existing folder.",
        "a missing script": "script_path: "none.py" does not exist (<work>/none.py). Pass the path of a Python file, absolute or relative to directory.",
        "a script outside UTF-8": "script_path: "latin1.py" is not valid UTF-8 and declares no encoding. Save it as UTF-8, or put "# -*- coding: <name> -*-" in its first line.",
        "an unknown parameter": "unknown parameter timeout: did you mean timeout_seconds?",
        "both scripts": "script_content / script_path: only one of them can be run. Pass exactly one of script_content (code), script_path (file), module, command.",
        "code that is no text": "script_content: ["pass"] is not valid. Pass a string.",
        "half a surrogate pair": "script_content: it contains half of a surrogate pair, which UTF-8 cannot hold. Send valid Unicode text.",
        "neither script": "script_content: there is nothing to run. Pass exactly one of script_content (code), script_path (file), module, command.",
        "no directory": "directory is missing. Pass a string.",
      }
    `);
  });

  test('a relative folder that is not there, and says where it looked', async () => {
    const server = await startServer();
    const run = { directory: 'no/where', script_content: 'pass' };
    const said = await server.refusal('py_run_script_in_dir', run);
    expect(said).toMatch(/^directory: "no\/where" does not exist \(\/.*\/no\/where\)\. Pass /);
  });

  test('wrong limits', async () => {
    const server = served();
    const run = { directory: server.work, script_content: 'pass' };
    const limits = [-1, 1.5, 2 ** 53, 'soon', [1]];
    const calls = limits.map((limit) => [
      `timeout_seconds ${String(limit)}`,
      { ...run, timeout_seconds: limit },
    ]);
    expect(
      await sentences(server, 'py_run_script_in_dir', {
        ...Object.fromEntries(calls),
        'a tiny output limit': { ...run, max_output_bytes: 1 },
        'no memory': { ...run, memory_limit_mb: 1 },
        'a huge memory limit': { ...run, memory_limit_mb: 2 ** 40 },
      }),
    ).toMatchInlineSnapshot(`
      {
        "a huge memory limit": "memory_limit_mb: 1099511627776 is too large. The most is 16777216.",
        "a tiny output limit": "max_output_bytes: 1 is too small. The least is 4096.",
        "no memory": "memory_limit_mb: 1 is too small. The least is 16.",
        "timeout_seconds -1": "timeout_seconds: -1 is too small. The least is 0.",
        "timeout_seconds 1": "timeout_seconds: [1] is not valid. Pass a number.",
        "timeout_seconds 1.5": "timeout_seconds: 1.5 is not valid. Pass a whole number.",
        "timeout_seconds 9007199254740992": "timeout_seconds: 9007199254740992 is too large. The most is 31536000.",
        "timeout_seconds soon": "timeout_seconds: "soon" is not valid. Pass a number.",
      }
    `);
  });

  test('wrong arguments, environments and input', async () => {
    const server = await startServer();
    const run = { directory: server.work, script_content: 'pass' };
    expect(
      await sentences(server, 'py_run_script_in_dir', {
        'a NUL in an argument': { ...run, args: ['a\0b'] },
        'an argument too long for the system': { ...run, args: ['x'.repeat(128 * 1024)] },
        'arguments that are no list': { ...run, args: 'a b' },
        'a name with =': { ...run, env_vars: { 'A=B': 'x' } },
        'a name with a digit first': { ...run, env_vars: { '1X': 'x' } },
        'a name of a shell function': { ...run, env_vars: { 'X%%': 'x' } },
        'an empty name': { ...run, env_vars: { '': 'x' } },
        'a NUL in a value': { ...run, env_vars: { A: 'a\0b' } },
        'a name of ours': { ...run, env_vars: { PYTHON_MCP_JOB_ID: 'x' } },
        'a value that is no text': { ...run, env_vars: { A: [5] } },
        'a missing env_file': { ...run, env_file: 'none.env' },
        'input and interactive': { ...run, stdin: 'x', interactive: true },
        'no Python version': { ...run, python_version: '2.7' },
        'a long label': { ...run, job_label: 'x'.repeat(201) },
        'an isolation there is not': { ...run, isolation: 'docker' },
        'less to write without a sandbox': { ...run, write: 'none' },
        'a cluster': { ...run, executor: 'ray' },
      }),
    ).toMatchInlineSnapshot(`
      {
        "a NUL in a value": "env_vars.A: "a\\u0000b" contains a NUL character. Remove it.",
        "a NUL in an argument": "args.0: "a\\u0000b" contains a NUL character. Remove it.",
        "a cluster": "executor: "ray" is not available on this server. Leave executor out to run with your rights on this machine.",
        "a long label": "job_label: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… is too long. The most is 200 characters.",
        "a missing env_file": "env_file: "<work>/none.env" cannot be read (ENOENT). Check the path.",
        "a name of a shell function": "env_vars: "X%%" is not a variable name. Use letters, digits and underscores, not beginning with a digit.",
        "a name of ours": "env_vars: "PYTHON_MCP_JOB_ID" is reserved. Choose another name.",
        "a name with =": "env_vars: "A=B" is not a variable name. Use letters, digits and underscores, not beginning with a digit.",
        "a name with a digit first": "env_vars: "1X" is not a variable name. Use letters, digits and underscores, not beginning with a digit.",
        "a value that is no text": "env_vars.A: [5] is not valid. Pass a string.",
        "an argument too long for the system": "args: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… has 131072 bytes; the system takes 131071. Pass large data through stdin or a file.",
        "an empty name": "env_vars: "" is not a variable name. Use letters, digits and underscores, not beginning with a digit.",
        "an isolation there is not": "isolation: "docker" is not one of none, sandbox.",
        "arguments that are no list": "args: "a b" is not valid. Pass a list.",
        "input and interactive": "stdin: it cannot be given together with interactive. Leave stdin out and send the text with py_send_input.",
        "less to write without a sandbox": "write: "none" needs a sandbox. Pass isolation: "sandbox" with it.",
        "no Python version": "python_version: "2.7" is not a minor version of Python 3. Pass one such as "3.12".",
      }
    `);
  });

  test.skipIf(process.getuid?.() === 0)(
    'what it may not read (skipped as root, who may read everything)',
    async () => {
      const server = served();
      const { work: directory } = server;
      mkdirSync(join(directory, 'closed'), { mode: 0o000 });
      writeFileSync(join(directory, 'secret.py'), 'pass');
      chmodSync(join(directory, 'secret.py'), 0o000);
      const said = await sentences(server, 'py_run_script_in_dir', {
        folder: { directory: join(directory, 'closed'), script_content: 'pass' },
        script: { directory, script_path: 'secret.py' },
      });
      expect(said['folder']).toContain('cannot be entered');
      expect(said['script']).toContain('cannot be read (EACCES)');
    },
  );

  test('an interpreter that is none, as the outcome of the run', async () => {
    const server = await startServer({ env: { PYTHON_MCP_PYTHON: '/etc/passwd' } });
    const run = { directory: server.work, script_content: 'pass', use_uv: false };
    const said = await server.refusal('py_run_script_in_dir', run);
    expect(said).toContain('/etc/passwd');
    expect(await server.processes()).toEqual([]);
  });
});

describe('the other tools refuse', () => {
  test('wrong values', async () => {
    const server = served();
    const job_id = 'x'.repeat(32);
    const wrong = {
      py_job_status: {
        'no job': {},
        'an unknown job': { job_id },
        'a path as job': { job_id: '../../etc' },
        'a negative wait': { job_id, wait_seconds: -1 },
        'a long reader name': { job_id, reader: 'r'.repeat(101) },
        'a parameter that there is not': { job_id, id: 'x' },
      },
      py_job_output: {
        'an unknown job': { job_id },
        'an unknown stream': { job_id, stream: 'stdin' },
        'a page of words': { job_id, max_bytes: 'all' },
      },
      py_list_jobs: {
        'an unknown status': { status_filter: 'done' },
        'page -1': { page: -1 },
      },
      py_cancel_job: {
        'an unknown job': { job_id },
        'a negative grace': { job_id, grace_seconds: -1 },
      },
      py_prune_jobs: {
        'a negative age': { max_age_hours: -1 },
        'a word for a flag': { keep_failed: 'maybe' },
      },
      py_send_input: {
        'an unknown job': { job_id, text: 'x' },
        'no text': { job_id },
      },
    };
    const said: Record<string, Record<string, string>> = {};
    for (const [tool, calls] of Object.entries(wrong)) {
      said[tool] = await sentences(server, tool, calls);
    }
    expect(said).toMatchInlineSnapshot(`
      {
        "py_cancel_job": {
          "a negative grace": "grace_seconds: -1 is too small. The least is 0.",
          "an unknown job": "There is no job "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx". There are no jobs yet.",
        },
        "py_job_output": {
          "a page of words": "max_bytes: "all" is not valid. Pass a number.",
          "an unknown job": "There is no job "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx". There are no jobs yet.",
          "an unknown stream": "stream: "stdin" is not one of stdout, stderr, both, environment.",
        },
        "py_job_status": {
          "a long reader name": "reader: "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" is too long. The most is 100 characters.",
          "a negative wait": "wait_seconds: -1 is too small. The least is 0.",
          "a parameter that there is not": "unknown parameter id: did you mean job_id?",
          "a path as job": "There is no job "../../etc". There are no jobs yet.",
          "an unknown job": "There is no job "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx". There are no jobs yet.",
          "no job": "job_id: give it or job_ids, one of them. Ids are returned by run tools.",
        },
        "py_list_jobs": {
          "an unknown status": "status_filter: "done" is not one of pending, running, completed, failed, cancelled.",
          "page -1": "page: -1 is too small. The least is 1.",
        },
        "py_prune_jobs": {
          "a negative age": "max_age_hours: -1 is too small. The least is 0.",
          "a word for a flag": "keep_failed: "maybe" is not valid. Pass a boolean.",
        },
        "py_send_input": {
          "an unknown job": "There is no job "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx". There are no jobs yet.",
          "no text": "text is missing. Pass a string.",
        },
      }
    `);
  });

  test('cursors and patterns that cannot be', async () => {
    const server = served();
    const job_id = await server.start('print("four")');
    await server.ended(job_id);
    const calls = [
      { cursor: 'x' },
      { cursor: 'c-1-0' },
      { cursor: 'c99-0' },
      { until: '(', wait_seconds: 1 },
      { until: '(?=x)', wait_seconds: 1 },
    ];
    const said: string[] = [];
    for (const call of calls) said.push(await server.refusal('py_job_output', { job_id, ...call }));
    expect(said).toMatchInlineSnapshot(`
      [
        "cursor: "x" is not a cursor. Pass one exactly as an earlier reply gave it, or leave it out to read from the start.",
        "cursor: "c-1-0" is not a cursor. Pass one exactly as an earlier reply gave it, or leave it out to read from the start.",
        "cursor: it points at byte 99 of stdout, which has 5 bytes. Pass the cursor of an earlier reply for this job.",
        "until: "(" is not a pattern: error parsing regexp: missing closing ): \`(\`. Pass an RE2 regular expression (no look-around, no back-references).",
        "until: "(?=x)" is not a pattern: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\`. Pass an RE2 regular expression (no look-around, no back-references).",
      ]
    `);
  });
});
