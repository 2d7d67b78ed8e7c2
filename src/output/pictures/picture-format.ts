/** Pictures told by their first bytes, whatever they are called, and measured without decoding. */

export type PictureType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

export interface PictureSize {
  width: number;
  height: number;
}

/** Bytes from the start of a file that `pictureTypeOf` needs. */
export const SIGNATURE_BYTES = 12;

export function pictureTypeOf(beginning: Uint8Array): PictureType | null {
  const sign = Buffer.from(beginning.subarray(0, SIGNATURE_BYTES)).toString('latin1');
  if (sign.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (sign.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(sign)) return 'image/gif';
  return /^RIFF[^]{4}WEBP/.test(sign) ? 'image/webp' : null;
}

export interface PngHeader extends PictureSize {
  /** Bits of one sample. */
  depth: number;
  isInterlaced: boolean;
}

/** Signature and first chunk. */
export const PNG_HEADER_BYTES = 33;

export function pngHeaderOf(beginning: Buffer): PngHeader | null {
  if (beginning.length < PNG_HEADER_BYTES) return null;
  const [width, height] = [beginning.readUInt32BE(16), beginning.readUInt32BE(20)];
  const isHeader = beginning.toString('latin1', 12, 16) === 'IHDR' && width > 0 && height > 0;
  const [depth, isInterlaced] = [beginning.readUInt8(24), beginning.readUInt8(28) !== 0];
  return isHeader ? { width, height, depth, isInterlaced } : null;
}

/** Pixels of a whole file in one of the formats we cannot decode; null when it is cut short or damaged. */
export function pictureSizeOf(
  type: Exclude<PictureType, 'image/png'>,
  file: Buffer,
): PictureSize | null {
  try {
    const size = SIZES[type](file);
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // read beyond its end
    throw error;
  }
}

const SIZES = { 'image/jpeg': jpegSize, 'image/gif': gifSize, 'image/webp': webpSize };

function gifSize(file: Buffer): PictureSize | null {
  if (file.at(-1) !== 0x3b) return null;
  return { width: file.readUInt16LE(6), height: file.readUInt16LE(8) };
}

/** Segment by segment up to the frame header: FFC0–FFCF but for tables and arithmetic settings. */
function jpegSize(file: Buffer): PictureSize | null {
  if (file.lastIndexOf('\xff\xd9', undefined, 'latin1') < 0) return null;
  for (let at = 2; file.readUInt8(at) === 0xff; at += 2 + file.readUInt16BE(at + 2)) {
    const marker = file.readUInt8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: file.readUInt16BE(at + 7), height: file.readUInt16BE(at + 5) };
    }
    if (marker === 0xda) return null; // pixels without a frame
  }
  return null;
}

function webpSize(file: Buffer): PictureSize | null {
  if (file.readUInt32LE(4) + 8 > file.length) return null;
  switch (file.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: file.readUInt16LE(26) & 0x3fff, height: file.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const bits = file.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { width: file.readUIntLE(24, 3) + 1, height: file.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
}
