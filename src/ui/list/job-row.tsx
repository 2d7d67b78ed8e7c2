/** One job of the list. */
import type { JobItem } from '../api/api-types.ts';
import { elapsedOf } from '../kit/clock.ts';
import { ago, bytes, clock, duration, plain } from '../kit/format.ts';
import { ProgressBar } from '../kit/progress.tsx';
import { hrefOf, jobRoute } from '../frame/router.ts';
import { isLive, StateIcon, stateWord } from '../kit/job-state.tsx';

interface RowProps {
  job: JobItem;
  now: number;
  isSelected: boolean;
  select: (selected: boolean) => void;
}

export function JobRow({ job, now, isSelected, select }: RowProps) {
  const size = job.stdout_bytes + job.stderr_bytes;
  return (
    <li class={`job-row is-${job.status}${isSelected ? ' is-selected' : ''}`} data-id={job.id}>
      <input
        type="checkbox"
        aria-label={`Select ${plain(job.label)}`}
        checked={isSelected}
        onChange={(event) => select(event.currentTarget.checked)}
      />
      <span class="job-state">
        <StateIcon status={job.status} />
        <span>{stateWord(job)}</span>
      </span>
      <span class="job-name">
        <a href={hrefOf(jobRoute(job.id))}>
          <bdi>{plain(job.label) || job.id}</bdi>
        </a>
        <ProgressBar job={job} />
        {job.error && !isLive(job) && <span class="job-error">{plain(job.error)}</span>}
        {job.waits_for && <span class="job-error">waits for {plain(job.waits_for)}</span>}
        {'result_value' in job && (
          <code class="job-result">{plain(JSON.stringify(job.result_value))}</code>
        )}
      </span>
      <span class="job-tool" title={plain(job.tool)}>
        {plain(job.tool)}
      </span>
      <span class="job-client" title={plain(job.client ?? 'Client not recorded')}>
        <bdi>{plain(job.client ?? '–')}</bdi>
      </span>
      <span class="job-size" title="Size of its output">
        {bytes(size)}
      </span>
      <span class="job-duration" title="Duration">
        {job.started_at === null ? '–' : duration(elapsedOf(job, now))}
      </span>
      <time class="job-time" dateTime={job.created_at} title={clock(job.created_at)}>
        {ago(job.created_at, now)}
      </time>
    </li>
  );
}
