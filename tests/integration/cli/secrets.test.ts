import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

const TOKEN = 'tok-9f8e7d6c5b4a';
const SHOWN = '****************';

test('secret values are covered in what commands show of a job', async () => {
  const cli = commandLine();
  const code = 'import os, sys; print("it is", os.environ["API_TOKEN"]); sys.exit("no")';
  const ran = await cli.run('run', '-e', `API_TOKEN=${TOKEN}`, '--label', 'telltale', '-c', code);
  expect(ran.out).toBe(`it is ${SHOWN}\n`);
  const { jobs } = JSON.parse((await cli.run('jobs', '--json')).out);
  const [{ id }] = jobs as [{ id: string }];
  for (const words of [['show'], ['output'], ['output', '--raw'], ['grep', 'it is']]) {
    const [command = '', ...rest] = words;
    const { out } = await cli.run(
      command,
      ...(command === 'grep' ? [rest[0] ?? '', id] : [id, ...rest]),
    );
    expect([words, out.includes(SHOWN), out.includes(TOKEN)]).toEqual([words, true, false]);
  }
});
