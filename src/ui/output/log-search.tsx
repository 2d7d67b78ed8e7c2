/** Search in the whole output of a job. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';
import type { Match } from '../api/api-types.ts';
import { bytes, count, plain } from '../kit/format.ts';
import type { OutputController } from './output-controller.ts';
import { searchStream, streamsOf } from './search-output.ts';

const MOST_MATCHES = 100;

interface SearchProps {
  id: string;
  controller: OutputController;
  box: RefObject<HTMLInputElement | null>;
}

type Found = { matches: Match[]; more: boolean } | { error: string } | 'searching' | null;

export function LogSearch({ id, controller, box }: SearchProps) {
  const { found, search, clear } = useLogSearch(id, controller);
  const [regex, setRegex] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    search(box.current?.value ?? '', regex);
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (box.current) box.current.value = '';
    box.current?.blur();
    clear();
  };
  return (
    <search class="log-search">
      <form onSubmit={submit}>
        <input
          ref={box}
          type="search"
          aria-label="Search in the whole output"
          placeholder="Search output  ( / )"
          autocomplete="off"
          spellcheck={false}
          maxLength={1000}
          onKeyDown={leave}
        />
        <label class="check" title="Regular expression (RE2)">
          <input
            type="checkbox"
            checked={regex}
            onChange={(event) => setRegex(event.currentTarget.checked)}
          />
          Regex
        </label>
      </form>
      {found && <Results found={found} controller={controller} close={clear} />}
    </search>
  );
}

interface ResultsProps {
  found: NonNullable<Found>;
  controller: OutputController;
  close: () => void;
}

function Results({ found, controller, close }: ResultsProps) {
  return (
    <div class="search-results">
      <p role="status">
        {summary(found)}
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </p>
      {typeof found === 'object' && 'matches' in found && (
        <ol>
          {found.matches.map((match) => (
            <li key={`${match.stream}${match.offset}`}>
              <button
                type="button"
                onClick={() => void controller.showAt(match.stream, match.line_offset, true)}
              >
                <span class="match-place">
                  {match.stream} {bytes(match.line_offset)}
                </span>
                <code>
                  <bdi>{plain(match.line)}</bdi>
                </code>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function summary(found: NonNullable<Found>): string {
  if (found === 'searching') return 'Searching…';
  if ('error' in found) return found.error;
  const { length } = found.matches;
  if (length === 0) return 'Nothing found.';
  return `${found.more ? 'First ' : ''}${count(length)} ${length === 1 ? 'match' : 'matches'}`;
}

function useLogSearch(id: string, controller: OutputController) {
  const [found, setFound] = useState<Found>(null);
  const running = useRef(new AbortController());
  useEffect(() => () => running.current.abort(), []);
  const clear = (): void => {
    running.current.abort();
    setFound(null);
  };
  const search = (text: string, regex: boolean): void => {
    clear();
    if (!text) return;
    const { signal } = (running.current = new AbortController());
    setFound('searching');
    searchAll(id, controller, { text, regex, limit: MOST_MATCHES }, signal).then(
      (result) => signal.aborted || setFound(result),
      (error: unknown) => signal.aborted || setFound({ error: messageOf(error) }),
    );
  };
  return { found, search, clear };
}

async function searchAll(
  id: string,
  controller: OutputController,
  options: { text: string; regex: boolean; limit: number },
  signal: AbortSignal,
): Promise<{ matches: Match[]; more: boolean }> {
  const matches: Match[] = [];
  let more = false;
  for (const stream of streamsOf(controller.state.value.view)) {
    const result = await searchStream(id, stream, 0, options, signal);
    matches.push(...result.matches);
    more ||= result.next !== null;
  }
  return { matches, more };
}
