/** A cell as replies show it. */
import type { CellReply } from '../../contract/replies/cell.ts';
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import { encodeCursor } from '../../core/cursor.ts';
import type { Job } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { outputSizes } from '../../output/files/output-file.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { summariseArtifacts } from '../artifacts/artifact-summary.ts';
import { type CellSighting, lookAtCell } from './cell-status.ts';
import { readRangeWindow } from './range-window.ts';
import { type CellRecord, readRecord, readRequest, readState } from './session-files.ts';

/** Of each stream in a reply. */
const WINDOW_BYTES = 8_192;
/** Earlier cells of other clients that are named. */
const MOST_NAMED = 5;

export function cellReply(job: Job, folder: JobFolder, cell: number): CellReply {
  const sighting = lookAtCell(job, folder, cell);
  const record = 'record' in sighting ? sighting.record : null;
  return {
    session: job.request.session?.name ?? '',
    job_id: job.id,
    cell,
    status: sighting.status,
    ...(record?.value ? { value: cleaned(record.value) } : {}),
    ...outputOf(folder, sighting),
    ...(record ? ofRecord(record) : timeOf(sighting)),
    ...artifactsOf(record, folder, job.id),
    ...whatNext(job, cell, sighting),
    ...notesOn(folder, cell),
    ...(cell === 1 && 'launch' in job.state ? startOf(job) : {}),
  };
}

/** The bytes of each stream that are the cell's; those of a running one grow. */
export function rangeOf(folder: JobFolder, sighting: CellSighting) {
  const sizes = outputSizes(folder);
  const size: [number, number] = [sizes.stdout, sizes.stderr];
  const hasRun =
    'record' in sighting || ['running', 'waiting_for_input', 'lost'].includes(sighting.status);
  const { from, to } =
    'record' in sighting
      ? sighting.record
      : { from: hasRun ? readState(folder).output : size, to: size };
  return {
    from: { stdout: Math.min(from[0], size[0]), stderr: Math.min(from[1], size[1]) },
    to: { stdout: Math.min(to[0], size[0]), stderr: Math.min(to[1], size[1]) },
  };
}

function outputOf(folder: JobFolder, sighting: CellSighting) {
  const { from, to } = rangeOf(folder, sighting);
  const stdout = readRangeWindow(folder.stdout, from.stdout, to.stdout, WINDOW_BYTES);
  const stderr = readRangeWindow(folder.stderr, from.stderr, to.stderr, WINDOW_BYTES);
  const isCut = stdout.truncated || stderr.truncated;
  return {
    stdout: stdout.text,
    stderr: stderr.text,
    stdout_bytes: to.stdout - from.stdout,
    stderr_bytes: to.stderr - from.stderr,
    cursor: encodeCursor(to),
    ...(isCut ? { truncated: 'The middle was left out. All of it: py_job_output.' } : {}),
  };
}

function ofRecord(record: CellRecord) {
  const { error, changed, memory_bytes: memory, exit_code: code } = record;
  return {
    elapsed_seconds: (record.ended - record.started) / 1000,
    ...(memory === null ? {} : { memory_bytes: memory }),
    ...(changed ? { changed: changed.map(cleanTerminalText) } : {}),
    ...(error ? { error: { ...error, message: cleanTerminalText(error.message) } } : {}),
    ...(code === undefined ? {} : { exit_code: code }),
  };
}

function timeOf(sighting: CellSighting) {
  if (!('since' in sighting) || sighting.since === null) return {};
  return { elapsed_seconds: Math.max(0, Date.now() - sighting.since) / 1000 };
}

function artifactsOf(
  record: CellRecord | null,
  folder: JobFolder,
  jobId: string,
): { artifacts?: ArtifactEntry[] } {
  const names = new Set(record?.artifacts?.map(cleanTerminalText));
  if (names.size === 0) return {};
  const all = summariseArtifacts(folder, jobId).artifacts ?? [];
  return { artifacts: all.filter(({ name }) => names.has(name)) };
}

function whatNext(job: Job, cell: number, sighting: CellSighting): Partial<CellReply> {
  const name = job.request.session?.name;
  const wait = `Wait: py_session_run(session="${name}", cell=${cell}, wait_seconds=45). Stop it: py_cancel_job(job_id="${job.id}", cell=${cell}).`;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest says all there is
  switch (sighting.status) {
    case 'queued':
      return { ahead: sighting.ahead, message: `It runs after ${sighting.ahead} others. ${wait}` };
    case 'running':
      return { message: `It goes on. ${wait}` };
    case 'waiting_for_input':
      return {
        prompt: cleanTerminalText(sighting.prompt),
        message: `It waits for input. Answer with py_send_input(job_id="${job.id}", text="…\\n").`,
      };
    case 'lost':
      return { message: `The session ended in this cell. ${sighting.reason}` };
    case 'cancelled':
      return { message: 'It never ran.' };
    default:
      return {};
  }
}

/** Others work in the same session: what they have changed is seen. */
function notesOn(folder: JobFolder, cell: number): { notes?: string[] } {
  const client = readRequest(folder, cell)?.client;
  const notes: string[] = [];
  for (let earlier = cell - 1; earlier > 0 && notes.length < MOST_NAMED; earlier -= 1) {
    const other = readRequest(folder, earlier)?.client;
    if (other === undefined || other === client) break;
    const { changed = [], status } = lookAtRecord(folder, earlier);
    const what = changed.length > 0 ? ` changed ${changed.slice(0, 5).join(', ')}` : ` (${status})`;
    notes.unshift(cleanTerminalText(`cell ${earlier} by ${other}${what}`));
  }
  return notes.length > 0 ? { notes } : {};
}

function lookAtRecord(folder: JobFolder, cell: number) {
  const record = readRecord(folder, cell);
  return { changed: record?.changed, status: record?.status ?? 'not finished' };
}

function startOf({ request, state }: Job): Pick<CellReply, 'started'> {
  const launch = 'launch' in state ? state.launch : null;
  if (!launch) return {};
  return {
    started: {
      interpreter: launch.interpreter,
      python_version: launch.pythonVersion,
      directory: request.directory,
      environment_source: launch.source,
    },
  };
}

function cleaned({ type, text }: { type: string; text: string }) {
  return { type: cleanTerminalText(type), text: cleanTerminalText(text) };
}
