/** What a job made, in its reply: the first and last pictures to be seen, everything by its name. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import { nameIn } from '../../jobs/artifacts/artifact-summary.ts';
import {
  loadPictures,
  type Picture,
  type PictureOrProblem,
} from '../../jobs/artifacts/pictures.ts';
import { structured } from './present.ts';
import type { ToolContext } from './tool.ts';

type Content = CallToolResult['content'][number];

/** `put` makes the reply with artifacts that say how they are shown. */
export async function withArtifacts(
  jobId: string,
  artifacts: readonly ArtifactEntry[] | undefined,
  put: (artifacts: ArtifactEntry[] | undefined) => object,
  context: ToolContext,
): Promise<CallToolResult> {
  if (!artifacts?.length) return structured(put(undefined));
  const pictures = await loaded(jobId, artifacts, context);
  const shown = [...pictures].flatMap(([name, one]) => ('data' in one ? [{ name, ...one }] : []));
  const reply = structured(
    put(
      withNotes(
        artifacts,
        pictures,
        shown.map(({ name }) => name),
      ),
    ),
  );
  return { ...reply, content: [...reply.content, ...shown.map(imageOf)] };
}

/** The pictures alone. */
export async function picturesOf(
  jobId: string,
  artifacts: readonly ArtifactEntry[],
  context: ToolContext,
): Promise<Content[]> {
  const pictures = await loaded(jobId, artifacts, context);
  return [...pictures.values()].flatMap((one) => ('data' in one ? [imageOf(one)] : []));
}

function loaded(
  jobId: string,
  artifacts: readonly ArtifactEntry[],
  { jobs }: ToolContext,
): Promise<Map<string, PictureOrProblem>> {
  const names = new Map(artifacts.map((entry) => [entry.name, nameIn(entry)]));
  const open = (name: string) => jobs.inspect.openArtifact(jobId, names.get(name) ?? name);
  return loadPictures(artifacts, open);
}

export function imageOf({ data, type }: Picture): Content {
  return { type: 'image', data: data.toString('base64'), mimeType: type };
}

/**
 * Some hosts show a model nothing but the structured content of a result, and none of its pictures
 * then. The same JSON is in the text.
 */
export function forEveryHost(reply: CallToolResult): CallToolResult {
  if (!reply.content.some(({ type }) => type === 'image')) return reply;
  const { structuredContent: _same, ...rest } = reply;
  return rest;
}

/** What need not be said is not: the only picture of a reply is seen to be that. */
function withNotes(
  artifacts: readonly ArtifactEntry[],
  pictures: Map<string, PictureOrProblem>,
  shown: string[],
): ArtifactEntry[] {
  const isPicture = ({ type }: ArtifactEntry): boolean => type.startsWith('image/');
  const first = artifacts.find((entry) => isPicture(entry) && !pictures.has(entry.name));
  return artifacts.map((entry) => {
    const picture = pictures.get(entry.name);
    const place = shown.length > 1 ? shown.indexOf(entry.name) + 1 : 0;
    const note =
      entry === first ? 'seen by py_job_output(artifact=name)' : picture && noteOn(picture, place);
    return note ? { ...entry, note } : entry;
  });
}

function noteOn(picture: PictureOrProblem, place: number): string {
  if ('problem' in picture) return `not shown: it ${picture.problem}`;
  const { size, original } = picture;
  const [from, to] = [original, size].map(({ width, height }) => `${width}×${height}`);
  const parts = [place > 0 ? `picture ${place}` : '', from === to ? '' : `${from}, shown as ${to}`];
  return parts.filter(Boolean).join(', ');
}
