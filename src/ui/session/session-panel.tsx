/** A session as a notebook: its cells in order, and a place for the next one. */
import { useRef } from 'preact/hooks';
import type { CellView, JobDetails } from '../api/api-types.ts';
import { useAction } from '../kit/action.ts';
import { Loading, Problem } from '../kit/notice.tsx';
import { isLive } from '../kit/job-state.tsx';
import { Cell, runCell } from './cell.tsx';
import { type JobEvents, useCells } from './use-cells.ts';

export function SessionPanel({ job, events }: { job: JobDetails; events: JobEvents }) {
  const { cells, error, put, loadEarlier } = useCells(job, events);
  const earlier = useAction(loadEarlier);
  const first = cells[0]?.cell ?? 1;
  return (
    <section class="session" aria-label="Cells">
      {error && <Problem text={error} />}
      {cells.length === 0 && !error && <Loading what="the cells" />}
      {first > 1 && (
        <button type="button" disabled={earlier.busy} onClick={earlier.run}>
          Show earlier cells
        </button>
      )}
      {earlier.error && <Problem text={earlier.error} />}
      <ol class="cells">
        {cells.map((cell) => (
          <Cell key={cell.cell} cell={cell} />
        ))}
      </ol>
      {isLive(job) && <CellEditor id={job.id} accepted={put} />}
    </section>
  );
}

function CellEditor({ id, accepted }: { id: string; accepted: (cell: CellView) => void }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const { busy, error, run } = useAction(async () => {
    const code = box.current?.value ?? '';
    if (code.trim() === '') return;
    accepted(await runCell(id, code));
    if (box.current?.value === code) box.current.value = '';
    box.current?.focus();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
  };
  return (
    <form class="panel cell-editor" onSubmit={submit}>
      <label for="new-cell">New cell</label>
      <textarea ref={box} id="new-cell" rows={4} spellcheck={false} onKeyDown={onKeyDown} />
      {error && <Problem text={error} />}
      <div class="cell-buttons">
        <button class="primary" disabled={busy}>
          Run
        </button>
        <span class="note">Ctrl-Enter</span>
      </div>
    </form>
  );
}
