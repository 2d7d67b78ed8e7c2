/** The page of one job. */
import { useEffect } from 'preact/hooks';
import type { JobDetails } from '../api/api-types.ts';
import { Artifacts } from './artifacts.tsx';
import { useNow } from '../kit/clock.ts';
import { plain } from '../kit/format.ts';
import { EnvironmentLog, waitsForScript } from './environment-log.tsx';
import { JobActions } from './job-actions.tsx';
import { JobHeader } from './job-header.tsx';
import { Environment, Request, Result, Timeline } from './job-details.tsx';
import { useKeys } from '../kit/keyboard.ts';
import { Loading, Problem } from '../kit/notice.tsx';
import { OutputPanel } from '../output/output-panel.tsx';
import { lastList } from '../frame/list-place.ts';
import type { LineRef } from '../frame/router.ts';
import { Source } from './source.tsx';
import { isLive } from '../kit/job-state.tsx';
import { SessionPanel } from '../session/session-panel.tsx';
import { Variables } from '../session/variables.tsx';
import { StdinBox } from './stdin-box.tsx';
import { UsageChart } from './usage-chart.tsx';
import { type LiveJob, useJob } from './use-job.ts';

export function JobPage({ id, line }: { id: string; line: LineRef | null }) {
  const live = useJob(id);
  const { job, error, reload } = live;
  useKeys({ Escape: () => (location.hash = lastList()) });
  useTitle(job);
  return (
    <main class="page job-page" id="main" tabIndex={-1}>
      {error && <Problem text={error} retry={reload} />}
      {!job && !error && <Loading what="the job" />}
      {job && <Loaded live={live} job={job} line={line} />}
    </main>
  );
}

interface LoadedProps {
  live: LiveJob;
  job: JobDetails;
  line: LineRef | null;
}

function Loaded({ live, job, line }: LoadedProps) {
  const now = useNow(isLive(job));
  return (
    <>
      <JobHeader job={job} now={now}>
        <JobActions job={job} />
      </JobHeader>
      <div class="job-columns">
        <div class="job-main">
          {job.session ? (
            <SessionPlace job={job} live={live} now={now} />
          ) : (
            <OutputPlace job={job} live={live} line={line} now={now} />
          )}
          {asksForInput(job) && <StdinBox id={job.id} asked={job.waiting_for_input} />}
        </div>
        <aside class="job-side" aria-label="About the job">
          {job.session && <Variables session={job.session} />}
          <Result job={job} />
          {job.phase === 'running' && <UsageChart id={job.id} />}
          <Artifacts job={job} />
          <Timeline job={job} />
          <Environment job={job} />
          <Request job={job} />
          <Source id={job.id} />
        </aside>
      </div>
    </>
  );
}

function asksForInput({ request, session, phase }: JobDetails): boolean {
  if (session) return session.state === 'waiting_for_input';
  return request.interactive && phase !== 'ended';
}

function SessionPlace({ job, live, now }: Omit<LoadedProps, 'line'> & { now: number }) {
  const { environmentLog: log } = live;
  return (
    <>
      {waitsForScript(job, log) && <EnvironmentLog job={job} text={log} now={now} />}
      <SessionPanel job={job} events={live} />
    </>
  );
}

/** The terminal is there, with its size, and waits; what is before it goes by itself. */
function OutputPlace({ job, live, line, now }: LoadedProps & { now: number }) {
  const { environmentLog: log } = live;
  const covered = waitsForScript(job, log);
  return (
    <div class={`output-place${covered ? ' is-covered' : ''}`}>
      {covered && <EnvironmentLog job={job} text={log} now={now} />}
      <OutputPanel job={job} live={live} line={line} />
    </div>
  );
}

const MARKS = { pending: '…', running: '▶', completed: '✓', failed: '✗', cancelled: '–' };

/** The tab of the browser shows how it stands. */
function useTitle(job: JobDetails | null): void {
  const title = job ? `${MARKS[job.status]} ${plain(job.label)} · python-mcp` : 'python-mcp';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
