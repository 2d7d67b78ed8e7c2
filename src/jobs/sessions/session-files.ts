/**
 * The files of a session, as its worker and all servers see them; runtime/python_mcp_session/files.py
 * has the list. What the worker wrote is the job's own word: its form is checked.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, constants, linkSync, mkdirSync, openSync } from 'node:fs';
import { unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readFully } from '../../os/read-fully.ts';
import { openSafely } from '../../os/safe-open.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { parseSaid } from '../context/control-file.ts';

const LARGEST = 17 * 1024 * 1024;
const offset = z.int().min(0);
/** Lengths of stdout and stderr. */
const place = z.tuple([offset, offset]);
const short = z.string().max(20_000);

const CellRequest = z.object({
  code: z.string(),
  client: short,
  accepted: z.number(),
  timeout_seconds: z.number().optional(),
});

const CellRecord = z.object({
  status: z.enum(['ok', 'error', 'interrupted', 'timed_out', 'exited', 'cancelled']),
  started: z.number(),
  ended: z.number(),
  from: place,
  to: place,
  value: z.object({ type: short, text: short }).optional(),
  error: z.object({ type: short, message: short, line: z.int().nullable() }).optional(),
  exit_code: z.int().optional(),
  changed: z.array(short).max(100).optional(),
  artifacts: z.array(short).max(100).optional(),
  memory_bytes: z.int().min(0).nullable(),
});

const SessionState = z.object({
  state: z.enum(['idle', 'running', 'waiting_for_input', 'ended']),
  /** The last one that was begun. */
  cell: z.int().min(0),
  /** Where the output of the last finished cell ends. */
  output: place,
  since: z.number().nullish(),
  prompt: short.optional(),
  ends_at: z.number().nullish(),
  reason: short.optional(),
});

const Variable = z.object({
  name: short,
  type: short,
  shape: z.array(z.int()).max(64).optional(),
  bytes: z.int().optional(),
});

export type CellRequest = z.infer<typeof CellRequest>;
export type CellRecord = z.infer<typeof CellRecord>;
export type SessionState = z.infer<typeof SessionState>;
export type Variable = z.infer<typeof Variable>;

const BEFORE_FIRST: SessionState = { state: 'idle', cell: 0, output: [0, 0] };

export function readState(folder: JobFolder): SessionState {
  return readSaid(SessionState, folder, join(folder.control, 'session.json')) ?? BEFORE_FIRST;
}

export function readVariables({ control }: JobFolder): Variable[] {
  return readAs(z.array(Variable).max(1000), join(control, 'variables.json')) ?? [];
}

/** For completion. */
export function readNames({ control }: JobFolder): string[] {
  return readAs(z.array(short).max(5000), join(control, 'names.json')) ?? [];
}

export function readRequest(folder: JobFolder, cell: number): CellRequest | null {
  return readAs(CellRequest, fileOf(folder, cell, 'json'));
}

export function readRecord(folder: JobFolder, cell: number): CellRecord | null {
  return readSaid(CellRecord, folder, fileOf(folder, cell, 'record'));
}

/** The number of the newest cell; 0 when there is none. */
export function newestCell(folder: JobFolder): number {
  let { cell } = readState(folder);
  while (readRequest(folder, cell + 1)) cell += 1;
  return cell;
}

/**
 * From here on the cell runs once, whatever becomes of this process: the number is taken by a link,
 * which is made once and with the whole text behind it.
 */
export function acceptCell(folder: JobFolder, request: CellRequest): number {
  mkdirSync(folder.cells, { recursive: true, mode: 0o700 });
  const aside = join(folder.cells, `.${randomUUID()}`);
  writeFileSync(aside, JSON.stringify(request), { flag: 'wx', mode: 0o600 });
  try {
    return linkToNext(folder, aside);
  } finally {
    unlinkSync(aside);
    ringBell(folder);
  }
}

function linkToNext(folder: JobFolder, aside: string): number {
  for (let cell = readState(folder).cell + 1; ; cell += 1) {
    try {
      linkSync(aside, fileOf(folder, cell, 'json'));
      return cell;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** One byte is one wish: the worker acts on each once. */
export function wantStop(folder: JobFolder, cell: number): void {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  const path = fileOf(folder, cell, 'stop');
  const fd = openSync(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  writeSync(fd, '.');
  closeSync(fd);
}

/** Without it the worker looks a second later. */
function ringBell({ control }: JobFolder): void {
  try {
    const bell = openSafely(join(control, 'bell'), 'fifo');
    if (!bell) return;
    writeSync(bell.fd, '.');
    closeSync(bell.fd);
  } catch {
    // full: it has been rung already
  }
}

function fileOf({ cells }: JobFolder, cell: number, kind: string): string {
  return join(cells, `${String(cell).padStart(6, '0')}.${kind}`);
}

/** What the worker tells of the script's doing: as its output. */
function readSaid<T>(schema: z.ZodType<T>, folder: JobFolder, path: string): T | null {
  return readAs(schema, path, (text) => parseSaid(folder, text));
}

/** Null for what is not there, or not what it should be. */
function readAs<T>(
  schema: z.ZodType<T>,
  path: string,
  parse: (text: string) => unknown = JSON.parse,
): T | null {
  const file = openSafely(path);
  if (!file) return null;
  try {
    if (file.stats.size > LARGEST) return null;
    const text = readFully(file.fd, 0, file.stats.size).toString('utf8');
    return schema.safeParse(parse(text)).data ?? null;
  } catch {
    return null;
  } finally {
    closeSync(file.fd);
  }
}
