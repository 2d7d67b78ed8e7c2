import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../../../src/create-app.ts';
import type { App } from '../../../../src/jobs/app.ts';
import { loadConfig } from '../../../../src/config/settings.ts';
import { hasEnded } from '../../../../src/core/job.ts';
import { waitFor } from '../../../support/wait-for.ts';

function openApp(home: string): App {
  const env = { ...process.env, PYTHON_MCP_HOME: home };
  const config = loadConfig({ env, readFile: () => null, parseToml: () => ({}) });
  const app = createApp(config, env);
  onTestFinished(() => app.close());
  return app;
}

test('waiting for a run ends although another server records its end first', async () => {
  const home = mkdtempSync(join(tmpdir(), 'python-mcp-waiting-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const [ours, other] = [openApp(home), openApp(home)];
  const { id } = await ours.jobs.run(
    { directory: home, script_content: 'import time; time.sleep(0.1)' },
    { tool: 'test', client: { name: 'test', version: null } },
  );
  const began = Date.now();
  const waiting = ours.jobs.waitForEnd(id, began + 3_600_000);
  await waitFor(() => other.jobs.get(id).state.name === 'running', 20_000);
  // Without a turn of the event loop the one that launched it cannot hear of its exit.
  while (!hasEnded(other.jobs.get(id))) expect(Date.now() - began).toBeLessThan(20_000);
  expect(hasEnded(await waiting)).toBe(true); // long before its time is over
});

test('a cancel that came before the wait ends it, whatever is waited for', async () => {
  const home = mkdtempSync(join(tmpdir(), 'python-mcp-waiting-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const [ours, other] = [openApp(home), openApp(home)];
  const { id } = await ours.jobs.run(
    { directory: home, script_content: 'import time; time.sleep(60)' },
    { tool: 'test', client: { name: 'test', version: null } },
  );
  await ours.jobs.waitForStart(id);
  const signal = AbortSignal.abort();
  const call = { signal, delivered: Promise.resolve(false) };
  for (const { jobs } of [ours, other]) {
    expect(hasEnded(await jobs.waitForEnd(id, Date.now() + 50_000, signal))).toBe(false);
    await jobs.read.status({ job_id: id, wait_seconds: 45 }, call);
    await jobs.read.output({ job_id: id, until: 'exit', wait_seconds: 45 }, signal);
    await jobs.read.output({ job_id: id, until: 'pattern', wait_seconds: 45 }, signal);
    await jobs.waitForStart(id, signal);
  }
  expect(hasEnded(ours.jobs.get(id))).toBe(false);
  await ours.jobs.control.cancel(id, 0);
});
