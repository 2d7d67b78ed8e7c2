/** Ways out of the sandbox, as root and as an ordinary user: none works in it, and most do outside. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { chownSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NO_SANDBOX } from '../support/sandbox.ts';
import { PROGRAM } from '../support/test-home.ts';

/** Nobody: uid and gid of an ordinary user on every Linux. */
const NOBODY = 65_534;
const PYTHON = '/usr/bin/python3';
const SECRET = 'the secret';

interface Tried {
  tried: number;
  succeeded: string[];
}

const isRoot = process.getuid?.() === 0;
const ORDINARY = 'an ordinary user';
const cases: [string, number | null][] = isRoot
  ? [
      ['root', 0],
      [ORDINARY, NOBODY],
    ]
  : [[ORDINARY, null]];

test.skipIf(NO_SANDBOX || !existsSync(PYTHON)).for(cases)(
  `no way out as %s ${NO_SANDBOX ?? ''}`,
  { timeout: 180_000 },
  async ([, uid], { skip }) => {
    if (uid === NOBODY && !canRun(uid)) skip('this checkout cannot be read by other users');
    const outside = await prepare(uid);
    const bare = JSON.parse(run(uid, outside, PYTHON, [outside.script, outside.given])) as Tried;
    const words = [PROGRAM, 'run', '--sandbox', outside.script, outside.given];
    const inside = JSON.parse(run(uid, outside, process.execPath, words)) as Tried;
    expect(inside.tried).toBeGreaterThanOrEqual(60);
    expect(inside.succeeded).toEqual([]);
    // Without it those that change nothing succeed, one and all.
    expect(bare.succeeded).toHaveLength(bare.tried);
    expect(bare.tried).toBeGreaterThanOrEqual(15);
  },
);

interface Outside {
  root: string;
  project: string;
  script: string;
  given: string;
}

async function prepare(uid: number | null): Promise<Outside> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'escape-')));
  const [project, home] = [join(root, 'project'), join(root, 'home')];
  const job = join(home, 'jobs', 'another');
  for (const folder of [project, home, job, join(home, 'meta'), join(root, 'user/.ssh')]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const secrets = {
    'a file of the home': join(root, 'user/.ssh/id_rsa'),
    'a log of another job': join(job, 'stdout.log'),
    'the token': join(home, 'meta', 'token'),
  };
  const id = randomBytes(6).toString('hex');
  const [victim, shm] = [join(root, 'user/victim'), join('/dev/shm', id)];
  for (const path of [...Object.values(secrets), victim, shm]) writeFileSync(path, SECRET);
  const script = join(project, 'attempts.py');
  copyFileSync(resolve(import.meta.dirname, 'escape_attempts.py'), script);
  const other = spawn('sleep', ['600'], {
    env: { SECRET },
    stdio: 'ignore',
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  const [path, abstract] = [join(root, 'user/agent.sock'), `abstract-${id}`];
  const servers = await Promise.all([listen(0), listen(path), listen(`\0${abstract}`)]);
  onTestFinished(() => {
    other.kill('SIGKILL');
    for (const server of servers) server.close();
    for (const folder of [root, shm]) rmSync(folder, { recursive: true, force: true });
  });
  if (uid !== null) execFileSync('chown', ['-R', `${uid}:${uid}`, root]);
  if (uid !== null) chownSync(shm, uid, uid);
  chmodSync(root, 0o711);
  const port = (servers[0].address() as { port: number }).port;
  const runtime = resolve(import.meta.dirname, '../../dist/runtime');
  const given = {
    secrets,
    victim,
    shm,
    pid: other.pid,
    port,
    socket: path,
    abstract,
    id,
    job,
    runtime,
  };
  return { root, project, script, given: JSON.stringify(given) };
}

async function listen(where: number | string): Promise<Server> {
  const server = createServer((socket) => socket.end());
  if (typeof where === 'number') server.listen(where, '127.0.0.1');
  else server.listen(where);
  await once(server, 'listening');
  return server;
}

function run(
  uid: number | null,
  { root, project }: Outside,
  program: string,
  words: string[],
): string {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: join(root, 'user'),
    PYTHON_MCP_HOME: join(root, 'home'),
    PYTHON_MCP_PYTHON: PYTHON,
  };
  const as = uid === null ? {} : { uid, gid: uid };
  return execFileSync(program, words, { env, cwd: project, encoding: 'utf8', ...as });
}

function canRun(uid: number): boolean {
  try {
    execFileSync(process.execPath, [PROGRAM, '--version'], { uid, gid: uid, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
