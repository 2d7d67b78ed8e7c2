/** What can be done with several jobs at once. */
import { useRef, useState } from 'preact/hooks';
import { messageOf, postJson, request } from '../api/api.ts';
import type { JobItem } from '../api/api-types.ts';
import { announce } from '../kit/announce.tsx';
import { count } from '../kit/format.ts';
import { isLive } from '../kit/job-state.tsx';
import { Problem } from '../kit/notice.tsx';

interface Deed {
  name: string;
  /** What is asked before it is done; null: nothing is lost by it. */
  question: ((jobs: string) => string) | null;
  done: string;
  fits: (job: JobItem) => boolean;
  act: (id: string) => Promise<unknown>;
}

const DEEDS: Deed[] = [
  {
    name: 'Cancel',
    question: (jobs) => `${jobs} and every process they started are ended. Their output is kept.`,
    done: 'cancelled',
    fits: isLive,
    act: (id) => postJson(`/jobs/${id}/cancel`),
  },
  {
    name: 'Run again',
    question: null,
    done: 'started again',
    fits: (job) => !isLive(job),
    act: (id) => postJson(`/jobs/${id}/rerun`),
  },
  {
    name: 'Delete',
    question: (jobs) =>
      `${jobs} are removed with their output and files. Nothing brings them back.`,
    done: 'deleted',
    fits: (job) => !isLive(job),
    act: (id) => request(`/jobs/${id}`, { method: 'DELETE' }),
  },
];

interface SelectionProps {
  jobs: JobItem[];
  clear: () => void;
}

export function Selection({ jobs, clear }: SelectionProps) {
  const { busy, error, run } = useDeed(clear);
  if (jobs.length === 0 && !error) return null;
  return (
    <div class="selection" role="group" aria-label="Selected jobs">
      {error && <Problem text={error} />}
      {jobs.length > 0 && <strong>{count(jobs.length)} selected</strong>}
      {DEEDS.map((deed) => (
        <DeedButton key={deed.name} deed={deed} jobs={jobs} busy={busy} run={run} />
      ))}
      <button type="button" class="quiet" onClick={clear}>
        Clear <kbd>Esc</kbd>
      </button>
    </div>
  );
}

interface DeedProps {
  deed: Deed;
  jobs: JobItem[];
  busy: boolean;
  run: (deed: Deed, jobs: JobItem[]) => void;
}

/** Does it to those of the selected jobs to which it can be done. */
function DeedButton({ deed, jobs, busy, run }: DeedProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { name, question } = deed;
  const fitting = jobs.filter(deed.fits);
  if (fitting.length === 0) return null;
  const label = `${name} ${jobsText(fitting.length)}`;
  const agree = (): void => {
    dialog.current?.close();
    run(deed, fitting);
  };
  return (
    <>
      <button
        type="button"
        class={question ? 'danger' : ''}
        disabled={busy}
        onClick={() => (question ? dialog.current?.showModal() : agree())}
      >
        {label}
      </button>
      {question && (
        <dialog ref={dialog} aria-label={`${label}?`}>
          <h2>{label}?</h2>
          <p>{question(jobsText(fitting.length))}</p>
          <div class="dialog-buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Leave them
            </button>
            <button type="button" class="danger" onClick={agree}>
              {label}
            </button>
          </div>
        </dialog>
      )}
    </>
  );
}

function jobsText(number: number): string {
  return `${count(number)} ${number === 1 ? 'job' : 'jobs'}`;
}

/** One after the other; what one refuses is told, and holds up none of the others. */
function useDeed(clear: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const run = async ({ act, done }: Deed, jobs: JobItem[]): Promise<void> => {
    setBusy(true);
    setError(null);
    const refusals: string[] = [];
    for (const { id, label } of jobs) {
      await act(id).catch((reason: unknown) => refusals.push(`${label}: ${messageOf(reason)}`));
    }
    setBusy(false);
    announce(`${jobsText(jobs.length - refusals.length)} ${done}.`);
    if (refusals.length > 0) setError(`Not ${done}: ${refusals.join(' ')}`);
    else clear();
  };
  return { busy, error, run: (deed: Deed, jobs: JobItem[]) => void run(deed, jobs) };
}
