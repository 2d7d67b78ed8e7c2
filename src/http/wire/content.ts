/** Bytes as JSON can hold them: text when they are text, so that nothing is ever changed. */
import { isUtf8 } from 'node:buffer';

export type Content = { text: string } | { base64: string };

export function contentOf(bytes: Uint8Array): Content {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { text: buffer.toString('utf8') } : { base64: buffer.toString('base64') };
}
