/** The protocol's own conformance scenarios against /mcp, those that ask for no tools or resources of their own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';
import { npmPackages } from '../../support/npm-packages.ts';

const SCENARIOS: Record<string, string[]> = {
  '2025-11-25': [
    'server-initialize',
    'server-session-lifecycle',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'server-sse-polling',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'server-sse-multiple-streams',
    'sep-2164-resource-not-found',
    'dns-rebinding-protection',
    'http-header-validation',
    'caching',
    'input-required-result-missing-input-response',
    'input-required-result-unsupported-methods',
    'input-required-result-ignore-extra-params',
    'input-required-result-validate-input',
  ],
};

const packages = await npmPackages('conformance', {
  '@modelcontextprotocol/conformance': '0.2.0-alpha.12',
});
if ('missing' in packages) console.warn(`SKIPPED: conformance: ${packages.missing}`);

/** The scenarios know no token: whoever asks here has it. Everything else is passed on as it is. */
async function withToken(port: number, token: string): Promise<string> {
  const door = createServer((asked, answered) => {
    const { method, url: path, rawHeaders } = asked;
    const headers = [...rawHeaders, 'Authorization', `Bearer ${token}`];
    const passed = request({ port, host: '127.0.0.1', method, path, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(answered);
    });
    passed.on('error', () => answered.destroy());
    answered.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await once(door.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    door.closeAllConnections();
    door.close();
  });
  return `http://127.0.0.1:${(door.address() as AddressInfo).port}/mcp`;
}

/** What the scenario says when it does not pass; null when it does. */
async function failureOf(url: string, version: string, scenario: string): Promise<string | null> {
  const folder = 'folder' in packages ? packages.folder : '';
  const program = join(folder, 'node_modules', '.bin', 'conformance');
  const args = ['server', '--url', url, '--scenario', scenario, '--spec-version', version];
  return promisify(execFile)(process.execPath, [program, ...args]).then(
    ({ stdout }) => (/passed/i.test(stdout) ? null : stdout),
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

test.skipIf('missing' in packages).each(Object.entries(SCENARIOS))(
  'scenarios of %s pass',
  async (version, scenarios) => {
    const server = await startHttpServer();
    const url = await withToken(server.port, server.token);
    const failures: Record<string, string> = {};
    for (const scenario of scenarios) {
      const failure = await failureOf(url, version, scenario);
      if (failure !== null) failures[scenario] = failure;
    }
    expect(failures).toEqual({});
  },
);
