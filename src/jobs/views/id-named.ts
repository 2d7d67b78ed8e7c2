/** From what people call a job to its id: "last", "@2", or a label that one job has alone. */
import { invalid, JobError, shown } from '../../core/job-error.ts';
import type { Engine } from '../context/job-context.ts';

/** Ids in a message. */
const MOST_NAMED = 3;

/**
 * Null for what is neither: the beginning of an id, or nothing that there is.
 * @throws JobError unknown_job, or invalid_request for a label of several jobs
 */
export function idNamed({ lists }: Pick<Engine, 'lists'>, word: string): string | null {
  const place = placeOf(word);
  if (place !== null) return idAt(lists, place);
  if (lists.idsStartingWith(word, 2).length === 1) return null; // an id comes before a label
  const ids = lists.idsLabelled(word, MOST_NAMED + 1);
  if (ids.length < 2) return ids[0] ?? null;
  const several = ids.length > MOST_NAMED ? 'several' : String(ids.length);
  const newest = ids.slice(0, MOST_NAMED).join(', ');
  const problem = `${shown(word)} is the label of ${several} jobs, the newest first: ${newest}.`;
  throw invalid('job_id', problem, 'Give the id of one.');
}

/** 1 for the newest; null for another word. */
function placeOf(word: string): number | null {
  if (word === 'last') return 1;
  const [, digits] = /^@(\d{1,6})$/.exec(word) ?? [];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}

function idAt(lists: Engine['lists'], place: number): string {
  const { jobs, total } = lists.list(null, 1, place - 1);
  const [job] = jobs;
  if (job) return job.id;
  throw new JobError('unknown_job', total === 0 ? 'There are no jobs yet.' : `There are ${total}.`);
}
