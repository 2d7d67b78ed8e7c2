/** What the Python runtime writes down when a script ends in order: what it used, and what it raised. */
import * as z from 'zod';
import type { Usage } from '../../core/job.ts';
import type { JobFolder } from '../../output/files/job-folder.ts';
import { readControl } from '../context/control-file.ts';

const Error = z.object({
  type: z.string(),
  message: z.string(),
  file: z.string().nullable(),
  line: z.int().optional(),
});

const OrderlyEnd = z.object({
  cpu_seconds: z.number(),
  peak_rss_bytes: z.number(),
  /** Bytes; absent where there is no limit. */
  address_space_limit: z.number().optional().catch(undefined),
  /** What no handler of the script caught. */
  error: Error.optional().catch(undefined),
});

export type OrderlyEnd = z.infer<typeof OrderlyEnd>;

/** Null when it did not end in order: then a code above 128 was a signal. */
export function readOrderlyEnd(folder: JobFolder): OrderlyEnd | null {
  return readControl(folder, folder.usage, OrderlyEnd);
}

export function usageOf({ cpu_seconds, peak_rss_bytes }: OrderlyEnd): Usage {
  return { cpu_seconds, peak_rss_bytes };
}
