/** One file that a job made, as a model can take it: text a page at a time, a picture in a fitting size. */
import { isUtf8 } from 'node:buffer';
import { invalid, shown } from '../../core/job-error.ts';
import type { Job } from '../../core/job.ts';
import { completeLength, decodeUtf8, skipContinuation } from '../../output/files/code-points.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { pictureTypeOf, SIGNATURE_BYTES } from '../../output/pictures/picture-format.ts';
import { cleanTerminalText } from '../../output/terminal/clean-text.ts';
import { asUntrusted } from '../context/untrusted-text.ts';
import { nameIn, summariseArtifacts } from './artifact-summary.ts';
import { openArtifact, type OpenArtifact } from './artifacts.ts';
import { loadOnePicture, type Picture } from './pictures.ts';

export interface ArtifactRequest {
  name: string;
  /** Offset in bytes, of text. */
  from: number;
  maxBytes: number;
  tail: boolean;
}

export interface ShownArtifact {
  text: string;
  picture: Picture | null;
}

/** @throws JobError invalid_request that lists what there is */
export async function readArtifact(
  job: Job,
  folder: JobFolder,
  request: ArtifactRequest,
): Promise<ShownArtifact> {
  const file = openNamed(job, folder, request.name);
  try {
    const isPicture = pictureTypeOf(file.read(0, SIGNATURE_BYTES)) !== null;
    return isPicture ? await pictureOf(file) : { text: textOf(job, file, request), picture: null };
  } finally {
    file.close();
  }
}

/** By its name, or by that name as it was shown, or without the folder it is in. */
function openNamed(job: Job, folder: JobFolder, name: string): OpenArtifact {
  const exact = openArtifact(folder, name);
  if (exact) return exact;
  const { artifacts = [], artifacts_total: total = artifacts.length } = summariseArtifacts(
    folder,
    job.id,
  );
  const alike = artifacts.filter((one) => one.name === name || one.name.endsWith(`/${name}`));
  const [only] = alike;
  const file = only && alike.length === 1 ? openArtifact(folder, nameIn(only)) : null;
  if (file) return file;
  const listed = artifacts.map((one) => `${one.name} (${one.type}, ${one.bytes} bytes)`).join(', ');
  const remedy = listed
    ? `There are: ${listed}${total > artifacts.length ? `, … ${total} in all` : ''}.`
    : 'It has none: plt.show(), savefig, and files put into $PYTHON_MCP_ARTIFACTS make one.';
  throw invalid('artifact', `the job has no ${shown(name)}.`, remedy);
}

async function pictureOf(file: OpenArtifact): Promise<ShownArtifact> {
  const loaded = await loadOnePicture(file);
  const about = `${cleanTerminalText(file.name)}, ${file.bytes} bytes`;
  if ('problem' in loaded) {
    return {
      text: `${about}: not shown, it ${loaded.problem}. On disk: ${file.path}`,
      picture: null,
    };
  }
  const { size, original } = loaded;
  const shrunk = size.width === original.width ? '' : `, shown as ${size.width}×${size.height}`;
  return {
    text: `${about}, ${original.width}×${original.height} pixels${shrunk}`,
    picture: loaded,
  };
}

function textOf(job: Job, file: OpenArtifact, { from, maxBytes, tail }: ArtifactRequest): string {
  const name = cleanTerminalText(file.name);
  const start = tail ? Math.max(0, file.bytes - maxBytes) : Math.min(from, file.bytes);
  const bytes = file.read(start, Math.min(maxBytes, file.bytes - start));
  const [skip, end] = [start > 0 ? skipContinuation(bytes) : 0, completeLength(bytes)];
  const page = bytes.subarray(skip, end);
  if (!isUtf8(page) || page.includes(0)) {
    return `${name}, ${file.bytes} bytes, is neither text nor a picture. On disk: ${file.path}`;
  }
  const next = start + end;
  const text = cleanTerminalText(decodeUtf8(page));
  const about = [
    `artifact ${name}`,
    `bytes ${start + skip}–${next} of ${file.bytes}`,
    next < file.bytes ? `next cursor ${next}` : 'end of file',
  ];
  return asUntrusted(job, about, text === '' || text.endsWith('\n') ? text : `${text}\n`);
}
