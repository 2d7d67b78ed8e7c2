/** The cells of a session, whoever sends them, kept up to date by the events of its job. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { getJson, messageOf } from '../api/api.ts';
import type {
  CellPage,
  CellView,
  EnvironmentEvent,
  JobDetails,
  JobItem,
} from '../api/api-types.ts';
import type { ServerEvent } from '../api/event-stream.ts';
import { follow } from '../api/follow.ts';

const PAGE = 50;
/** What a cell prints, and what it changes, is looked at so often at most. */
const LOOK_EVERY_MS = 400;
/** The one that runs and those behind it, looked at together. */
const NEWEST = 5;

/** What else of the job is told. */
export interface JobEvents {
  reload: () => void;
  update: (item: JobItem) => void;
  takeEnvironment: (said: EnvironmentEvent) => void;
}

export interface LiveCells {
  /** In their order. */
  cells: CellView[];
  error: string | null;
  /** Takes over what a reply said. */
  put: (...cells: CellView[]) => void;
  loadEarlier: () => Promise<void>;
}

export function useCells({ id }: JobDetails, events: JobEvents): LiveCells {
  const [known, setKnown] = useState<ReadonlyMap<number, CellView>>(new Map());
  const [error, setError] = useState<string | null>(null);
  const put = useCallback((...views: CellView[]): void => {
    setKnown((before) => new Map([...before, ...views.map((view) => [view.cell, view] as const)]));
  }, []);
  useEffect(() => {
    const controller = new AbortController();
    followCells(id, put, events, controller.signal).catch(
      (reason: unknown) => controller.signal.aborted || setError(messageOf(reason)),
    );
    return () => controller.abort();
  }, [id]);
  const cells = [...known.values()].sort((a, b) => a.cell - b.cell);
  const first = cells[0]?.cell ?? 1;
  const loadEarlier = async (): Promise<void> => {
    const from = Math.max(1, first - PAGE);
    put(...(await cellsOf(id, `from=${from}&limit=${first - from}`)).cells);
  };
  return { cells, error, put, loadEarlier };
}

function cellsOf(id: string, which: string, signal?: AbortSignal): Promise<CellPage> {
  return getJson<CellPage>(`/jobs/${id}/cells?${which}`, signal);
}

async function followCells(
  id: string,
  put: LiveCells['put'],
  events: JobEvents,
  signal: AbortSignal,
): Promise<void> {
  let begun = 1;
  const look = async (): Promise<void> => {
    put(...(await cellsOf(id, `from=${begun}&limit=${NEWEST}`, signal)).cells);
    events.reload();
  };
  const soon = atMostEvery(LOOK_EVERY_MS, look, signal);
  const take = ({ event, data }: ServerEvent): boolean => {
    if (event === 'cell') {
      const { cell } = data as { cell: CellView };
      if (cell.status !== 'queued') begun = Math.max(begun, cell.cell);
      put(cell);
    }
    if (event === 'environment') events.takeEnvironment(data as EnvironmentEvent);
    if (event === 'state' || event === 'end') events.update((data as { job: JobItem }).job);
    if (event !== 'environment') soon();
    return event === 'end' || event === 'removed';
  };
  put(...(await cellsOf(id, `limit=${PAGE}`, signal)).cells);
  const { job } = await getJson<{ job: JobDetails }>(`/jobs/${id}`, signal);
  begun = Math.max(1, job.session?.cell ?? 1);
  await follow({ path: `/jobs/${id}/events`, lastId: job.cursor, take }, signal);
}

/** The last call counts; none is made any more when nobody looks. */
function atMostEvery(ms: number, act: () => Promise<void>, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (!signal.aborted) void act().catch(() => {}); // the next event looks again
    }, ms);
  };
}
