/** What SQLite's error codes mean to us. */

const BUSY = 5;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

/** Another process writes. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

/** Of a full disk some operations only say that they failed. */
export function isFull(error: unknown): boolean {
  return (
    [FULL, IO_ERROR].includes(codeOf(error)) || (error as NodeJS.ErrnoException)?.code === 'ENOSPC'
  );
}

export function isDamaged(error: unknown): boolean {
  return [CORRUPT, NOT_A_DATABASE].includes(codeOf(error));
}

/** The upper bits say where it happened. */
function codeOf(error: unknown): number {
  return ((error as { errcode?: number } | null)?.errcode ?? 0) & 0xff;
}
