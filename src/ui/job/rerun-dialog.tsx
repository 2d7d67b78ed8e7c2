/** Values that nobody stored have to be given again. */
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { postJson } from '../api/api.ts';
import type { JobDetails, JobView } from '../api/api-types.ts';
import { Problem } from '../kit/notice.tsx';
import { go, jobRoute } from '../frame/router.ts';

interface RerunProps {
  job: JobDetails;
  dialog: RefObject<HTMLDialogElement | null>;
}

export function RerunDialog({ job, dialog }: RerunProps) {
  const form = useRef<HTMLFormElement>(null);
  const { env_names: names, has_stdin: hasStdin } = job.request;
  const { busy, error, run } = useAction(async () => {
    const values = new FormData(form.current ?? undefined);
    const env = names.map((name) => [name, textIn(values, `env ${name}`)]);
    const reply = await postJson<{ job: JobView }>(`/jobs/${job.id}/rerun`, {
      ...(names.length > 0 ? { env_vars: Object.fromEntries(env) } : {}),
      ...(hasStdin ? { stdin: textIn(values, 'stdin') } : {}),
    });
    dialog.current?.close();
    go(jobRoute(reply.job.id));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    run();
  };
  return (
    <dialog ref={dialog} aria-labelledby="rerun-title">
      <h2 id="rerun-title">Run again</h2>
      <p>These values are never stored. Give them again.</p>
      <form ref={form} class="fields" onSubmit={submit}>
        {names.map((name) => (
          <label key={name}>
            <code>{name}</code>
            <input name={`env ${name}`} autocomplete="off" />
          </label>
        ))}
        {hasStdin && (
          <label>
            Standard input
            <textarea name="stdin" rows={4} />
          </label>
        )}
        {error && <Problem text={error} />}
        <div class="dialog-buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
          <button class="primary" disabled={busy}>
            Run again
          </button>
        </div>
      </form>
    </dialog>
  );
}

function textIn(values: FormData, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value : '';
}
