/** What a job made, behind its result: pictures to be seen, links to everything. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ArtifactEntry } from '../../contract/replies/run-result.ts';
import { nameIn } from '../../jobs/artifacts/artifact-summary.ts';
import { loadPictures, type PictureOrProblem } from '../../jobs/artifacts/pictures.ts';
import type { ToolContext } from './tool.ts';

type Content = CallToolResult['content'][number];

/** The reply as it is when the job left nothing. */
export async function withArtifacts(
  reply: CallToolResult,
  jobId: string,
  artifacts: readonly ArtifactEntry[] | undefined,
  { jobs }: ToolContext,
): Promise<CallToolResult> {
  if (!artifacts?.length) return reply;
  const names = new Map(artifacts.map((entry) => [entry.name, nameIn(entry)]));
  const open = (name: string) => jobs.inspect.openArtifact(jobId, names.get(name) ?? name);
  const pictures = await loadPictures(artifacts, open);
  const shown = [...pictures].flatMap(([name, picture]) =>
    'data' in picture ? [{ name, ...picture }] : [],
  );
  const images: Content[] = shown.map(({ data, type }) => ({
    type: 'image',
    data: data.toString('base64'),
    mimeType: type,
  }));
  const places = new Map(shown.map(({ name }, index) => [name, index + 1]));
  const links = artifacts.map((entry) => linkTo(entry, places, pictures.get(entry.name)));
  return { ...reply, content: [...reply.content, ...images, ...links] };
}

function linkTo(
  { name, type, bytes, uri }: ArtifactEntry,
  places: Map<string, number>,
  picture: PictureOrProblem | undefined,
): Content {
  const link = { type: 'resource_link' as const, name, uri, mimeType: type, size: bytes };
  if (!picture) return link;
  return { ...link, description: describe(picture, places.get(name)) };
}

function describe(picture: PictureOrProblem, place: number | undefined): string {
  if ('problem' in picture) return `Not shown: it ${picture.problem}.`;
  const { size, original } = picture;
  const shrunk =
    size.width === original.width
      ? ''
      : `, made smaller: ${size.width}×${size.height} of ${original.width}×${original.height} pixels`;
  return `Picture ${place} of this reply${shrunk}.`;
}
