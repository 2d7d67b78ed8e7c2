/** The result that a script states with `python_mcp.result` or writes as JSON to `$PYTHON_MCP_RESULT`. */
import type { Said } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { parseSaid, readBeginning } from '../context/control-file.ts';

/** As the runtime's `result` refuses more. */
const MOST_BYTES = 8192;
/** Readers of replies walk down values by recursion. */
const MOST_LEVELS = 64;

/** The value, or why there is none although something was stated. */
export function readStatedResult(folder: JobFolder): Said {
  const file = readBeginning(folder, folder.statedResult, MOST_BYTES);
  if (file === null) return { notes: [] };
  if (file.size > MOST_BYTES) return leftOut(tooLarge(file.size));
  try {
    const result = readable(parseSaid(folder, file.text), MOST_LEVELS);
    const bytes = Buffer.byteLength(JSON.stringify(result));
    return bytes > MOST_BYTES ? leftOut(tooLarge(bytes)) : { result, notes: [] };
  } catch (error) {
    return leftOut(
      error instanceof SyntaxError ? `it is no JSON: ${error.message}` : TOO_DEEP.message,
    );
  }
}

const TOO_DEEP = new RangeError(`it has more than ${MOST_LEVELS} levels.`);

function tooLarge(bytes: number): string {
  return `it has ${bytes} bytes, and at most ${MOST_BYTES} come back. Keep large results as an artifact.`;
}

function leftOut(why: string): Said {
  return { notes: [`The stated result was left out: ${oneLine(why)}`] };
}

/** Its words as output is shown: without what hides or reorders letters. */
function readable(value: unknown, levels: number): unknown {
  if (levels < 0) throw TOO_DEEP;
  if (typeof value === 'string') return cleanTerminalText(value);
  if (Array.isArray(value)) return value.map((item) => readable(item, levels - 1));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([name, field]) => [cleanTerminalText(name), readable(field, levels - 1)]),
  );
}
