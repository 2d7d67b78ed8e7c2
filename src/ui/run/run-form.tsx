/** What a run can be given. */
import { useRef, useState } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { postJson } from '../api/api.ts';
import type { JobView, ScriptInfo } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';
import { go, jobRoute } from '../frame/router.ts';
import { draftOf, dropDraft, keepDraft } from './draft.ts';
import { labelOf, runBody } from './run-body.ts';
import { EMPTY, type Start } from './run-values.ts';

interface FormProps {
  script: ScriptInfo | null;
  start?: Start;
  /** Under which name what is typed is kept. */
  draft: string;
}

interface FieldsProps {
  /** What the fields begin with. */
  values: Record<string, string>;
}

export function RunForm({ script, start = EMPTY, draft }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [kept, setKept] = useState(() => draftOf(draft));
  const values = { ...start.fields, ...kept };
  const entered = (): FormData => new FormData(form.current ?? undefined);
  const { busy, error, run } = useAction(async () => {
    const body = runBody(entered(), script, start.carried);
    const { job } = await postJson<{ job: JobView }>('/jobs', body);
    dropDraft(draft);
    go(jobRoute(job.id));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    run();
  };
  const discard = (): void => {
    dropDraft(draft);
    setKept(null);
  };
  return (
    <section class="panel run-form">
      <h2>{titleOf(script, start)}</h2>
      {kept && (
        <p class="note">
          This is what was typed here before.{' '}
          <button type="button" class="quiet" onClick={discard}>
            Begin anew
          </button>
        </p>
      )}
      <form
        key={kept ? 'draft' : 'start'}
        ref={form}
        class="fields"
        onSubmit={submit}
        onInput={() => keepDraft(draft, entered())}
      >
        {!script && <Program values={values} carried={start.carried} />}
        <Basics values={values} label={labelOf(script)} />
        <More values={values} asks={start.asks} />
        {error && <Problem text={error} />}
        <button class="primary" disabled={busy}>
          {busy ? 'Starting…' : 'Run'}
        </button>
      </form>
    </section>
  );
}

function titleOf(script: ScriptInfo | null, { fields }: Start) {
  const name = script?.name ?? fields['job_label'];
  if (name === undefined) return 'Run new code';
  return (
    <>
      Run <bdi>{plain(name)}</bdi>
      {!script && ' again, with changes'}
    </>
  );
}

/** Code, or a file; a module and a command stay what they were. */
function Program({ values, carried }: FieldsProps & { carried: Record<string, unknown> }) {
  const { module, command } = carried;
  if (module || command) {
    const program = Array.isArray(command) ? command.join(' ') : `python -m ${String(module)}`;
    return <code>{plain(program)}</code>;
  }
  return (
    <>
      {!values['script_path'] && (
        <label>
          Python code
          <textarea
            name="script_content"
            class="code-field"
            rows={12}
            spellcheck={false}
            defaultValue={values['script_content'] ?? ''}
          />
        </label>
      )}
      <label>
        {values['script_path'] ? 'Script' : 'Or a file'}
        <input
          name="script_path"
          spellcheck={false}
          placeholder="/path/of/a/script.py"
          defaultValue={values['script_path'] ?? ''}
        />
      </label>
    </>
  );
}

function Basics({ values, label }: FieldsProps & { label: string }) {
  return (
    <div class="field-grid">
      <label>
        Arguments
        <textarea
          name="args"
          rows={2}
          spellcheck={false}
          placeholder="One per line"
          defaultValue={values['args'] ?? ''}
        />
      </label>
      <label>
        Packages
        <textarea
          name="dependencies"
          rows={2}
          spellcheck={false}
          placeholder="One per line: numpy>=2"
          defaultValue={values['dependencies'] ?? ''}
        />
      </label>
      <label>
        Label
        <input
          name="job_label"
          maxLength={200}
          placeholder={label}
          defaultValue={values['job_label'] ?? ''}
        />
      </label>
      <label>
        Folder to run in
        <input
          name="directory"
          spellcheck={false}
          placeholder="The job's own"
          defaultValue={values['directory'] ?? ''}
        />
      </label>
    </div>
  );
}

function More({ values, asks }: FieldsProps & { asks: boolean }) {
  return (
    <details open={asks}>
      <summary>More</summary>
      {asks && (
        <p class="note">
          Values of variables and standard input are never stored: give them again.
        </p>
      )}
      <div class="field-grid">
        <label>
          Environment variables
          <textarea
            name="env_vars"
            rows={2}
            spellcheck={false}
            placeholder="NAME=value, one per line"
            defaultValue={values['env_vars'] ?? ''}
          />
        </label>
        <label>
          Standard input
          <textarea name="stdin" rows={2} spellcheck={false} />
        </label>
        <Limits values={values} />
      </div>
    </details>
  );
}

function Limits({ values }: FieldsProps) {
  return (
    <>
      <label>
        Python version
        <input
          name="python_version"
          pattern="3\.[0-9]{1,2}"
          placeholder="3.12"
          defaultValue={values['python_version'] ?? ''}
        />
      </label>
      <label>
        Time limit in seconds
        <input
          name="timeout_seconds"
          type="number"
          min="0"
          defaultValue={values['timeout_seconds'] ?? ''}
        />
      </label>
      <label>
        Memory limit in MB
        <input
          name="memory_limit_mb"
          type="number"
          min="16"
          defaultValue={values['memory_limit_mb'] ?? ''}
        />
      </label>
      <label class="check">
        <input name="interactive" type="checkbox" defaultChecked={Boolean(values['interactive'])} />{' '}
        Leave standard input open, to type while it runs
      </label>
    </>
  );
}
