/** Files from the server, saved: with the token, so not by a plain link. */
import { request } from '../api/api.ts';
import type { Artifact, JobDetails } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import type { View } from './output-state.ts';
import { streamsOf } from './search-output.ts';

/** Larger ones go to the disk piece by piece, where the browser can do that. */
const LARGE_BYTES = 32 * 1024 * 1024;

interface SavePicker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<{
    createWritable: () => Promise<WritableStream<Uint8Array>>;
  }>;
}

export function saveOutput(job: JobDetails, view: View): Promise<void> {
  const sizes = { stdout: job.stdout_bytes, stderr: job.stderr_bytes };
  const size = streamsOf(view).reduce((sum, stream) => sum + sizes[stream], 0);
  const path = `/jobs/${job.id}/output?stream=${view}&raw=1`;
  return save(path, `${job.id}-${view}.log`, size);
}

export function saveArtifact(id: string, { name, bytes }: Artifact): Promise<void> {
  return save(artifactPath(id, name), name.split('/').pop() ?? name, bytes);
}

export function artifactPath(id: string, name: string): string {
  return `/jobs/${id}/artifacts/${name.split('/').map(encodeURIComponent).join('/')}`;
}

async function save(path: string, name: string, size: number): Promise<void> {
  const picker = (window as SavePicker).showSaveFilePicker;
  if (size > LARGE_BYTES && picker) {
    const file = await picker({ suggestedName: plain(name) });
    const { body } = await request(path);
    await body?.pipeTo(await file.createWritable());
    return;
  }
  const blob = await (await request(path)).blob();
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = plain(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
