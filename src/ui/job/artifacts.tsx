/** Files that a script left: pictures are shown, everything else can be saved. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../kit/announce.tsx';
import { getJson, messageOf, request } from '../api/api.ts';
import type { Artifact, ArtifactPage, JobDetails } from '../api/api-types.ts';
import { artifactPath, saveArtifact } from '../output/download.ts';
import { bytes, plain } from '../kit/format.ts';
import { Section } from './job-details.tsx';
import { isLive } from '../kit/job-state.tsx';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const LARGEST_PICTURE = 20 * 1024 * 1024;
const LOOK_EVERY_MS = 2_000;

export function Artifacts({ job }: { job: JobDetails }) {
  const page = useArtifacts(job);
  if (!page || page.artifacts.length === 0) return null;
  const pictures = page.artifacts.filter(isPicture);
  const others = page.artifacts.filter((artifact) => !isPicture(artifact));
  return (
    <Section title="Files">
      {pictures.length > 0 && (
        <ul class="gallery">
          {pictures.map((artifact) => (
            <li key={artifact.name}>
              <Picture id={job.id} artifact={artifact} />
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <ul class="files">
          {others.map((artifact) => (
            <li key={artifact.name}>
              <SaveButton id={job.id} artifact={artifact} />
            </li>
          ))}
        </ul>
      )}
      {page.truncated && <p class="note">There are more files than are listed.</p>}
    </Section>
  );
}

function isPicture({ media_type: type, bytes: size }: Artifact): boolean {
  return PICTURES.has(type) && size <= LARGEST_PICTURE;
}

function SaveButton({ id, artifact }: { id: string; artifact: Artifact }) {
  const save = (): void => {
    saveArtifact(id, artifact).catch((error: unknown) => announce(messageOf(error)));
  };
  return (
    <button type="button" class="file" onClick={save}>
      <bdi>{plain(artifact.name)}</bdi> <span class="count">{bytes(artifact.bytes)}</span>
      <span class="unseen">, download</span>
    </button>
  );
}

function Picture({ id, artifact }: { id: string; artifact: Artifact }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { address, error } = usePicture(id, artifact);
  const name = plain(artifact.name);
  if (error) return <SaveButton id={id} artifact={artifact} />;
  if (!address) return <p class="loading">Loading {name}…</p>;
  return (
    <>
      <button type="button" class="thumbnail" onClick={() => dialog.current?.showModal()}>
        <img src={address} alt={`Picture ${name}`} />
        <bdi>{name}</bdi>
      </button>
      <dialog ref={dialog} class="viewer" aria-label={`Picture ${name}`}>
        <img src={address} alt={name} />
        <div class="dialog-buttons">
          <SaveButton id={id} artifact={artifact} />
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </div>
      </dialog>
    </>
  );
}

/** Fetched with the token, then given to the page as an address of its own. */
function usePicture(id: string, { name, modified_at: version, media_type: type }: Artifact) {
  const [address, setAddress] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    let made: string | null = null;
    const load = async (): Promise<void> => {
      const reply = await request(artifactPath(id, name), { signal: controller.signal });
      made = URL.createObjectURL(new Blob([await reply.arrayBuffer()], { type }));
      if (!controller.signal.aborted) setAddress(made);
    };
    load().catch((reason: unknown) => controller.signal.aborted || setError(messageOf(reason)));
    return () => {
      controller.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [id, name, version, type]);
  return { address, error };
}

/** Looked for while the job runs and someone looks, and once at its end. */
function useArtifacts(job: JobDetails): ArtifactPage | null {
  const [page, setPage] = useState<ArtifactPage | null>(null);
  const live = isLive(job);
  useEffect(() => {
    const controller = new AbortController();
    const look = (): void => {
      if (document.hidden) return;
      getJson<ArtifactPage>(`/jobs/${job.id}/artifacts`, controller.signal).then(
        setPage,
        () => {}, // the next look, or a reload, tells more
      );
    };
    look();
    const timer = live ? setInterval(look, LOOK_EVERY_MS) : undefined;
    return () => {
      controller.abort();
      clearInterval(timer);
    };
  }, [job.id, live]);
  return page;
}
