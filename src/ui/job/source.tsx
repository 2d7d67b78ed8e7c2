/** The text of the script, when asked for. */
import { useEffect, useState } from 'preact/hooks';
import { getJson, messageOf } from '../api/api.ts';
import type { Source as SourceText } from '../api/api-types.ts';
import { forTerminal } from '../kit/format.ts';
import { Section } from '../kit/section.tsx';
import { Loading, Problem } from '../kit/notice.tsx';

export function Source({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title="Script">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Show the code</summary>
        {open && <Code id={id} />}
      </details>
    </Section>
  );
}

function Code({ id }: { id: string }) {
  const [text, setText] = useState<SourceText | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    getJson<SourceText>(`/jobs/${id}/source`, controller.signal).then(
      setText,
      (reason: unknown) => controller.signal.aborted || setError(messageOf(reason)),
    );
    return () => controller.abort();
  }, [id]);
  if (error) return <Problem text={error} />;
  if (!text) return <Loading what="the code" />;
  return <CodeText text={text.source ?? 'The file is not there any more.'} />;
}

/** Can be scrolled with the keyboard. */
export function CodeText({ text }: { text: string }) {
  return (
    <pre class="code" tabIndex={0} role="region" aria-label="Code">
      {forTerminal(text)}
    </pre>
  );
}
