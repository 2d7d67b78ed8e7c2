/** Before all tests of a project: what each of them would otherwise make or find out again. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildDist } from '../../scripts/build.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/python-mcp.cjs');
const NODE = process.env['PYTHON_MCP_TEST_NODE'] ?? process.execPath;
const ASK = 'import sys; print(sys.executable)';

/** vitest global setup: end-to-end tests drive the bundle that is published. */
export default async function prepare(project: TestProject): Promise<() => void> {
  await buildDist();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'python-mcp-used-')));
  const python = execFileSync('python3', ['-c', ASK], { encoding: 'utf8' }).trim();
  const home = join(root, 'home');
  useOnce(home, python);
  mkdirSync(join(home, 'tools'));
  project.provide('python', python);
  project.provide('usedHome', home);
  return () => rmSync(root, { recursive: true, force: true });
}

/** A server and a command leave their compiled code in the cache of the home. */
function useOnce(home: string, python: string): void {
  const { PATH } = process.env;
  const env = { PATH, PYTHON_MCP_HOME: home, PYTHON_MCP_PYTHON: python };
  const clientInfo = { name: 'tests', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const input = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`;
  execFileSync(NODE, [PROGRAM], { env, input });
  execFileSync(NODE, [PROGRAM, 'run', '-c', 'pass'], { env });
}
