/** The engine's side of an answer: what the caller got wrong becomes data. */
import { JobError } from '../../core/job-error.ts';
import type { Answer } from './answer.ts';

/** A fault of ours is thrown on. */
export async function answered<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof JobError) return { problem: error.message };
    throw error;
  }
}
