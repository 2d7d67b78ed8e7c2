/** The id and the folder of a new job. The folder is what makes the id the only one of its home. */
import { newJobId } from '../../core/job-id.ts';
import { createJobFolder, type JobFolder } from '../../output/files/job-folder.ts';
import { type Engine, folderOf } from './job-context.ts';

export interface NewFolder {
  id: string;
  folder: JobFolder;
}

/** @param createdAt Unix ms */
export function newJobFolder(engine: Engine, createdAt: number): NewFolder {
  for (let now = createdAt; ;) {
    const id = newJobId(now);
    const folder = folderOf(engine, id);
    try {
      createJobFolder(folder);
      return { id, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      now += 1; // so many in one millisecond: the next one has room
    }
  }
}
