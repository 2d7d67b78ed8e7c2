/** Saved scripts, and a form to run them or new code. */
import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf } from '../api/api.ts';
import type { ScriptInfo, ScriptText } from '../api/api-types.ts';
import { ago, plain } from '../kit/format.ts';
import { Loading, Notice, Problem } from '../kit/notice.tsx';
import { hrefOf } from '../frame/router.ts';
import { RunForm } from './run-form.tsx';
import { CodeText } from '../job/source.tsx';

/** @param name of the one that is open; "new" code has none */
export function ScriptsPage({ name }: { name: string | null }) {
  const { scripts, error, retry } = useScripts();
  useEffect(() => {
    document.title = 'Scripts · python-mcp';
  }, []);
  const chosen = scripts?.find((script) => script.name === name) ?? null;
  return (
    <main class="page scripts-page" id="main" tabIndex={-1}>
      <section class="script-list" aria-label="Saved scripts">
        <h1>Scripts</h1>
        {error && <Problem text={error} retry={retry} />}
        {!scripts && !error && <Loading what="scripts" />}
        {scripts && <ScriptLinks scripts={scripts} chosen={name} />}
      </section>
      {name === null ? (
        <RunForm key="new" script={null} draft="new" />
      ) : (
        chosen && <SavedScript key={name} script={chosen} />
      )}
      {scripts && name !== null && !chosen && (
        <Notice title={`There is no script ${plain(name)}`} />
      )}
    </main>
  );
}

function ScriptLinks({ scripts, chosen }: { scripts: ScriptInfo[]; chosen: string | null }) {
  const now = Date.now();
  return (
    <ul>
      <li>
        <a
          href={hrefOf({ page: 'scripts', name: null })}
          aria-current={chosen === null ? 'true' : undefined}
        >
          New code
          <span class="note">Run something without saving it</span>
        </a>
      </li>
      {scripts.map((script) => (
        <li key={script.name}>
          <a
            href={hrefOf({ page: 'scripts', name: script.name })}
            aria-current={chosen === script.name ? 'true' : undefined}
          >
            <bdi>{plain(script.name)}</bdi>
            <span class="note">
              {plain(script.problem ?? script.description ?? '') || ago(script.modified_at, now)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function SavedScript({ script }: { script: ScriptInfo }) {
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    getJson<ScriptText>(`/scripts/${encodeURIComponent(script.name)}`).then(
      (reply) => setText(reply.source),
      (reason: unknown) => setError(messageOf(reason)),
    );
  }, [script.name]);
  return (
    <>
      <RunForm script={script} draft={`script ${script.name}`} />
      <section class="panel script-code" aria-label="Code of the script">
        <h2>
          Code <code class="count">{plain(script.path)}</code>
        </h2>
        {error && <Problem text={error} />}
        {text === null ? <Loading what="the code" /> : <CodeText text={text} />}
      </section>
    </>
  );
}

function useScripts() {
  const [scripts, setScripts] = useState<ScriptInfo[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setError(null);
    getJson<{ scripts: ScriptInfo[] }>('/scripts').then(
      (reply) => setScripts(reply.scripts),
      (reason: unknown) => setError(messageOf(reason)),
    );
  }, [attempt]);
  return { scripts, error, retry: () => setAttempt(attempt + 1) };
}
