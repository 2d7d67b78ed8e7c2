import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const CODE = `
import os
folder = os.environ["PYTHON_MCP_ARTIFACTS"]
open(os.path.join(folder, "all-bytes"), "wb").write(bytes(range(256)) * 10_000)
os.symlink("/etc/passwd", os.path.join(folder, "trap"))
`;

it('artifacts lists the files of a job, prints one or saves it, byte for byte', async () => {
  const cli = commandLine();
  const { job_id: id } = JSON.parse((await cli.run('run', '--json', '-c', CODE)).out);
  const lines = (await cli.run('artifacts', id)).out.split('\n');
  expect(lines[0]).toMatch(/^SIZE +MODIFIED +NAME$/);
  expect(lines[1]).toMatch(/^2\.4 MiB +\S+Z +all-bytes$/);
  expect(lines.slice(2)).toEqual(['']);
  const whole = Buffer.alloc(2_560_000, Buffer.from(Array.from({ length: 256 }, (_, n) => n)));
  expect((await cli.run('artifacts', id, 'all-bytes')).stdout.equals(whole)).toBe(true);
  const copy = join(cli.work, 'copy');
  expect(await cli.run('artifacts', id, 'all-bytes', '-o', copy)).toMatchObject({ code: 0 });
  expect(readFileSync(copy).equals(whole)).toBe(true);
  const trap = await cli.run('artifacts', id, 'trap');
  expect(trap).toMatchObject({ code: 2, out: '' });
  expect(trap.err).toContain(`NAME: job ${id} has no file "trap".`);
});
