/**
 * Names of the wire in sentences of the engine. They are marked when the sentence is made, so that
 * each adapter can say its own word for them: a parameter is an option to somebody at a terminal.
 */

/** From private use: no name holds them. */
const [OPEN, CLOSE] = ['\uE0F0', '\uE0F1'];
const MARKED = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

/** @param name a parameter, a tool, or a parameter with its value, such as `overwrite=true` */
export function called(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** The sentence with `word` in the place of each marked name; as the wire has them when left out. */
export function worded(sentence: string, word: (name: string) => string = asIs): string {
  return sentence.replace(MARKED, (_, name: string) => word(name));
}

function asIs(name: string): string {
  return name;
}
