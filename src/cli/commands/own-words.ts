/** Words behind `-m NAME` of `run` are the module's own, as they are for Python: `run -m pytest -q`. */
import type { Command } from 'commander';

/** `words` of the command line, with `--` where what the module gets begins. */
export function withOwnWords(program: Command, words: string[]): string[] {
  const run = program.commands.find((one) => one.name() === 'run');
  if (words[0] !== 'run' || !run) return words;
  for (let at = 1; words[at]?.startsWith('-') && words[at] !== '--'; at += 1) {
    const word = words[at] ?? '';
    const option = run.options.find(({ short, long }) => word === short || word === long);
    if (option?.required) at += 1; // its value
    const namesModule = option?.long === '--module' || word.startsWith('--module=');
    if (namesModule && words[at + 1] !== '--') return words.toSpliced(at + 1, 0, '--');
  }
  return words;
}
