/**
 * The last handler of a server. Everything that may fail is caught where it happens; what was
 * forgotten is logged, and the server goes on: its state lies in files and in the database, and
 * every change of that is whole or none.
 */
import { attempt } from './os/every.ts';

/** For the log, with the place. */
export function faultFields(error: unknown): { error: string } {
  return { error: error instanceof Error ? String(error.stack) : String(error) };
}

/** @param report is told of what nobody caught. Returns the function that ends it. */
export function keepServing(report: (error: unknown) => void): () => void {
  const handle = (error: unknown): void => attempt('', () => report(error), { error: () => {} });
  process.on('uncaughtException', handle);
  return () => void process.off('uncaughtException', handle);
}
