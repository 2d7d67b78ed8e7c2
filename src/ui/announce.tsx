/** What a screen reader is told when something changes by itself. */
import { Store, useStore } from './store.ts';

const announcement = new Store('');

export function announce(text: string): void {
  announcement.set(text);
}

export function Announcer() {
  const text = useStore(announcement);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
