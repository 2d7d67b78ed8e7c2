/** Cases 09, 27, 29, 30 and 36 with packages of the index. Runs where one can be reached; says so when not. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { PYTHON } from '../../support/test-home.ts';
import { waitFor } from '../../support/wait-for.ts';

const PROBE = ['-m', 'pip', 'download', '--no-deps', '--retries', '0', '--timeout', '5'];
const probe = spawnSync(PYTHON, [...PROBE, '--dest', tmpdir(), 'six'], { timeout: 30_000 });
const reachable = probe.status === 0;
if (!reachable) console.warn('SKIPPED: no package index can be reached, so no real packages.');

const INSTALLED_WITHIN_MS = 300_000;

/** Of this machine's own way to the index nothing else reaches a server. */
function indexSettings(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => /^(pip|uv|ssl)_|_proxy$/i.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? '']));
}

async function begin(script_content: string, dependencies: string[]) {
  const server = await startServer({ env: indexSettings() });
  const run = { script_content, dependencies, async_mode: true };
  const { job_id: id } = await server.call('py_run_script_with_dependencies', run);
  return { server, id: String(id) };
}

async function prints(server: TestServer, id: string, text: string): Promise<void> {
  const has = () => server.output(id, 'stdout').includes(text);
  await waitFor(has, INSTALLED_WITHIN_MS, `${text} of job ${id}`);
}

const BARS = `
import random, time
from multiprocessing import Pool
from tqdm import tqdm
def work(worker):
    for _ in tqdm(range(20), desc=f"worker {worker}", position=worker, mininterval=0): time.sleep(0.02)
    tqdm.write(f"worker {worker} done")
if __name__ == "__main__":
    with Pool(4, initializer=tqdm.set_lock, initargs=(tqdm.get_lock(),)) as pool:
        pool.map(work, range(4))
`;

const PLOTS = `
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.savefig("saved.png")
plt.show()
`;

const KERNEL = `
import nbformat, os
from nbclient import NotebookClient
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import time; time.sleep(600)")])
client = NotebookClient(notebook, kernel_name="python3")
client.on_cell_execute = lambda cell, cell_index: print("in the kernel", flush=True)
client.execute()
`;

const RAY = `
import ray, time
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=True)
@ray.remote
def work(n):
    return n * n
print("squares", ray.get([work.remote(n) for n in range(4)]), flush=True)
time.sleep(600)
`;

describe.skipIf(!reachable)(`with a package index${reachable ? '' : ' (none reachable)'}`, () => {
  test('09 parallel-bars: bars of four workers are rows, and what is written beside them is whole', async () => {
    const { server, id } = await begin(BARS, ['tqdm']);
    const { result } = await server.ended(id, INSTALLED_WITHIN_MS);
    const said = result.stdout.split('\n').filter((line: string) => line !== '');
    expect(said.toSorted()).toEqual([0, 1, 2, 3].map((worker) => `worker ${worker} done`));
    for (const worker of [0, 1, 2, 3]) expect(result.stderr).toContain(`worker ${worker}: 100%|`);
  }, 400_000);

  test('27 ray-inside: it runs, and a cancel leaves none of its processes', async () => {
    const { server, id } = await begin(RAY, ['ray']);
    await prints(server, id, 'squares [0, 1, 4, 9]\n');
    expect((await server.processes(id)).length).toBeGreaterThan(2);
    await server.call('py_cancel_job', { job_id: id });
    expect(await server.processes(id)).toEqual([]);
  }, 400_000);

  test('29 names-of-imports: wrong names are answered with the right ones, all at once', async () => {
    const run = { script_content: 'import yaml', dependencies: ['PIL', 'cv2', 'yaml'] };
    // The index may take its time: the call is not to hand over to the background meanwhile.
    const server = await startServer({ env: { SMART_ASYNC_TIMEOUT_SECONDS: '3000' } });
    const said = await server.refusal('py_run_script_with_dependencies', run);
    for (const name of ['pillow', 'opencv-python', 'pyyaml']) {
      expect(said).toContain(`the package is ${name}`);
    }
  });

  test.each(['Agg', 'TkAgg'])(
    '30 plots-elsewhere: under %s a plot comes back, saved or shown',
    async (backend) => {
      const { server, id } = await begin(PLOTS.replace('Agg', backend), ['matplotlib']);
      const { result } = await server.ended(id, INSTALLED_WITHIN_MS);
      expect(result.exit_code).toBe(0);
      const names = result.artifacts.map(({ name }: { name: string }) => name);
      expect(names).toEqual(expect.arrayContaining(['saved.png']));
      expect(names.length).toBe(2);
    },
    400_000,
  );

  test('36 notebook-kernel: a cancel leaves no kernel', async () => {
    const { server, id } = await begin(KERNEL, ['nbclient', 'ipykernel']);
    await prints(server, id, 'in the kernel');
    expect((await server.processes(id)).length).toBeGreaterThan(1);
    await server.call('py_cancel_job', { job_id: id });
    expect(await server.processes(id)).toEqual([]);
  }, 400_000);
});
