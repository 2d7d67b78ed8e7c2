/** Files that a script left: pictures are shown, everything else can be saved. */
import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../api/api.ts';
import type { ArtifactPage, JobDetails } from '../api/api-types.ts';
import { isLive } from '../kit/job-state.tsx';
import { Section } from '../kit/section.tsx';
import { isPicture, Picture, SaveButton } from '../output/file-of-job.tsx';

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
