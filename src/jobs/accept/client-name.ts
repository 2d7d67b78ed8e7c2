/** Clients choose their names themselves: before one is stored it is made short and plain. */
import type { Client } from '../../core/client.ts';
import { oneLine } from '../../output/terminal/one-line.ts';

/** In characters. */
const LONGEST_NAME = 64;
const LONGEST_VERSION = 32;

export function plainClient({ name, version }: Client): Client {
  return {
    name: plain(name, LONGEST_NAME) || 'unknown',
    version: (version && plain(version, LONGEST_VERSION)) || null,
  };
}

/** Cut before it is cleaned, too: cleaning megabytes for a name is nobody's wish. */
function plain(text: string, longest: number): string {
  const clean = oneLine(text.slice(0, 4 * longest));
  return Array.from(clean).slice(0, longest).join('').trim();
}
