/** Shows a cell while it runs: its output as it appears, then its value and what it left. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CellView } from '../../contract/replies/session.ts';
import { invalid } from '../../core/job-error.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { STREAMS } from '../../output/files/job-folder.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { complain } from '../terminal/failure.ts';
import { printLine, type Terminal, write } from '../terminal/terminal.ts';

export interface CellPlace {
  jobs: JobService;
  id: string;
  cell: number;
  terminal: Terminal;
}

/** Answers `input()`; null: there is no answer. The prompt has been shown. */
export type Answer = () => Promise<string | null>;

const PIECE_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
/** Output has no event of its own. */
const LOOK_EVERY_MS = 40;

/** To its end; a question that nobody answers stops it. */
export async function followCell(place: CellPlace, answer: Answer): Promise<CellView> {
  const { jobs, id, cell } = place;
  const position: Position = {};
  let answeredAt = 0;
  let woken = new AbortController();
  const leave = jobs.sessions.watch(id, () => woken.abort());
  for (;;) {
    woken = new AbortController();
    const status = jobs.sessions.statusOf(id, cell); // before the output: what came before the end is read
    await showNew(place, position);
    if (!status || status.isDone) break;
    if (status.asksSince !== null && status.asksSince !== answeredAt) {
      answeredAt = status.asksSince;
      position.isWithinLine = false; // whoever answers ends it
      await reply(place, await answer());
    }
    await pause(LOOK_EVERY_MS, null, { signal: woken.signal }).catch(() => {});
  }
  leave();
  if (position.isWithinLine) await write(place.terminal.stdout, '\n');
  return jobs.sessions.cell(id, cell);
}

/** @returns the exit code. */
export async function showEnd(view: CellView, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  if (view.value) await printLine(stdout, view.value.text);
  for (const { name } of view.artifacts ?? []) await printLine(stderr, `kept: ${name}`);
  if (view.status === 'ok') return 0;
  if (view.status === 'exited') return view.exit_code ?? 0;
  if (view.status !== 'error') {
    const why = view.message ? ` ${view.message}` : '';
    await complain(terminal, `cell ${view.cell}: ${view.status.replaceAll('_', ' ')}.${why}`);
  }
  return 1;
}

interface Position {
  stdout?: number;
  stderr?: number;
  /** The screen's last line goes on. */
  isWithinLine?: boolean;
}

async function showNew({ jobs, id, cell, terminal }: CellPlace, position: Position): Promise<void> {
  for (const stream of STREAMS) {
    for (;;) {
      const page = jobs.sessions.page(id, cell, stream, position[stream], PIECE_BYTES);
      if (page.bytes.length === 0) break;
      position[stream] = page.next;
      const { isTTY } = terminal[stream];
      const text = isTTY ? cleanTerminalText(Buffer.from(page.bytes).toString()) : page.bytes;
      await write(terminal[stream], text);
      if (isTTY) position.isWithinLine = page.bytes.at(-1) !== LINE_FEED;
    }
  }
}

async function reply({ jobs, id, cell, terminal }: CellPlace, text: string | null): Promise<void> {
  if (text !== null) return void (await jobs.control.sendInput(id, `${text}\n`, false));
  await complain(terminal, `cell ${cell} asks for input, and there is none: it is stopped.`);
  await jobs.sessions.stop(id, cell);
}

/** The session of a name that lives, or ended last. @throws JobError invalid_request */
export function sessionNamed({ sessions }: JobService, name: string): string {
  const id = sessions.idOf(name);
  if (id === null) throw invalid('NAME', `there is no session ${name}.`, 'See: session list.');
  return id;
}
