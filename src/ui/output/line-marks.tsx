/** Beside each line of the terminal: its number, the stream it is of, and whether it tells of an error. */
import { useEffect, useState } from 'preact/hooks';
import type { Line } from '../lines/line-ledger.ts';
import type { FirstLines } from '../lines/line-index.ts';
import { hrefOf, jobRoute, type LineRef } from '../frame/router.ts';
import { useStore } from '../api/store.ts';
import type { Opened } from './output-controller.ts';
import type { ShownRow } from './output-screen.ts';

interface MarksProps {
  id: string;
  opened: Opened;
  /** The line that the address names. */
  here: LineRef | null;
  pick: (line: LineRef) => void;
}

export function LineMarks({ id, opened, here, pick }: MarksProps) {
  const { rows, height } = useRows(opened);
  const { firstLines } = useStore(opened.controller.state);
  return (
    <div class="line-marks" aria-hidden="true">
      {rows.map(({ line, isFirst }, place) => {
        const ref = line && refOf(line, firstLines);
        const isHere = ref !== null && ref.stream === here?.stream && ref.number === here.number;
        return (
          <div key={place} class={classOf(line, isHere)} style={{ height: `${height}px` }}>
            {isFirst && ref ? <LineLink id={id} line={ref} pick={pick} /> : <span />}
          </div>
        );
      })}
    </div>
  );
}

function LineLink({ id, line, pick }: { id: string; line: LineRef; pick: MarksProps['pick'] }) {
  const choose = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey) return; // opens a tab, as of any link
    event.preventDefault();
    pick(line);
  };
  return (
    <a
      href={hrefOf(jobRoute(id, line))}
      tabIndex={-1}
      title={`Line ${line.number} of ${line.stream}: its address`}
      onClick={choose}
    >
      {line.number}
    </a>
  );
}

function refOf({ stream, before, isBehindGap }: Line, firstLines: FirstLines): LineRef | null {
  const first = firstLines[stream];
  return first === null || isBehindGap ? null : { stream, number: first + before };
}

function classOf(line: Line | null, isHere: boolean): string {
  const marks = line ? ` is-${line.stream} is-${line.kind}` : '';
  return `line-mark${marks}${isHere ? ' is-here' : ''}`;
}

function useRows({ terminal, controller }: Opened): { rows: ShownRow[]; height: number } {
  const [shown, setShown] = useState<{ rows: ShownRow[]; height: number }>({ rows: [], height: 0 });
  useEffect(() => {
    const look = (): void =>
      setShown({ rows: controller.rowsInSight(), height: terminal.rowHeight });
    look();
    return terminal.onDrawn(look);
  }, [terminal, controller]);
  return shown;
}
