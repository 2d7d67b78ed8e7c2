/**
 * Tells which file of a folder changes, in the turn of the event. A hint, no more: events can be
 * missed, and on some file systems there are none.
 */
import { type FSWatcher, watch } from 'node:fs';

/** @param name null when the system does not say. */
export type OnChange = (kind: 'rename' | 'change', name: string | null) => void;

export class FolderWatch {
  #watcher: FSWatcher | null = null;

  constructor(directory: string, onChange: OnChange) {
    try {
      this.#watcher = watch(directory, { persistent: false }, onChange);
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = null; // its user looks now and then anyway: slower, not wrong
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
