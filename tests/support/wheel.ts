/** Minimal valid wheels, written by the tests that install them: no index is needed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface WheelOptions {
  name: string;
  version: string;
  /** Requirements (PEP 508). */
  requires?: string[];
  requiresPython?: string;
  /** Import name; default: the name with underscores. */
  module?: string;
  /** Source of the module; default: `VERSION = '<version>'`. */
  source?: string;
}

/** Writes `<folder>/<name>-<version>-py3-none-any.whl` and returns its path. */
export function writeWheel(folder: string, options: WheelOptions): string {
  const { name, version, source = `VERSION = '${version}'\n` } = options;
  const stem = name.replace(/[-.]+/g, '_');
  const info = `${stem}-${version}.dist-info`;
  const files: [string, string][] = [
    [`${options.module ?? stem}/__init__.py`, source],
    [`${info}/METADATA`, metadata(options)],
    [
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ],
  ];
  const record = [...files.map(([path]) => `${path},,`), `${info}/RECORD,,`, ''].join('\n');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${stem}-${version}-py3-none-any.whl`);
  writeFileSync(path, zip([...files, [`${info}/RECORD`, record]]));
  return path;
}

function metadata({ name, version, requires = [], requiresPython }: WheelOptions): string {
  const lines = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`];
  if (requiresPython) lines.push(`Requires-Python: ${requiresPython}`);
  lines.push(...requires.map((requirement) => `Requires-Dist: ${requirement}`));
  return `${lines.join('\n')}\n`;
}

/** Stored, not compressed: local headers with content, the central directory, its end record. */
function zip(files: [path: string, content: string][]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const common = commonFields(name, content);
    const local = Buffer.concat([u32(0x04034b50), common, name, content]);
    // Made by Unix; no comment, first disk, text attributes 0, mode 0644.
    const tail = Buffer.concat([u16(0), u16(0), u16(0), u32(0o100644 * 65536), u32(offset)]);
    central.push(Buffer.concat([u32(0x02014b50), u16(0x0314), common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const counts = Buffer.concat([u16(0), u16(0), u16(files.length), u16(files.length)]);
  const end = [u32(0x06054b50), counts, u32(directory.length), u32(offset), u16(0)];
  return Buffer.concat([...locals, directory, ...end]);
}

function commonFields(name: Buffer, content: Buffer): Buffer {
  const size = u32(content.length);
  const time = [u16(0), u16(0x21)]; // 1980-01-01
  const head = [u16(20), u16(0x0800), u16(0), ...time, u32(crc32(content)), size, size];
  return Buffer.concat([...head, u16(name.length), u16(0)]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
