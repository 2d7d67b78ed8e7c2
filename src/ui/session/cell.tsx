/** One cell: its code, who ran it, what came of it. */
import { postJson, request } from '../api/api.ts';
import type { CellView, Status } from '../api/api-types.ts';
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { useNow } from '../kit/clock.ts';
import { duration, forTerminal, plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';
import { StateIcon } from '../kit/job-state.tsx';
import { isPicture, Picture, SaveButton } from '../output/file-of-job.tsx';

type CellStatus = CellView['status'];

const LOOKS: Record<CellStatus, [status: Status, word: string]> = {
  queued: ['pending', 'Waits'],
  running: ['running', 'Running'],
  waiting_for_input: ['running', 'Asks for input'],
  ok: ['completed', 'Done'],
  error: ['failed', 'Failed'],
  interrupted: ['cancelled', 'Stopped'],
  timed_out: ['failed', 'Timed out'],
  exited: ['completed', 'Left by exit()'],
  cancelled: ['cancelled', 'Never ran'],
  lost: ['failed', 'Lost'],
};

export function isOver({ status }: CellView): boolean {
  return !['queued', 'running', 'waiting_for_input'].includes(status);
}

export function Cell({ cell }: { cell: CellView }) {
  return (
    <li>
      <article class="panel cell" aria-label={`Cell ${cell.cell}`}>
        <CellHead cell={cell} />
        <Code cell={cell} />
        <Text what="Output" of={cell} text={cell.stdout} />
        <Text what="Errors" of={cell} text={cell.stderr} />
        {cell.truncated && <p class="note">Only the beginning and the end of it are shown.</p>}
        {cell.prompt !== undefined && <p>{plain(cell.prompt)}</p>}
        {cell.value && <Text what="Value" of={cell} text={cell.value.text} />}
        <Files cell={cell} />
        {cell.status === 'lost' && <p class="error-text">{plain(cell.message ?? '')}</p>}
      </article>
    </li>
  );
}

function CellHead({ cell }: { cell: CellView }) {
  const [status, word] = LOOKS[cell.status];
  return (
    <header class={`cell-head is-${status}`}>
      <span class="count">[{cell.cell}]</span>
      <span class="job-state">
        <StateIcon status={status} />
        <strong>{word}</strong>
      </span>
      <Elapsed cell={cell} />
      <bdi>{plain(cell.client)}</bdi>
      {!isOver(cell) && <StopButton cell={cell} />}
    </header>
  );
}

/** Of one that runs it goes on between two looks. */
function Elapsed({ cell }: { cell: CellView }) {
  const now = useNow(!isOver(cell));
  const seen = useRef({ cell, at: now });
  if (seen.current.cell !== cell) seen.current = { cell, at: Date.now() };
  if (cell.elapsed_seconds === undefined) return null;
  const since = isOver(cell) ? 0 : Math.max(0, now - seen.current.at) / 1000;
  return <span>{duration(cell.elapsed_seconds + since)}</span>;
}

function StopButton({ cell: { job_id: id, cell } }: { cell: CellView }) {
  const { busy, error, run } = useAction(async () => {
    await request(`/jobs/${id}/cells/${cell}`, { method: 'DELETE' });
  });
  return (
    <>
      <button type="button" disabled={busy} onClick={run}>
        {busy ? 'Stopping…' : 'Stop'}
        <span class="unseen"> cell {cell}</span>
      </button>
      {error && <Problem text={error} />}
    </>
  );
}

/** The line that failed is marked. */
function Code({ cell: { cell, code, error } }: { cell: CellView }) {
  const lines = forTerminal(code.trimEnd()).split('\n');
  return (
    <pre class="code" tabIndex={0} role="region" aria-label={`Code of cell ${cell}`}>
      {lines.map((line, index) => {
        const isLast = index === lines.length - 1;
        const text = isLast ? line : `${line}\n`;
        return error?.line === index + 1 ? <mark key={index}>{text}</mark> : text;
      })}
    </pre>
  );
}

function Text({ what, of, text }: { what: string; of: CellView; text: string }) {
  if (text === '') return null;
  const label = `${what} of cell ${of.cell}`;
  return (
    <pre class={`cell-text is-${what.toLowerCase()}`} tabIndex={0} role="region" aria-label={label}>
      {forTerminal(text)}
    </pre>
  );
}

function Files({ cell: { job_id: id, artifacts = [], accepted_at } }: { cell: CellView }) {
  if (artifacts.length === 0) return null;
  return (
    <ul class="gallery">
      {artifacts.map(({ name, type, bytes }) => {
        const artifact = { name, bytes, media_type: type, modified_at: accepted_at };
        const Shown = isPicture(artifact) ? Picture : SaveButton;
        return (
          <li key={name}>
            <Shown id={id} artifact={artifact} />
          </li>
        );
      })}
    </ul>
  );
}

/** Accepted for good when this resolves; what came of it is told by events. */
export function runCell(id: string, code: string): Promise<CellView> {
  return postJson<CellView>(`/jobs/${id}/cells`, { code });
}
