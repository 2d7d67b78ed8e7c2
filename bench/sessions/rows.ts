/** What is measured of sessions: by themselves, against runs, and beside ipykernel with jupyter_client. */
import type { Benchmark } from '../run.ts';
import { cellAgainstKernel, linesAgainstKernel, startAgainstKernel } from './ipykernel.ts';
import { questionBytes, questions } from './questions.ts';
import { cell, idle, lines, memory, start, stop } from './session.ts';

export const SESSION_BENCHMARKS: readonly Benchmark[] = [
  row('session-start', 'first cell of a new session', '3.5 × bare interpreter + 5 ms', 1, start),
  row('session-cell', '`1 + 1` in a session', 'a budget of 5 ms', 1, cell),
  row('session-lines', 'cell that prints 1,000,000 lines', 'stdout to a file', 1.1, lines),
  row('session-stop', 'stop of a cell that loops', 'a budget of 20 ms', 1, stop),
  row('session-idle', 'processor time of an idle session', '0.05 % of a core', 1, idle),
  row('session-memory', 'memory of an empty session (in MB)', '15 MB', 1, memory),
  row('session-questions', 'load once, ask ten questions', 'ten runs that load', 0.34, questions),
  row('session-bytes', 'code and replies of these (in KB)', 'of the runs', 0.5, questionBytes),
  row('kernel-start', 'first cell of a new session', 'of ipykernel', 0.5, startAgainstKernel),
  row('kernel-cell', '`1 + 1` in a session', 'in ipykernel', 1, cellAgainstKernel),
  row('kernel-lines', 'cell that prints 100,000 lines', 'in ipykernel', 0.5, linesAgainstKernel),
];

function row(
  name: string,
  measured: string,
  against: string,
  limit: number,
  run: Benchmark['run'],
): Benchmark {
  return { name, measured, against, limit, run };
}
