/** All cells that were good once more, in a new session of the same name. */
import { useRef } from 'preact/hooks';
import { getJson, postJson } from '../api/api.ts';
import type { CellPage, CellView, JobDetails } from '../api/api-types.ts';
import { useAction } from '../kit/action.ts';
import { Problem } from '../kit/notice.tsx';
import { go, jobRoute } from '../frame/router.ts';
import { runCell } from './cell.tsx';

const PAGE = 100;

interface RunAllProps {
  job: JobDetails;
  session: NonNullable<JobDetails['session']>;
}

export function RunAllButton({ job, session: { name } }: RunAllProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { busy, error, run } = useAction(async () => {
    dialog.current?.close();
    const [first, ...rest] = await goodCells(job.id);
    if (first === undefined) throw new Error('No cell of it ended well.');
    const { job_id: id } = await begin(job, name, first);
    for (const code of rest) await runCell(id, code);
    go(jobRoute(id));
  });
  return (
    <>
      <button type="button" disabled={busy} onClick={() => dialog.current?.showModal()}>
        {busy ? 'Beginning…' : 'Run all again'}
      </button>
      {error && <Problem text={error} />}
      <dialog ref={dialog} aria-labelledby="run-all-title">
        <h2 id="run-all-title">Run all cells again?</h2>
        <p>
          This session ends, a new one begins, and every cell that ended well runs once more, with
          all that it does outside the session.
        </p>
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="button" class="danger" onClick={run}>
            Run them
          </button>
        </div>
      </dialog>
    </>
  );
}

async function goodCells(id: string): Promise<string[]> {
  const codes: string[] = [];
  for (let from = 1, newest = 1; from <= newest; from += PAGE) {
    const page = await getJson<CellPage>(`/jobs/${id}/cells?from=${from}&limit=${PAGE}`);
    newest = page.newest;
    codes.push(...page.cells.filter(({ status }) => status === 'ok').map(({ code }) => code));
  }
  return codes;
}

/** As the session was asked for; values of its variables are stored nowhere. */
function begin({ request }: JobDetails, session: string, code: string): Promise<CellView> {
  return postJson<CellView>('/sessions', {
    session,
    code,
    restart: true,
    directory: request.directory,
    dependencies: request.dependencies,
    ...(request.python_version === null ? {} : { python_version: request.python_version }),
    ...(request.memory_limit_mb === null ? {} : { memory_limit_mb: request.memory_limit_mb }),
  });
}
