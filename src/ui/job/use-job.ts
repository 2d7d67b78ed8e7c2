/** One job: what the server knows of it, kept up to date by its events. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { announce } from '../kit/announce.tsx';
import { getJson, messageOf } from '../api/api.ts';
import type { EnvironmentEvent, JobDetails, JobItem } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { stateWord } from '../kit/job-state.tsx';
import { useStore } from '../api/store.ts';
import { token } from '../api/token.ts';
import { useEnvironmentLog } from './use-environment-log.ts';

export interface LiveJob {
  job: JobDetails | null;
  error: string | null;
  reload: () => void;
  /** Takes over what an event said. */
  update: (item: JobItem) => void;
  /** What building the environment says, as far as anybody looked at it. */
  environmentLog: string;
  takeEnvironment: (said: EnvironmentEvent) => void;
}

export function useJob(id: string): LiveJob {
  const [job, setJob] = useState<JobDetails | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const allowed = useStore(token);
  const reload = useCallback(() => setAttempt((number) => number + 1), []);
  const phase = job?.phase;
  useEffect(() => {
    const controller = new AbortController();
    getJson<{ job: JobDetails }>(`/jobs/${encodeURIComponent(id)}`, controller.signal).then(
      (reply) => {
        setJob(reply.job);
        setError(null);
      },
      (reason: unknown) => controller.signal.aborted || setError(messageOf(reason)),
    );
    return () => controller.abort();
  }, [id, attempt, allowed, phase]);
  const update = useCallback((item: JobItem) => {
    setJob((before) => before && withNews(before, item));
  }, []);
  useAnnouncedState(job);
  const environment = useEnvironmentLog(job);
  return { job, error, reload, update, ...environment };
}

/** What is not in the news is over. */
function withNews({ waiting_for_input: _over, ...before }: JobDetails, item: JobItem): JobDetails {
  return { ...before, ...item };
}

function useAnnouncedState(job: JobDetails | null): void {
  const [before, setBefore] = useState<string | null>(null);
  const word = job && stateWord(job);
  useEffect(() => {
    if (!job || word === before) return;
    if (before !== null) announce(`${plain(job.label)}: ${word}`);
    setBefore(word);
  }, [job, word, before]);
}
