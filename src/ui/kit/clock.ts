/** The time of day, for what counts by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { JobItem } from '../api/api-types.ts';

const TICK_MS = 1_000;

/** Moves once a second while `active` and someone looks. */
export function useNow(active: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!active) return;
    setNow(Date.now());
    const timer = setInterval(() => document.hidden || setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}

/** Of the script, in seconds. */
export function elapsedOf(job: JobItem, now: number): number {
  if (job.started_at === null || job.completed_at !== null) return job.elapsed_seconds;
  return Math.max(0, (now - Date.parse(job.started_at)) / 1000);
}
