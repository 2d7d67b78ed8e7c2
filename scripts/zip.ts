/** Zip archives, as wheels and bundles for desktops are: the same bytes for the same files. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string;
  content: Buffer;
  /** For its user, as chmod has it. */
  mode: number;
}

/** 1 January 1980, with which the format's time begins. */
const DATE = 0x21;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
const VERSION = 20;
const MADE_ON_UNIX = 3 << 8;
const REGULAR_FILE = 0o100000;

export function zip(entries: ZipEntry[]): Buffer {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.content, { level: 9 });
    const common = commonPart(entry, packed);
    const name = Buffer.from(entry.name);
    const file = Buffer.concat([
      numbers([0x04034b50, 4], [VERSION, 2]),
      common,
      numbers([0, 2]),
      name,
      packed,
    ]);
    directory.push(recordOf(entry, common, offset), name);
    files.push(file);
    offset += file.length;
  }
  const index = Buffer.concat(directory);
  const count = entries.length;
  const end = numbers(
    [0x06054b50, 4],
    [0, 4],
    [count, 2],
    [count, 2],
    [index.length, 4],
    [offset, 4],
    [0, 2],
  );
  return Buffer.concat([...files, index, end]);
}

function commonPart({ name, content }: ZipEntry, packed: Buffer): Buffer {
  return numbers(
    [UTF8_NAMES, 2],
    [DEFLATED, 2],
    [0, 2],
    [DATE, 2],
    [crc32(content), 4],
    [packed.length, 4],
    [content.length, 4],
    [Buffer.byteLength(name), 2],
  );
}

function recordOf({ mode }: ZipEntry, common: Buffer, offset: number): Buffer {
  const attributes = ((REGULAR_FILE | mode) << 16) >>> 0;
  return Buffer.concat([
    numbers([0x02014b50, 4], [MADE_ON_UNIX | VERSION, 2], [VERSION, 2]),
    common,
    numbers([0, 2], [0, 2], [0, 2], [0, 2], [attributes, 4], [offset, 4]),
  ]);
}

function numbers(...values: [value: number, bytes: 2 | 4][]): Buffer {
  return Buffer.concat(
    values.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}
