/** `python-mcp artifacts`: the files that a job left for its readers. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { invalid, JobError, shown } from '../../core/job-error.ts';
import type { OpenArtifact } from '../../jobs/artifacts/artifacts.ts';
import type { JobService } from '../../jobs/job-service.ts';
import { oneLine } from '../../output/terminal/one-line.ts';
import { formatBytes, formatTime } from '../terminal/duration.ts';
import { complain } from '../terminal/failure.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal, write } from '../terminal/terminal.ts';
import { jobNamed } from '../terminal/typed-job.ts';

export interface ArtifactOptions {
  output?: string;
  all?: string;
  json?: boolean;
}

const PIECE_BYTES = 1024 * 1024;

/** Their list without a name; with one the file's bytes, or as JSON what is known about it. */
export async function showArtifacts(
  jobs: JobService,
  prefix: string,
  name: string | undefined,
  { output, all, json }: ArtifactOptions,
  terminal: Terminal,
): Promise<void> {
  const id = jobNamed(jobs, prefix);
  if (all !== undefined) return copyAll(jobs, id, name, all, terminal);
  if (name !== undefined) return copyArtifact(jobs, id, name, output, terminal);
  if (output !== undefined) {
    throw invalid('--output', 'it takes one file.', 'Name one of the list.');
  }
  const list = await jobs.inspect.artifacts(id);
  if (json) return printJson(terminal, list);
  const { stdout, stderr } = terminal;
  if (list.artifacts.length === 0) return printLine(stderr, `Job ${id} left no files.`);
  const header = ['SIZE', 'MODIFIED', 'NAME'].map((title) => styled(stdout, 'bold', title));
  const rows = list.artifacts.map(({ name: file, bytes, modified_at: time }) => [
    formatBytes(bytes),
    stdout.isTTY ? formatTime(time) : time,
    oneLine(file),
  ]);
  await printLine(stdout, formatTable([header, ...rows]));
  if (list.truncated) await complain(terminal, 'there are more files than are listed here.');
}

/** Each under its name, which may have folders in it. */
async function copyAll(
  jobs: JobService,
  id: string,
  name: string | undefined,
  folder: string,
  terminal: Terminal,
): Promise<void> {
  if (name !== undefined) throw invalid('--all', 'it takes all files.', 'Leave NAME out.');
  const { artifacts, truncated } = await jobs.inspect.artifacts(id);
  for (const { name: file } of artifacts) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    await copyArtifact(jobs, id, file, path, terminal);
    await printLine(terminal.stdout, oneLine(path));
  }
  if (artifacts.length === 0) await printLine(terminal.stderr, `Job ${id} left no files.`);
  if (truncated) await complain(terminal, 'there are more files than were copied.');
}

async function copyArtifact(
  jobs: JobService,
  id: string,
  name: string,
  output: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const artifact = jobs.inspect.openArtifact(id, name);
  if (!artifact) {
    const remedy = `"python-mcp artifacts ${id}" lists what there is.`;
    throw invalid('NAME', `job ${id} has no file ${shown(name)}.`, remedy);
  }
  try {
    if (output !== undefined) await saveTo(output, artifact);
    else await print(artifact, terminal);
  } finally {
    artifact.close();
  }
}

async function print(artifact: OpenArtifact, { stdout }: Terminal): Promise<void> {
  if (stdout.isTTY) {
    throw invalid('artifacts', 'a terminal is no place for a file.', 'Add -o FILE, or a pipe.');
  }
  await copy(artifact, stdout);
}

async function saveTo(path: string, artifact: OpenArtifact): Promise<void> {
  const file = createWriteStream(path);
  const closed = new Promise<void>((resolve, reject) => {
    file.once('close', resolve);
    file.once('error', reject);
  });
  try {
    await copy(artifact, file);
    file.end();
    await closed;
  } catch (error) {
    closed.catch(() => {}); // the same error once more
    const message = `${path} cannot be written: ${(error as Error).message}.`;
    throw new JobError('storage', message, { cause: error });
  }
}

async function copy(artifact: OpenArtifact, to: NodeJS.WritableStream): Promise<void> {
  for (let at = 0; at < artifact.bytes;) {
    const piece = artifact.read(at, PIECE_BYTES);
    if (piece.length === 0) return;
    await write(to, piece);
    at += piece.length;
  }
}
