/** What is known of the output on the screen. */
import type { StreamName } from './api-types.ts';

export type View = 'both' | StreamName;

export interface OutputState {
  view: View;
  /** Null while the end is shown. */
  window: { stream: StreamName; from: number; next: number } | null;
  sizes: Record<StreamName, number>;
  lines: number;
  /** What is shown moves with the end. */
  following: boolean;
  /** There is something before what is shown. */
  earlier: boolean;
  loading: boolean;
  error: string | null;
}

export const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

export const NOTHING_YET: OutputState = {
  view: 'both',
  window: null,
  sizes: { stdout: 0, stderr: 0 },
  lines: 0,
  following: true,
  earlier: false,
  loading: true,
  error: null,
};
