/** What the runtime's place at the head of PYTHONPATH hides is found all the same. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { runToEnd, scratchFolder, scriptOf, RUNTIME } from './job-run.ts';

const REPORT = `
import os, sys
module = sys.modules.get('sitecustomize')
print(module and (module.__name__, module.__spec__.name, os.path.basename(os.path.dirname(module.__file__))))
print(getattr(module, 'loads', None), os.environ.get('LOADS'))
`;

const COUNTING = `
import os, sys
os.environ['LOADS'] = str(int(os.environ.get('LOADS', 0)) + 1)
loads = os.environ['LOADS']
sys.path.append('/added/by/sitecustomize')
`;

function hidden(code: string): string {
  const folder = join(scratchFolder(), 'hidden');
  mkdirSync(folder);
  writeFileSync(join(folder, 'sitecustomize.py'), code);
  return folder;
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    async function same(code: string, sitecustomize: string): Promise<string> {
      const env = { PYTHONPATH: hidden(sitecustomize) };
      const script = [scriptOf(code)];
      const { left: _, ...expected } = await runToEnd(path, script, { env, runtime: false });
      const { left: _also, ...seen } = await runToEnd(path, script, { env });
      expect(seen).toEqual(expected);
      return seen.stdout;
    }

    test('the sitecustomize it hides is loaded once, under its own name', async () => {
      expect(await same(REPORT, COUNTING)).toBe(
        "('sitecustomize', 'sitecustomize', 'hidden')\n1 1\n",
      );
    });

    test('what that one adds to sys.path stays', async () => {
      await same("import sys\nprint('/added/by/sitecustomize' in sys.path)", COUNTING);
    });

    test.for(["raise ValueError('mine')", 'import not_there', 'syntax error'])(
      'its error surfaces as ever: %s',
      async (code) => {
        await same('print(1)', code);
      },
    );

    test('an exit in it ends Python', async () => {
      const env = { PYTHONPATH: hidden('raise SystemExit(3)') };
      const script = [scriptOf('print(1)')];
      const without = await runToEnd(path, script, { env, runtime: false });
      const seen = await runToEnd(path, script, { env });
      // Its traceback names our file as well: nothing can catch that exception for it.
      expect([seen.code, seen.stdout]).toEqual([without.code, without.stdout]);
      expect(seen.stderr).toContain(without.stderr.trim().split('\n').at(-1));
    });

    test('modules of the script win over the package for scripts', async () => {
      const folder = scratchFolder();
      writeFileSync(join(folder, 'python_mcp.py'), "print('mine')\n");
      writeFileSync(join(folder, 'resource.py'), "print('must not be imported')\n");
      const { stdout, left } = await runToEnd(path, [scriptOf('import python_mcp', folder)]);
      expect(stdout).toBe('mine\n');
      expect(left('usage.json')).toMatch(/^\{"cpu_seconds": /);
    });

    test('sys.path gains one entry, at its end', async () => {
      const script = [scriptOf('import sys\nprint(*sys.path, sep="\\n")')];
      const without = await runToEnd(path, script, { runtime: false });
      expect((await runToEnd(path, script)).stdout).toBe(`${without.stdout}${RUNTIME}\n`);
    });

    test('the folder of the job joins where Python would put it, and not for children', async () => {
      const code = `import os, subprocess, sys
folder = os.environ['PYTHON_MCP_FOLDER']
stdlib = os.path.dirname(os.__file__)
print(sys.path.index(folder) - sys.path.index(stdlib), sys.path.count(folder))
if len(sys.argv) == 1:
    sys.stdout.flush()
    subprocess.call([sys.executable, '-c', 'import sys; print(%r in sys.path)' % folder])
    os.execv(sys.executable, [sys.executable, __file__, 'again'])`;
      const folder = scratchFolder();
      writeFileSync(join(folder, 'types.py'), "raise ValueError('not the project’s')\n");
      writeFileSync(join(folder, 'enum.py'), "raise ValueError('not the project’s')\n");
      const of = (place: string) => ({
        PYTHON_MCP_FOLDER: folder,
        PYTHON_MCP_FOLDER_PLACE: place,
      });
      const last = await runToEnd(path, [scriptOf(code)], { env: of('last') });
      expect([last.stdout, last.stderr]).toEqual(['2 1\nFalse\n2 1\n', '']);
      const first = await runToEnd(path, [scriptOf('import sys\nprint(sys.path[1])')], {
        env: of('first'),
      });
      expect(first.stdout).toBe(`${folder}\n`);
    });

    test('no module of Python is loaded for it but built-in ones', async () => {
      const script = [
        scriptOf('import sys\nprint(*(set(sys.modules) - set(sys.builtin_module_names)))'),
      ];
      const without = await runToEnd(path, script, { runtime: false });
      const seen = await runToEnd(path, script);
      expect(new Set(seen.stdout.split(/\s/))).toEqual(new Set(without.stdout.split(/\s/)));
    });
  });
}
