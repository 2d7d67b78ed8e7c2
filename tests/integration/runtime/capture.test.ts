/** plt.show(), Image.show() and plotly's show() keep files, with the real libraries. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters, type RealInterpreter } from '../../support/interpreters.ts';
import { FIXTURES, type JobRun, runToEnd, scriptOf, startRun } from './job-run.ts';

const BACKEND = { MPLBACKEND: 'module://python_mcp.matplotlib_backend' };

/** Interpreters to look in first: `PYTHON_MCP_TEST_PICTURES` names one that has the libraries. */
async function candidates(): Promise<RealInterpreter[]> {
  const named = process.env['PYTHON_MCP_TEST_PICTURES'];
  return [...(named ? [{ path: named, version: 'named' }] : []), ...(await realInterpreters())];
}

function withModule(pythons: RealInterpreter[], module: string): string | undefined {
  return pythons.find(({ path }) => spawnSync(path, ['-c', `import ${module}`]).status === 0)?.path;
}

const pythons = await candidates();

function pictured(module: string, body: (python: string) => Promise<void>): void {
  const python = withModule(pythons, module);
  const title = `${module}: what is shown or saved is kept`;
  if (python) test(title, () => body(python));
  else
    test.skip(
      `${title} [skipped: no interpreter has ${module}; name one in PYTHON_MCP_TEST_PICTURES]`,
    );
}

async function artifactsOf(python: string, script: string): Promise<[JobRun, string[]]> {
  const job = startRun(python, [join(FIXTURES, 'capture', script)], { env: BACKEND });
  expect([await job.ended, job.stderr()]).toEqual([0, '']);
  return [job, readdirSync(join(job.folder, 'work/artifacts')).sort()];
}

describe('with the library', () => {
  pictured('matplotlib', async (python) => {
    const [job, names] = await artifactsOf(python, 'matplotlib-show.py');
    // The third figure was shown three times under its one name.
    expect(names).toEqual(['figure-1.png', 'figure-2.png', 'figure-3.png']);
    expect(job.stdout()).toBe('[]\n[]\n');
  });

  pictured('matplotlib', async (python) => {
    const [job, names] = await artifactsOf(python, 'saved.py');
    expect(names).toEqual([
      'figure-1.png',
      'figure.png',
      'figure.svg',
      'image.png',
      'own.png',
      'pixels.png',
    ]);
    // Each stands where the script put it, and what is large stands there alone.
    const lines = (job.left('pictures.jsonl') ?? '').trim().split('\n');
    const saved = lines.map((line) => (JSON.parse(line) as { path: string }).path);
    const places = ['figure.png', 'figure.svg', 'pixels.png', 'image.png', 'large.png'];
    expect(saved).toEqual(places.map((name) => join(job.folder, 'work', name)));
    expect(job.left('figures.json')).toBe('{"open_figures": 2}\n');
  });

  pictured('cv2', async (python) => {
    const code = `import cv2, numpy\nprint(cv2.imwrite('cv.png', numpy.zeros((4, 4, 3), 'uint8')))`;
    const job = startRun(python, [scriptOf(code)]);
    expect([await job.ended, job.stdout()]).toEqual([0, 'True\n']);
    expect(readdirSync(join(job.folder, 'work/artifacts'))).toEqual(['cv.png']);
  });

  pictured('PIL', async (python) => {
    const [job, names] = await artifactsOf(python, 'pillow-show.py');
    expect(names).toEqual(['image-1.png', 'image-2.png']);
    const image = readFileSync(join(job.folder, 'work/artifacts/image-1.png'));
    expect(image.subarray(1, 4).toString()).toBe('PNG');
  });

  pictured('plotly', async (python) => {
    const [job, names] = await artifactsOf(python, 'plotly-show.py');
    expect(names[0]).toBe('chart-1.html');
    expect(readFileSync(join(job.folder, 'work/artifacts/chart-1.html'), 'utf8')).toContain(
      'Plotly',
    );
  });
});

for (const { path, version } of await realInterpreters()) {
  test(`Python ${version}: a module's spec, loader and errors are as without us`, async () => {
    const code = `
import os, sys
os.makedirs('PIL')
open('PIL/__init__.py', 'w').close()
open('PIL/ImageShow.py', 'w').write('import os\\nprint(__name__, __spec__.name, type(__loader__))\\n')
sys.path.insert(0, os.getcwd())
import PIL.ImageShow
print(PIL.ImageShow.__loader__ is PIL.ImageShow.__spec__.loader)
open('PIL/ImageShow.py', 'w').write('raise ValueError(1)')
import importlib
try: importlib.import_module('plotly.io._renderers')
except ImportError as error: print(error)
del sys.modules['PIL.ImageShow']
os.utime('PIL/ImageShow.py', (1, 1))
importlib.import_module('PIL.ImageShow')`;
    const script = [scriptOf(code)];
    const without = await runToEnd(path, script, { runtime: false });
    const seen = await runToEnd(path, script);
    expect([seen.code, seen.stdout]).toEqual([without.code, without.stdout]);
    expect(seen.stderr.trim().split('\n').at(-1)).toBe(without.stderr.trim().split('\n').at(-1));
  });
}
