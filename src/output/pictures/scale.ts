/** Makes a picture smaller: every new pixel is the average of the area it stands for. */
import type { PictureSize } from './picture-format.ts';

export interface Pixels extends PictureSize {
  /** Four bytes a pixel, row by row. */
  data: Uint8Array;
}

/** How much of each pixel of one side lies in one new pixel, from `first` on. */
interface Cover {
  first: number;
  shares: number[];
}

/** No side of `to` may be longer than that of `from`. */
export function scale(from: Pixels, to: PictureSize): Uint8Array {
  const columns = coversOf(from.width, to.width);
  const scaled = new Uint8Array(to.width * to.height * 4);
  let at = 0;
  for (const rows of coversOf(from.height, to.height)) {
    for (const column of columns) {
      scaled.set(average(from, rows, column), at);
      at += 4;
    }
  }
  return scaled;
}

function coversOf(length: number, count: number): Cover[] {
  const step = length / count;
  return Array.from({ length: count }, (__, index) => {
    const [start, end] = [index * step, Math.min(length, (index + 1) * step)];
    const first = Math.floor(start);
    const shareOf = (at: number): number => Math.min(end, at + 1) - Math.max(start, at);
    const shares = Array.from({ length: Math.ceil(end) - first }, (_, i) => shareOf(first + i));
    return { first, shares };
  });
}

/** Colours count as much as they are visible, so that what is transparent leaves no fringes. */
function average({ data, width }: Pixels, rows: Cover, columns: Cover): number[] {
  let [red, green, blue, alphas, area] = [0, 0, 0, 0, 0];
  const { first, shares } = columns;
  for (let y = 0; y < rows.shares.length; y++) {
    const rowShare = rows.shares[y]!;
    let at = ((rows.first + y) * width + first) * 4;
    for (let x = 0; x < shares.length; x++, at += 4) {
      const share = rowShare * shares[x]!;
      const alpha = data[at + 3]! * share;
      red += data[at]! * alpha;
      green += data[at + 1]! * alpha;
      blue += data[at + 2]! * alpha;
      alphas += alpha;
      area += share;
    }
  }
  if (alphas === 0) return [0, 0, 0, 0];
  return [red / alphas, green / alphas, blue / alphas, alphas / area].map(Math.round);
}
