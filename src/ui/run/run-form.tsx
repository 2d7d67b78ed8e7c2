/** What a run can be given. */
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { postJson } from '../api/api.ts';
import type { JobView, ScriptInfo } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';
import { go, jobRoute } from '../frame/router.ts';
import { labelOf, runBody } from './run-body.ts';

export function RunForm({ script }: { script: ScriptInfo | null }) {
  const form = useRef<HTMLFormElement>(null);
  const { busy, error, run } = useAction(async () => {
    const body = runBody(new FormData(form.current ?? undefined), script);
    const { job } = await postJson<{ job: JobView }>('/jobs', body);
    go(jobRoute(job.id));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    run();
  };
  return (
    <section class="panel run-form">
      <h2>Run {script ? <bdi>{plain(script.name)}</bdi> : 'new code'}</h2>
      <form ref={form} class="fields" onSubmit={submit}>
        {!script && <CodeField />}
        <Basics label={labelOf(script)} />
        <More />
        {error && <Problem text={error} />}
        <button class="primary" disabled={busy}>
          {busy ? 'Starting…' : 'Run'}
        </button>
      </form>
    </section>
  );
}

function CodeField() {
  return (
    <label>
      Python code
      <textarea name="script_content" class="code-field" rows={12} required spellcheck={false} />
    </label>
  );
}

function Basics({ label }: { label: string }) {
  return (
    <div class="field-grid">
      <label>
        Arguments
        <textarea name="args" rows={2} spellcheck={false} placeholder="One per line" />
      </label>
      <label>
        Packages
        <textarea
          name="dependencies"
          rows={2}
          spellcheck={false}
          placeholder="One per line: numpy>=2"
        />
      </label>
      <label>
        Label
        <input name="job_label" maxLength={200} placeholder={label} />
      </label>
      <label>
        Folder to run in
        <input name="directory" spellcheck={false} placeholder="The job's own" />
      </label>
    </div>
  );
}

function More() {
  return (
    <details>
      <summary>More</summary>
      <div class="field-grid">
        <label>
          Environment variables
          <textarea
            name="env_vars"
            rows={2}
            spellcheck={false}
            placeholder="NAME=value, one per line"
          />
        </label>
        <label>
          Standard input
          <textarea name="stdin" rows={2} spellcheck={false} />
        </label>
        <label>
          Python version
          <input name="python_version" pattern="3\.[0-9]{1,2}" placeholder="3.12" />
        </label>
        <label>
          Time limit in seconds
          <input name="timeout_seconds" type="number" min="0" />
        </label>
        <label>
          Memory limit in MB
          <input name="memory_limit_mb" type="number" min="16" />
        </label>
        <label class="check">
          <input name="interactive" type="checkbox" /> Leave standard input open, to type while it
          runs
        </label>
      </div>
    </details>
  );
}
