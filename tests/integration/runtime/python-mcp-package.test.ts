/** `from python_mcp import progress, artifact, display`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realInterpreters } from '../../support/interpreters.ts';
import { RUNTIME, type JobRun, type RunOptions, scriptOf, startRun } from './job-run.ts';

async function run(python: string, code: string, options: RunOptions = {}): Promise<JobRun> {
  const script = scriptOf(`from python_mcp import artifact, display, progress\n${code}`);
  const job = startRun(python, [script], options);
  expect([await job.ended, job.stderr()]).toEqual([0, '']);
  return job;
}

function artifacts(job: JobRun): Record<string, string> {
  const folder = join(job.folder, 'work/artifacts');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
  );
}

for (const { path, version } of await realInterpreters()) {
  describe(`Python ${version} (${path})`, () => {
    test('progress is one line each, whatever the message holds', async () => {
      const job = await run(
        path,
        `progress(5, 10, 'text')\nprogress(2)\nprogress(0.5, 1, 'a\\nb  c')`,
      );
      expect(job.stdout()).toBe('::progress 5/10 text\n::progress 2\n::progress 0.5/1 a b c\n');
    });

    // Before 3.12.4 and 3.13 Python itself loses and garbles text that threads print at once, half
    // of the time in this very script without us (python/cpython#119506).
    const safe = version.localeCompare('3.12.4', 'en', { numeric: true }) >= 0;
    const why = safe ? '' : ' [skipped: this Python garbles concurrent prints by itself]';
    test.skipIf(!safe)(`progress from threads never mixes lines${why}`, async () => {
      const job = await run(
        path,
        `import threading
def work(name):
    for number in range(300): progress(number, 300, name * 50)
threads = [threading.Thread(target=work, args=(name,)) for name in 'abcd']
for thread in threads: thread.start()
for thread in threads: thread.join()`,
      );
      const lines = job.stdout().trimEnd().split('\n');
      const whole = /^::progress \d+\/300 ([abcd])\1{49}$/;
      expect(lines.filter((line) => !whole.test(line))).toEqual([]);
      expect(new Set(lines).size).toBe(1200);
      expect(lines).toHaveLength(1200);
    });

    test('progress without an encoding for the message, or a stdout, is harmless', async () => {
      const job = await run(
        path,
        `progress(1, 2, 'ü')\nimport sys\nsys.stdout = None\nprogress(2)`,
        {
          env: { PYTHONIOENCODING: 'ascii' },
        },
      );
      expect(job.stdout()).toBe('::progress 1/2 ?\n');
    });

    test('result is stated in a file, the last one counts, and it is bounded', async () => {
      const job = await run(
        path,
        `import os
os.environ['PYTHON_MCP_RESULT'] = 'result.json'
from python_mcp import result
result([1])
result({'loss': 0.5, 'name': 'é'})
for wrong in (object(), float('nan'), 'x' * 9000):
    try: result(wrong)
    except (TypeError, ValueError) as error: print(type(error).__name__)
del os.environ['PYTHON_MCP_RESULT']
result(2)`,
      );
      expect(job.stdout()).toBe('TypeError\nValueError\nValueError\n');
      expect(readFileSync(join(job.folder, 'work/result.json'), 'utf8')).toBe(
        '{"loss": 0.5, "name": "é"}\n',
      );
    });

    test('artifact keeps files and bytes under safe names', async () => {
      const job = await run(
        path,
        `import os, pathlib
open('made.txt', 'w').write('made')
for kept in (artifact('made.txt'), artifact(pathlib.Path('made.txt'), 'again.txt'), artifact(b'GIF89a'),
             artifact(b'x', '../../up.txt'), artifact(b'x', '.hidden'), artifact(b'x', 'a\\nb.txt'),
             artifact(b'x', '...'), artifact(b'x' , 'n' * 300 + '.csv')):
    assert os.path.dirname(kept) == os.environ['PYTHON_MCP_ARTIFACTS'], kept
assert artifact(artifact(b'first', 'one.txt')) == artifact(b'second', 'one.txt')`,
      );
      expect(artifacts(job)).toEqual({
        '_.._up.txt': 'x',
        'a_b.txt': 'x',
        'again.txt': 'made',
        artifact: 'x',
        'artifact.gif': 'GIF89a',
        hidden: 'x',
        'made.txt': 'made',
        [`${'n'.repeat(116)}.csv`]: 'x',
        'one.txt': 'second',
      });
    });

    test('an artifact that is not there is Python’s own error, and leaves nothing', async () => {
      const job = await run(
        path,
        `for missing in ('missing.txt', '.'):
    try: artifact(missing)
    except OSError as error: print(type(error).__name__)`,
      );
      expect(job.stdout()).toBe('FileNotFoundError\nIsADirectoryError\n');
      expect(artifacts(job)).toEqual({});
    });

    test('display takes what can show itself', async () => {
      const job = await run(
        path,
        `class Png:
    def _repr_png_(self): return b'\\x89PNG1'
class Svg:
    def _repr_png_(self): return None
    def _repr_svg_(self): return '<svg/>', {'metadata': 1}
class Html:
    def _repr_svg_(self): raise RuntimeError('cannot')
    def _repr_html_(self): return '<b>ü</b>'
class Figure:
    def savefig(self, file, format): file.write(b'\\x89PNG2')
class Image:
    def save(self, file, format): file.write(b'\\x89PNG3')
for thing in (Png(), Svg(), Html(), Figure(), Image(), b'%PDF-1.7', b'?'): display(thing)
display(Png(), 'chosen.png')
try: display(object())
except TypeError as error: print(error)`,
      );
      expect(Object.keys(artifacts(job))).toEqual([
        'chosen.png',
        'display-1.bin',
        'display-1.html',
        'display-1.pdf',
        'figure-1.png',
        'image-1.png',
        'image-1.svg',
        'image-2.png',
      ]);
      expect(artifacts(job)['display-1.html']).toBe(Buffer.from('<b>ü</b>').toString('latin1'));
      expect(job.stdout()).toMatch(/^display\(\) cannot make a picture of object\. Pass a figure/);
    });

    test('processes that display at once take different numbers', async () => {
      const job = await run(
        path,
        `import os
for _ in range(4):
    if os.fork() == 0:
        for number in range(10): display(b'%PDF')
        os._exit(0)
for _ in range(4): os.wait()`,
      );
      expect(Object.keys(artifacts(job))).toHaveLength(40);
    });

    test('outside a job artifacts go to a folder beside the script’s work', async () => {
      const job = await run(path, `print(artifact(b'x', 'a.txt'))\nprogress(1)`, {
        runtime: false,
        env: { PYTHONPATH: RUNTIME },
      });
      expect(artifacts(job)).toEqual({ 'a.txt': 'x' });
      const place = join(job.folder, 'work', 'artifacts', 'a.txt');
      expect(job.stdout()).toBe(`${place}\n::progress 1\n`);
    });
  });
}
