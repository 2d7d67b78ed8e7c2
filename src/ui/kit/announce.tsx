/** Short news: on the screen for a moment, and read out by a screen reader. */
import { useEffect } from 'preact/hooks';
import { Store, useStore } from '../api/store.ts';

const SHOWN_MS = 5_000;

const announcement = new Store('');

export function announce(text: string): void {
  announcement.set(text);
}

export function Announcer() {
  const text = useStore(announcement);
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => announce(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class={text ? 'toast' : 'unseen'} role="status" aria-live="polite">
      {text}
    </div>
  );
}
