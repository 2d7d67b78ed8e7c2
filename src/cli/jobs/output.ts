/** `python-mcp output`: what a job printed, whole or as it comes, in constant memory. */
import { decodeCursor, encodeCursor, START, type Cursor } from '../../core/cursor.ts';
import { invalid } from '../../core/job-error.ts';
import { hasEnded } from '../../core/job.ts';
import type { JobService } from '../../jobs/job-service.ts';
import type { OutputPages } from '../../jobs/read/text-page.ts';
import { decodeUtf8 } from '../../output/files/code-points.ts';
import type { Stream } from '../../output/files/job-folder.ts';
import type { Gap } from '../../output/files/output-gap.ts';
import type { OutputPage } from '../../output/files/read-page.ts';
import { cleanLongText, cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { sayDropped } from '../terminal/dropped-output.ts';
import { catchInterrupts } from '../terminal/interrupt.ts';
import { isOneScreen, printJson, type Terminal, write } from '../terminal/terminal.ts';
import { beginOfLastLines } from './last-lines.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export interface OutputOptions {
  follow?: boolean;
  lines?: number;
  tail?: number;
  stream: 'stdout' | 'stderr' | 'both';
  raw?: boolean;
  cursor?: string;
  json?: boolean;
}

type Emit = (stream: Stream, piece: Pick<OutputPage, 'bytes' | 'skipped'>) => Promise<void>;

const PAGE_BYTES = 64 * 1024;
const LARGEST_TAIL = 16 * 1024 * 1024;
/** A position that no output reaches: nothing of that stream is delivered. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** @returns 0, or the code of the signal that ended the following. */
export async function showOutput(
  jobs: JobService,
  prefix: string,
  options: OutputOptions,
  terminal: Terminal,
): Promise<number> {
  const id = jobNamed(jobs, prefix);
  if (options.json) return printPage(jobs, id, options, terminal);
  const emit = emitter(options, terminal);
  const begin = beginning(jobs, id, options);
  if (options.follow) return follow(jobs, id, options, begin, emit, isOneScreen(terminal));
  if (options.stream === 'both') await copyInOrder(jobs, id, begin, emit);
  else await copyStream(jobs, id, options.stream, begin, emit);
  return 0;
}

/** A single stream goes to standard output; both keep their own. */
function emitter({ stream, raw }: OutputOptions, terminal: Terminal): Emit {
  return async (from, { bytes, skipped }) => {
    const to = terminal[stream === 'both' ? from : 'stdout'];
    if (skipped) await sayDropped(from, skipped, to, terminal);
    await write(to, to.isTTY && !raw ? cleanLive(decodeUtf8(bytes)) : bytes);
  };
}

/**
 * For a terminal that shows pieces as they come: nothing a job wrote can move the cursor or change
 * colours, but a line that is redrawn is redrawn here too.
 */
export function cleanLive(text: string): string {
  return text
    .split(/\r+(?!\n)/)
    .map(cleanTerminalText)
    .join('\r\x1b[K');
}

function beginning(jobs: JobService, id: string, options: OutputOptions): Cursor {
  const { lines, tail, cursor, stream } = options;
  refuseTwoBeginnings(options);
  if (lines !== undefined) return beginOfLastLines(jobs, id, stream, wholeNumber(lines));
  if (tail === undefined) return cursor === undefined ? START : decodeCursor(cursor);
  refuseTail(tail);
  const request = { cursor: START, stream, maxBytes: tail, tail: true, raw: true };
  const starts = jobs.read
    .outputPage(id, request)
    .pages.map(({ stream: of, page }) => [of, page.skipped?.from ?? page.from]);
  return { ...START, ...Object.fromEntries(starts) };
}

function refuseTwoBeginnings({ lines, tail, cursor }: OutputOptions): void {
  const begins = { '--lines': lines, '--tail': tail, '--cursor': cursor };
  const given = Object.entries(begins).filter(([, value]) => value !== undefined);
  const [first, second] = given.map(([name]) => name);
  if (first === undefined || second === undefined) return;
  throw invalid(first, `it cannot be combined with ${second}.`, 'Leave one of them out.');
}

function wholeNumber(lines: number): number {
  if (Number.isInteger(lines) && lines >= 0) return lines;
  throw invalid('--lines', `${lines} lines are not possible.`, 'Give 0 or more.');
}

function refuseTail(tail: number): void {
  if (tail >= 4 && tail <= LARGEST_TAIL) return;
  throw invalid('--tail', `${tail} bytes are not possible.`, `Give 4 to ${LARGEST_TAIL}.`);
}

async function follow(
  jobs: JobService,
  id: string,
  { stream }: OutputOptions,
  from: Cursor,
  emit: Emit,
  isForScreen: boolean,
): Promise<number> {
  const start = {
    stdout: stream === 'stderr' ? NEVER : from.stdout,
    stderr: stream === 'stdout' ? NEVER : from.stderr,
  };
  const interrupts = catchInterrupts();
  try {
    const chunks = jobs.read.followOutput(id, start, { signal: interrupts.first, isForScreen });
    for await (const chunk of chunks) await emit(chunk.stream, chunk);
    return interrupts.exitCode() ?? 0;
  } finally {
    interrupts.release();
  }
}

/** Up to what there was when we began: a job that prints faster than we read would never end. */
async function copyInOrder(jobs: JobService, id: string, begin: Cursor, emit: Emit): Promise<void> {
  const end = decodeCursor(jobs.view(id).cursor);
  for (let from = begin; from.stdout < end.stdout || from.stderr < end.stderr;) {
    const page = jobs.inspect.output.ordered(id, { from }, PAGE_BYTES);
    if (page.segments.length === 0) return;
    for (const segment of page.segments) await emit(segment.stream, segment);
    from = page.next;
  }
}

/** As `copyInOrder`, of one stream. */
async function copyStream(
  jobs: JobService,
  id: string,
  stream: Stream,
  from: Cursor,
  emit: Emit,
): Promise<void> {
  const end = decodeCursor(jobs.view(id).cursor);
  for (let cursor = from; cursor[stream] < end[stream];) {
    const request = { cursor, stream, maxBytes: PAGE_BYTES, tail: false, raw: true };
    const { pages, next } = jobs.read.outputPage(id, request);
    const page = pages[0]?.page;
    if (!page || page.bytes.length === 0) return;
    await emit(stream, page);
    cursor = next;
  }
}

/** One page as data; `cursor` goes on where it ends. */
async function printPage(
  jobs: JobService,
  id: string,
  options: OutputOptions,
  terminal: Terminal,
): Promise<number> {
  const { tail, stream, raw, follow: following } = options;
  if (following) throw invalid('--json', 'it cannot follow.', 'Leave out -f, or --json.');
  const { pages, next, atEnd } = jobs.read.outputPage(id, {
    cursor: beginning(jobs, id, options),
    stream,
    maxBytes: tail ?? PAGE_BYTES,
    tail: tail !== undefined,
    raw: true,
  });
  const texts: [Stream, string][] = [];
  for (const { stream: from, page } of pages) {
    const text = decodeUtf8(page.bytes);
    texts.push([from, raw ? text : await cleanLongText(text)]);
  }
  const job = jobs.get(id);
  const about = {
    job_id: id,
    status: jobs.view(id).status,
    ended: hasEnded(job),
    end_of_output: atEnd,
  };
  const page = { ...Object.fromEntries(texts), skipped: skipsOf(pages) };
  await printJson(terminal, { ...about, ...page, cursor: encodeCursor(next) });
  return 0;
}

/** By stream; undefined when nothing is gone. */
function skipsOf(pages: OutputPages['pages']): Record<string, Gap> | undefined {
  const skips = pages.flatMap(({ stream, page: { skipped } }) =>
    skipped ? [[stream, skipped]] : [],
  );
  return skips.length > 0 ? Object.fromEntries(skips) : undefined;
}
