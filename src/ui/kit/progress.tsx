/** How far a job is, as it says itself. */
import type { JobItem, Progress } from '../api/api-types.ts';
import { count, duration, plain } from './format.ts';

export function ProgressBar({ job }: { job: JobItem }) {
  const { progress } = job;
  if (!progress || job.phase === 'ended') return null;
  const known = progress.percent !== null;
  return (
    <span class="progress">
      <progress
        aria-label={`Progress of ${plain(job.label)}`}
        max="100"
        {...(known ? { value: progress.percent ?? 0 } : {})}
      />
      <span class="progress-text">{progressText(progress)}</span>
    </span>
  );
}

function progressText({ percent, current, total, message, eta_seconds: eta }: Progress): string {
  const parts = [
    percent === null ? null : `${Math.floor(percent)}%`,
    current !== null && total !== null ? `${count(current)}/${count(total)}` : null,
    message === null ? null : plain(message),
    eta === null ? null : `${duration(eta)} left`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
