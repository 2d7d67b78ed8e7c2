/** PNG files made for tests, of every kind the format has. */
import { crc32, deflateSync } from 'node:zlib';

interface PngParts {
  width: number;
  height: number;
  depth?: number;
  colour?: number;
  interlaced?: boolean;
  /** All rows, each behind the number of its filter. */
  rows: Uint8Array;
  /** Chunks between header and pixels. */
  extra?: Buffer[];
}

export function makePng({ width, height, depth = 8, colour = 2, ...rest }: PngParts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, rest.interlaced ? 1 : 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    ...(rest.extra ?? []),
    pngChunk('IDAT', deflateSync(rest.rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export function pngChunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** What a reader of files gives. */
export function sourceOf(file: Buffer) {
  return {
    bytes: file.length,
    read: (from: number, length: number) => file.subarray(from, from + length),
  };
}
