/** Lines of a stream, none held that is longer than it may be. */

/** The two ends of a line that is too long; the rest of it was not kept. */
export interface LongLine {
  bytes: number;
  head: Buffer;
  tail: Buffer;
}

const NEW_LINE = 10;
const END_BYTES = 1024;

/** Without their ends. What comes after the last line end is no line. */
export async function* linesOf(
  input: AsyncIterable<Buffer>,
  longest: number,
): AsyncGenerator<Buffer | LongLine> {
  let line = new LineParts(longest);
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, from)) {
      line.add(chunk.subarray(from, end));
      yield line.joined();
      line = new LineParts(longest);
      from = end + 1;
    }
    line.add(chunk.subarray(from));
  }
}

class LineParts {
  readonly #longest: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Set when the line has become too long. */
  #head: Buffer | null = null;

  constructor(longest: number) {
    this.#longest = longest;
  }

  add(part: Buffer): void {
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= this.#longest) return;
    const joined = Buffer.concat(this.#parts);
    this.#head ??= Buffer.from(joined.subarray(0, END_BYTES));
    this.#parts = [Buffer.from(joined.subarray(-END_BYTES))];
  }

  joined(): Buffer | LongLine {
    const whole = Buffer.concat(this.#parts);
    return this.#head ? { bytes: this.#bytes, head: this.#head, tail: whole } : whole;
  }
}
