/** Something that a button starts, takes a while and can fail. */
import { useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';

export function useAction(action: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const run = (): void => {
    setBusy(true);
    setError(null);
    action()
      .catch((reason: unknown) => setError(messageOf(reason)))
      .finally(() => setBusy(false));
  };
  return { busy, error, run };
}
