/** A file that a job left: a picture, small and large, or a button that saves it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf, request } from '../api/api.ts';
import type { Artifact } from '../api/api-types.ts';
import { announce } from '../kit/announce.tsx';
import { bytes, plain } from '../kit/format.ts';
import { artifactPath, saveArtifact } from './download.ts';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const LARGEST_PICTURE = 20 * 1024 * 1024;

export function isPicture({
  media_type: type,
  bytes: size,
}: Pick<Artifact, 'media_type' | 'bytes'>): boolean {
  return PICTURES.has(type) && size <= LARGEST_PICTURE;
}

export function SaveButton({ id, artifact }: { id: string; artifact: Artifact }) {
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

/** Small, and large when it is pressed. */
export function Picture({ id, artifact }: { id: string; artifact: Artifact }) {
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
