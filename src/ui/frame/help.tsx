/** What the keys do. */
import { useRef } from 'preact/hooks';
import { useKeys } from '../kit/keyboard.ts';

const KEYS: [keys: string, meaning: string][] = [
  ['j  k', 'Next and previous job'],
  ['Enter', 'Open the job'],
  ['x', 'Select the job, or not'],
  ['/', 'Search: jobs in the list, output on the page of a job'],
  ['Esc', 'Leave the search or the selection; back to the list'],
  ['g  G', 'Start and end of the output'],
  ['e  E', 'Next and previous error in the output'],
  ['w', 'Wrap long lines, or not'],
  ['f', 'Follow the output, or stop following'],
  ['?', 'This help'],
];

export function HelpButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  useKeys({ '?': () => dialog.current?.showModal() });
  return (
    <>
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        <span aria-hidden="true">?</span>
        <span class="unseen">Keyboard help</span>
      </button>
      <dialog ref={dialog} aria-labelledby="help-title">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {KEYS.map(([keys, meaning]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}
