/** The list of jobs as models get it: they pay for every byte. */
import type { JobList, JobListing } from '../../contract/replies/lists.ts';

/** What can be asked for with the job is left out. */
export function shortList({
  jobs,
  counts: _counts,
  clients: _clients,
  ...page
}: JobListing): JobList {
  return {
    jobs: jobs.map(
      ({ progress: _progress, stdout_bytes: _out, stderr_bytes: _err, ...job }) => job,
    ),
    ...page,
  };
}
