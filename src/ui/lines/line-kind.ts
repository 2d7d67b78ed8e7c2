/** What a line of output tells, as far as words tell: an error, a warning, or nothing of the kind. */

export type LineKind = 'plain' | 'warning' | 'error';

/** Words as they are written: a pattern for either case is a hundred times slower to look for. */
export const ERRORS = 'Error|Exception|Traceback|ERROR|CRITICAL|FATAL';

const ERROR = new RegExp(ERRORS);
const WARNING = /Warning|WARN|warning:/;
const TRACEBACK = 'Traceback (most recent call last)';
// oxlint-disable-next-line no-control-regex -- colours of terminals begin with one
const COLOURS = /\u001b\[[\d;]*m/g;

/** Of one stream: a traceback goes on over lines that do not say so themselves. */
export class KindReader {
  #inTraceback = false;

  /** @param isWhole what follows belongs to another line */
  kindOf(written: string, isWhole: boolean): LineKind {
    const text = written.replace(COLOURS, '');
    const begins = text.includes(TRACEBACK);
    const goesOn = this.#inTraceback && (begins || /^[\s|+]|^$/.test(text));
    const kind = this.#inTraceback || ERROR.test(text) ? 'error' : warningOr(text);
    if (isWhole) this.#inTraceback = begins || goesOn;
    return kind;
  }
}

function warningOr(text: string): LineKind {
  return WARNING.test(text) ? 'warning' : 'plain';
}
