/** The three streams a command talks through, and how text gets onto them. */
import { styleText } from 'node:util';

export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}

/** Whether both streams are seen together. */
export function isOneScreen({ stdout, stderr }: Terminal): boolean {
  return stdout.isTTY && stderr.isTTY;
}

type Style = Parameters<typeof styleText>[0];

/** Resolves when the stream has taken it: a slow reader slows us down, not our memory up. */
export function write(stream: NodeJS.WritableStream, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => (error ? reject(error) : resolve()));
  });
}

export function printLine(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return write(stream, `${text}\n`);
}

export function printJson({ stdout }: Terminal, value: unknown): Promise<void> {
  return printLine(stdout, JSON.stringify(value, null, 2));
}

/** Coloured on a terminal, plain elsewhere and with NO_COLOR. */
export function styled(stream: NodeJS.WriteStream, style: Style, text: string): string {
  return styleText(style, text, { stream });
}

/** Whether the reader went away (`| head`): no error of anybody's. */
export function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED';
}
