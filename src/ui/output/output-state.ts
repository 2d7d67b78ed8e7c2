/** What is known of the output on the screen. */
import type { StreamName } from '../api/api-types.ts';
import { type FirstLines, NOT_COUNTED } from '../lines/line-index.ts';
import { type Place, START } from './output-pages.ts';

export type View = 'both' | StreamName;

/** A part of the output. */
export interface Window {
  from: Place;
  next: Place;
}

export interface OutputState {
  view: View;
  /** Null while the end is shown. */
  window: Window | null;
  /** What was written first on the screen. */
  start: Place;
  firstLines: FirstLines;
  /** Lines are numbered when somebody asks for it: it takes a while. */
  isUncounted: boolean;
  /** Lines of each stream written since then. */
  written: Place;
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
  start: START,
  firstLines: NOT_COUNTED,
  isUncounted: false,
  written: START,
  sizes: START,
  lines: 0,
  following: true,
  earlier: false,
  loading: true,
  error: null,
};
