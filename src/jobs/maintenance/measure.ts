/** Writes down what the files of ended jobs take of the disk, so that sums are known without a look. */
import { isHindered } from '../../store/patience.ts';
import { type Engine, folderOf } from '../context/job-context.ts';
import { sizeOfFolder } from '../../os/folder-size.ts';

/** Bytes by id; what cannot be written down now is measured again another time. */
export async function measureJobs(
  engine: Engine,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const id of ids) sizes.set(id, await sizeOfFolder(folderOf(engine, id).root));
  try {
    if (sizes.size > 0) engine.store.markMeasured(sizes);
  } catch (error) {
    if (!isHindered(error)) throw error;
  }
  return sizes;
}
