/** A new run: of code or a file, or an earlier job once more with changes. */
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';
import { hrefOf, jobRoute } from '../frame/router.ts';
import { Loading, Problem } from '../kit/notice.tsx';
import { RunForm } from './run-form.tsx';
import { EMPTY, type Start, startFrom } from './run-values.ts';

/** @param again id of the job that is run again; null for a run of its own */
export function RunPage({ again }: { again: string | null }) {
  const { start, error } = useStart(again);
  useEffect(() => {
    document.title = `${again === null ? 'New run' : 'Run again'} · python-mcp`;
  }, [again]);
  return (
    <main class="page run-page" id="main" tabIndex={-1}>
      <p>
        {again === null ? (
          <a href="#/">← Jobs</a>
        ) : (
          <a href={hrefOf(jobRoute(again))}>← The job as it was</a>
        )}
      </p>
      {error && <Problem text={error} />}
      {!start && !error && <Loading what="the job" />}
      {start && <RunForm script={null} start={start} draft={again ?? 'new'} />}
    </main>
  );
}

function useStart(again: string | null): { start: Start | null; error: string | null } {
  const [start, setStart] = useState<Start | null>(again === null ? EMPTY : null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    if (again === null) return;
    const loading = new AbortController();
    startFrom(again, loading.signal).then(
      setStart,
      (reason: unknown) => loading.signal.aborted || setError(messageOf(reason)),
    );
    return () => loading.abort();
  }, [again]);
  return { start, error };
}
