/**
 * Makes a picture smaller, row by row: every new pixel is the average of the area it stands for.
 * Only one row is held beside the result, however large the original is.
 */
import type { PictureSize } from './picture-format.ts';

export interface Pixels extends PictureSize {
  rgba: Uint8Array;
}

/** Colours count as much as they are visible, so that what is transparent leaves no fringes. */
export class AreaScaler {
  readonly #rgba: Uint8Array;
  readonly #from: PictureSize;
  readonly #to: PictureSize;
  /** One row of the original, at its new width: red, green, blue times alpha, and alpha. */
  readonly #line: Float64Array;
  readonly #sums: Float64Array;
  #row = 0;
  #done = 0;

  /** No side of `to` may be longer than that of `from`. */
  constructor(from: PictureSize, to: PictureSize) {
    this.#from = from;
    this.#to = to;
    this.#rgba = new Uint8Array(to.width * to.height * 4);
    this.#line = new Float64Array(to.width * 4);
    this.#sums = new Float64Array(to.width * 4);
  }

  /** The next row of the original, as RGBA. */
  addRow(rgba: Uint8Array): void {
    this.#narrow(rgba);
    // In units of 1/height, a new row is `height` tall and one of the original `to.height`.
    const { height } = this.#from;
    const begin = this.#row * this.#to.height;
    const room = (this.#done + 1) * height - begin;
    const share = Math.min(room, this.#to.height);
    this.#addLine(share);
    this.#row += 1;
    if (share < room) return;
    this.#finishRow();
    if (share < this.#to.height) this.#addLine(this.#to.height - share);
  }

  /** When every row has been added. */
  result(): Pixels {
    return { ...this.#to, rgba: this.#rgba };
  }

  /** Sums stay in local variables until a new column is full: this loop is where the time goes. */
  #narrow(row: Uint8Array): void {
    const { width } = this.#from;
    const unit = this.#to.width;
    let [red, green, blue, alphas] = [0, 0, 0, 0];
    let at = 0;
    let room = width;
    for (let x = 0; x < width * 4; x += 4) {
      const weight = room < unit ? room : unit;
      let alpha = row[x + 3]! * weight;
      red += row[x]! * alpha;
      green += row[x + 1]! * alpha;
      blue += row[x + 2]! * alpha;
      alphas += alpha;
      room -= weight;
      if (room > 0) continue;
      this.#fillColumn(at, red, green, blue, alphas);
      at += 4;
      const rest = unit - weight;
      room = width - rest;
      alpha = row[x + 3]! * rest;
      red = row[x]! * alpha;
      green = row[x + 1]! * alpha;
      blue = row[x + 2]! * alpha;
      alphas = alpha;
    }
  }

  #fillColumn(at: number, red: number, green: number, blue: number, alphas: number): void {
    const line = this.#line;
    line[at] = red;
    line[at + 1] = green;
    line[at + 2] = blue;
    line[at + 3] = alphas;
  }

  #addLine(weight: number): void {
    const sums = this.#sums;
    const line = this.#line;
    for (let i = 0; i < sums.length; i++) sums[i]! += line[i]! * weight;
  }

  #finishRow(): void {
    const area = this.#from.width * this.#from.height;
    const sums = this.#sums;
    let at = this.#done * sums.length;
    for (let i = 0; i < sums.length; i += 4, at += 4) {
      const alpha = sums[i + 3]!;
      if (alpha > 0) {
        this.#rgba[at] = Math.round(sums[i]! / alpha);
        this.#rgba[at + 1] = Math.round(sums[i + 1]! / alpha);
        this.#rgba[at + 2] = Math.round(sums[i + 2]! / alpha);
      }
      this.#rgba[at + 3] = Math.round(alpha / area);
    }
    sums.fill(0);
    this.#done += 1;
  }
}
