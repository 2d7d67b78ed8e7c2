/** What a terminal shows last of a run: "failed · exit 1 · 1.5 s · mwzvzuj3hz · 3 files · python-mcp show mwzvzuj3hz". */
import { type EndedJob, statusOf } from '../../core/job.ts';
import { formatSeconds } from '../terminal/duration.ts';
import { printLine, styled } from '../terminal/terminal.ts';
import type { Run } from './stay-with-run.ts';

/** Only for people: whoever reads a pipe gets what the script wrote and nothing else. */
export async function sayEnd({ jobs, terminal, progress }: Run, job: EndedJob): Promise<void> {
  const { stderr } = terminal;
  if (!stderr.isTTY) return;
  const { artifacts, truncated } = await jobs.inspect.artifacts(job.id);
  const files = artifacts.length > 0 ? filesOf(artifacts.length, truncated) : '';
  const line = [...endOf(job), files, nextStep(job, artifacts.length)];
  const text = line.filter((part) => part !== '').join(' · ');
  await printLine(stderr, `${progress.freshLine()}${styled(stderr, 'dim', text)}`);
}

function endOf({ id, state }: EndedJob): string[] {
  const { startedAt, endedAt, exitCode } = state;
  return [
    statusOf(state),
    exitCode === null || exitCode === 0 ? '' : `exit ${exitCode}`,
    startedAt === null ? '' : formatSeconds((endedAt - startedAt) / 1000),
    id,
  ];
}

function filesOf(count: number, isMore: boolean): string {
  return `${count}${isMore ? '+' : ''} ${count === 1 ? 'file' : 'files'}`;
}

function nextStep({ id, state }: EndedJob, files: number): string {
  if (state.name !== 'completed') return `python-mcp show ${id}`;
  return files > 0 ? `python-mcp artifacts ${id}` : '';
}
