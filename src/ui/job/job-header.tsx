/** What a job is and how it stands. */
import type { ComponentChildren } from 'preact';
import type { JobDetails } from '../api/api-types.ts';
import { elapsedOf } from '../kit/clock.ts';
import { ago, clock, duration, plain } from '../kit/format.ts';
import { ProgressBar } from '../kit/progress.tsx';
import { lastList } from '../frame/list-place.ts';
import { StateIcon, stateWord } from '../kit/job-state.tsx';

interface HeaderProps {
  job: JobDetails;
  now: number;
  children: ComponentChildren;
}

export function JobHeader({ job, now, children }: HeaderProps) {
  return (
    <header class="job-header">
      <div class="job-heading">
        <a class="back" href={lastList()}>
          <span aria-hidden="true">←</span> Jobs
        </a>
        <h1>
          <bdi>{plain(job.label) || job.id}</bdi>
        </h1>
        <p class={`job-facts is-${job.status}`}>
          <span class="job-state">
            <StateIcon status={job.status} />
            <strong>{stateWord(job)}</strong>
          </span>
          {job.started_at !== null && <span>{duration(elapsedOf(job, now))}</span>}
          <span>{plain(job.tool)}</span>
          {job.client !== null && (
            <span>
              for <bdi>{plain(job.client)}</bdi>
            </span>
          )}
          <time dateTime={job.created_at} title={clock(job.created_at)}>
            {ago(job.created_at, now)}
          </time>
          <code class="job-id">{job.id}</code>
        </p>
      </div>
      <div class="job-actions">{children}</div>
      <ProgressBar job={job} />
    </header>
  );
}
