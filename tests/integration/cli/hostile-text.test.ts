/** Hostile text on a terminal: acceptance test 61 (docs/security.md). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIRST_WORD, LAST_WORD, notInert, PRINT_HOSTILE } from '../../support/hostile-text.ts';
import { commandLine } from './command-line.ts';

const LABEL = '\x1b]0;hacked\x07\u202elabel\x9b2J\u{e0041}';
const FILES = `
import os
for at, name in enumerate(["\\u202egnp.exe", "c1\\x9b31m", "zero\\u200bwidth", "tag\\U000e0041"]):
    open(os.path.join(os.environ["PYTHON_MCP_ARTIFACTS"], f"{at}{name}"), "w").write("content")
`;
/** What the program writes itself: colours, and the redrawing of one line. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const OURS = /\x1b\[[\d;]*m|\r\x1b\[K|\r(?=\n)/g;

describe('acceptance 61', () => {
  test('hostile text is inert in every command that shows it on a terminal', async () => {
    const cli = commandLine();
    const code = `${PRINT_HOSTILE}\n${FILES}\nraise SystemExit("\\x1b[2J\\u202e<script>")`;
    // `run` itself shows every byte as it is, as Python would.
    await cli.onTerminal('run', '--label', LABEL, '-c', code, '\x1b[2Jargument\u202e');
    const [id = ''] = cli.jobIds();
    await cli.run('scripts', 'list'); // makes the folder
    const script = `"""\x1b]0;hacked\x07\u202eAbout\x9b2J"""\n# /// script\n# requires-python = ">=3\u202e"\n# dependencies = ["a\\u001b[2J", "b\u202e"]\n# ///\nx = "\x1b[2J"\n`;
    writeFileSync(join(cli.home, 'scripts', 'hostile.py'), script);
    const commands = [
      ['jobs'],
      ['show', id],
      ['output', id],
      ['output', '-f', id],
      ['output', '--tail', '2000', id],
      ['artifacts', id],
      ['artifacts', id, '\x1b[2Jnone\u202e\x9b2J'],
      ['scripts', 'list'],
      ['scripts', 'show', 'hostile'],
      ['show', '\x1b[2J\u202e\x9b2J'],
      ['run', join(cli.work, 'none\u202e\x9b2J.py')],
    ];
    const shown = await Promise.all(
      commands.map(async (command) => {
        const { out, err } = await cli.onTerminal(...command);
        return [command.join(' '), out + err] as const;
      }),
    );
    for (const [name, out] of shown) {
      expect([name, notInert(out.replace(OURS, ''))]).toEqual([name, []]);
      expect(out).not.toMatch(/hacked title|aGFja2Vk|javascript:/);
    }
    for (const at of [2, 3]) expect(shown[at]?.[1]).toMatch(new RegExp(`^${FIRST_WORD}\r\n`));
    expect(shown[3]?.[1]).toContain(LAST_WORD);
  });
});
