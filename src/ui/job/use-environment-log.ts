/** What building the environment of a job says: live by its events, of a failed build by asking. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { getJson, query } from '../api/api.ts';
import type { EnvironmentEvent, JobDetails, StreamPage } from '../api/api-types.ts';
import { neverStarted } from '../kit/job-state.tsx';

const MOST_CHARACTERS = 65_536;
const NOTHING = { text: '', next: 0 };

export function useEnvironmentLog(job: JobDetails | null) {
  const [log, setLog] = useState(NOTHING);
  const takeEnvironment = useCallback(
    (said: EnvironmentEvent) => setLog((before) => added(before, said)),
    [],
  );
  const id = job && neverStarted(job) ? job.id : null;
  useEffect(() => {
    if (id === null) return;
    const controller = new AbortController();
    const values = query({ stream: 'environment', tail: 1, max: MOST_CHARACTERS });
    getJson<StreamPage>(`/jobs/${encodeURIComponent(id)}/output${values}`, controller.signal).then(
      (page) => setLog(added(NOTHING, page)),
      () => {}, // what the events said stays
    );
    return () => controller.abort();
  }, [id]);
  return { environmentLog: log.text, takeEnvironment };
}

/** A new connection tells it from its beginning. */
function added(before: typeof NOTHING, { from, next, text = '' }: EnvironmentEvent) {
  const whole = from === before.next ? before.text + text : text;
  return { text: whole.slice(-MOST_CHARACTERS), next };
}
