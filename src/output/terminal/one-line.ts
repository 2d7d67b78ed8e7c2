/** Text that somebody else chose, fit for one line. */
import { stripVTControlCharacters } from 'node:util';
import { cleanTerminalText } from './clean-text.ts';

export function oneLine(text: string): string {
  const words = stripVTControlCharacters(text).replace(/[\s\p{Control}]+/gu, ' ');
  return cleanTerminalText(words).trim();
}
