/** Standard input of an interactive job. */
import { useRef } from 'preact/hooks';
import { useAction } from '../kit/action.ts';
import { postJson } from '../api/api.ts';
import { plain } from '../kit/format.ts';
import { Problem } from '../kit/notice.tsx';

interface StdinProps {
  id: string;
  /** What the script asks, while it waits. */
  asked: string | undefined;
}

export function StdinBox({ id, asked }: StdinProps) {
  const box = useRef<HTMLInputElement>(null);
  const send = async (body: { text: string; close?: boolean }): Promise<void> => {
    await postJson(`/jobs/${id}/input`, body);
    if (box.current) box.current.value = '';
    box.current?.focus();
  };
  const line = useAction(() => send({ text: `${box.current?.value ?? ''}\n` }));
  const close = useAction(() => send({ text: box.current?.value ?? '', close: true }));
  const error = line.error ?? close.error;
  const submit = (event: Event): void => {
    event.preventDefault();
    line.run();
  };
  return (
    <form class="stdin-box" onSubmit={submit}>
      <label for="stdin">
        Standard input
        {asked !== undefined && (
          <>
            {' – it waits: '}
            <bdi>{plain(asked)}</bdi>
          </>
        )}
      </label>
      <input ref={box} id="stdin" autocomplete="off" spellcheck={false} />
      <button class="primary" disabled={line.busy}>
        Send line
      </button>
      <button type="button" disabled={close.busy} onClick={close.run}>
        End of input
      </button>
      {error && <Problem text={error} />}
    </form>
  );
}
