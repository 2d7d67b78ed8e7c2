/** What can be done with a job. */
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { announce } from '../kit/announce.tsx';
import { postJson } from '../api/api.ts';
import type { Cancelled, JobDetails, JobView } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';
import { RunAllButton } from '../session/run-all.tsx';
import { RerunDialog } from './rerun-dialog.tsx';
import { go, hrefOf, jobRoute } from '../frame/router.ts';
import { StackButton } from './stack-button.tsx';
import { isLive } from '../kit/job-state.tsx';

export function JobActions({ job }: { job: JobDetails }) {
  return (
    <>
      {job.phase === 'running' && <StackButton id={job.id} />}
      {job.session && <RunAllButton job={job} session={job.session} />}
      {!job.session && (
        <a class="button" href={hrefOf({ page: 'run', again: job.id })}>
          Run with changes
        </a>
      )}
      {isLive(job) && <CancelButton job={job} />}
      {!isLive(job) && !job.session && <RerunButton job={job} />}
    </>
  );
}

const OF_A_JOB = {
  button: 'Cancel',
  busy: 'Cancelling…',
  question: 'Cancel this job?',
  answer: 'Cancel the job',
  kept: 'Its output is kept.',
};
const OF_A_SESSION = {
  button: 'End session',
  busy: 'Ending…',
  question: 'End this session?',
  answer: 'End the session',
  kept: 'Its variables are lost; its cells and their output are kept.',
};

function CancelButton({ job }: { job: JobDetails }) {
  const words = job.session ? OF_A_SESSION : OF_A_JOB;
  const dialog = useRef<HTMLDialogElement>(null);
  const { busy, error, run } = useAction(async () => {
    dialog.current?.close();
    const reply = await postJson<Cancelled>(`/jobs/${job.id}/cancel`);
    announce(reply.message);
  });
  return (
    <>
      <button
        type="button"
        class="danger"
        disabled={busy}
        onClick={() => dialog.current?.showModal()}
      >
        {busy ? words.busy : words.button}
      </button>
      {error && <Problem text={error} />}
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">{words.question}</h2>
        <p>
          <bdi>{plain(job.label)}</bdi> and every process it started are ended. {words.kept}
        </p>
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Let it run
          </button>
          <button type="button" class="danger" onClick={run}>
            {words.answer}
          </button>
        </div>
      </dialog>
    </>
  );
}

function RerunButton({ job }: { job: JobDetails }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { env_names: names, has_stdin: hasStdin } = job.request;
  const asks = names.length > 0 || hasStdin;
  const { busy, error, run } = useAction(async () => {
    const reply = await postJson<{ job: JobView }>(`/jobs/${job.id}/rerun`);
    go(jobRoute(reply.job.id));
  });
  return (
    <>
      <button
        type="button"
        disabled={busy}
        onClick={() => (asks ? dialog.current?.showModal() : run())}
      >
        Run again
      </button>
      {error && <Problem text={error} />}
      {asks && <RerunDialog job={job} dialog={dialog} />}
    </>
  );
}
