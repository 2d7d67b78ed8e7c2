/** What is known of the output on the screen. */
import type { StreamName } from '../api/api-types.ts';
import { type Place, START } from './output-pages.ts';

export type View = 'both' | StreamName;

export interface OutputState {
  view: View;
  /** Null while the end is shown. */
  window: { from: Place; next: Place } | null;
  sizes: Place;
  lines: number;
  /** What is shown moves with the end. */
  following: boolean;
  /** There is something before what is shown. */
  earlier: boolean;
  loading: boolean;
  error: string | null;
}

export const NOTHING_YET: OutputState = {
  view: 'both',
  window: null,
  sizes: START,
  lines: 0,
  following: true,
  earlier: false,
  loading: true,
  error: null,
};
