/** Where the Python code of a running job is, when somebody asks. */
import { useRef, useState } from 'preact/hooks';
import { getJson } from '../api/api.ts';
import type { Stack } from '../api/api-types.ts';
import { useAction } from '../kit/action.ts';
import { forTerminal } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';

export function StackButton({ id }: { id: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [stack, setStack] = useState('');
  const { busy, error, run } = useAction(async () => {
    setStack((await getJson<Stack>(`/jobs/${id}/stack`)).stack);
    if (!dialog.current?.open) dialog.current?.showModal();
  });
  return (
    <>
      <button type="button" disabled={busy} onClick={run}>
        {busy ? 'Asking…' : 'Stack'}
      </button>
      {error && <Problem text={error} />}
      <dialog ref={dialog} class="viewer" aria-labelledby="stack-title">
        <h2 id="stack-title">Where its Python code is</h2>
        <pre class="code" tabIndex={0} role="region" aria-label="Stack">
          {forTerminal(stack)}
        </pre>
        <div class="dialog-buttons">
          <button type="button" disabled={busy} onClick={run}>
            {busy ? 'Asking…' : 'Look again'}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </dialog>
    </>
  );
}
