/** What can be done with a job. */
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { announce } from '../kit/announce.tsx';
import { postJson } from '../api/api.ts';
import type { Cancelled, JobDetails, JobView } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';
import { RerunDialog } from './rerun-dialog.tsx';
import { go, jobRoute } from '../frame/router.ts';
import { isLive } from '../kit/job-state.tsx';

export function JobActions({ job }: { job: JobDetails }) {
  return isLive(job) ? <CancelButton job={job} /> : <RerunButton job={job} />;
}

function CancelButton({ job }: { job: JobDetails }) {
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
        {busy ? 'Cancelling…' : 'Cancel'}
      </button>
      {error && <Problem text={error} />}
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">Cancel this job?</h2>
        <p>
          <bdi>{plain(job.label)}</bdi> and every process it started are ended. Its output is kept.
        </p>
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Let it run
          </button>
          <button type="button" class="danger" onClick={run}>
            Cancel the job
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
