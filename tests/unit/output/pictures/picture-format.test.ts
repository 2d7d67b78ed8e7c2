import { describe, expect, test } from 'vitest';
import { pictureSizeOf, pictureTypeOf } from '../../../../src/output/pictures/picture-format.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
/** A comment, then a progressive frame of 300×200. */
const JPEG = latin1(
  '\xff\xd8\xff\xfe\0\x04hi\xff\xc2\0\x11\x08\0\xc8\x01\x2c\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c…\xff\xd9',
);
const GIF = latin1('GIF89a\x2c\x01\xc8\0\0\0\0\x3b');
const webp = (content: string) =>
  latin1(`RIFF${String.fromCharCode(content.length + 4)}\0\0\0WEBP${content}`);
const LOSSY = webp('VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x2c\x01\xc8\0');
const LOSSLESS = webp('VP8L\x05\0\0\0\x2f\x2b\xc1\x31\0\0');
const EXTENDED = webp('VP8X\x0a\0\0\0\0\0\0\0\x2b\x01\0\xc7\0\0');

describe('the type of a picture', () => {
  test.each([
    ['image/png', latin1('\x89PNG\r\n\x1a\n\0\0\0\x0d')],
    ['image/jpeg', JPEG],
    ['image/gif', GIF],
    ['image/webp', LOSSY],
    [null, latin1('<html>')],
    [null, latin1('')],
    [null, latin1('\x89PNG\n\x1a\n')],
    [null, latin1('RIFF\0\0\0\0WAVE')],
  ])('is %s by its first bytes', (type, bytes) => {
    expect(pictureTypeOf(bytes)).toBe(type);
  });
});

describe('the size of a picture', () => {
  test.each([
    ['image/jpeg' as const, JPEG],
    ['image/gif' as const, GIF],
    ['image/webp' as const, LOSSY],
    ['image/webp' as const, LOSSLESS],
    ['image/webp' as const, EXTENDED],
  ])('is read from %s, and from no part of it', (type, file) => {
    expect(pictureSizeOf(type, file)).toEqual({ width: 300, height: 200 });
    for (let length = 0; length < file.length - 1; length++) {
      expect(pictureSizeOf(type, file.subarray(0, length))).toBe(null);
    }
  });

  test('is none when a side is 0', () => {
    expect(pictureSizeOf('image/gif', latin1('GIF89a\0\0\xc8\0\0\0\0\x3b'))).toBe(null);
  });
});
