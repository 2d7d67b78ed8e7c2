/** Real agent hosts from npm, in the versions that the tests were written against. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSIONS = {
  '@anthropic-ai/claude-code': '2.1.332',
  '@openai/codex': '0.171.0',
  'opencode-ai': '1.18.33',
  '@google/gemini-cli': '0.61.0',
};

/** They are a gigabyte. */
const INSTALL_MS = 15 * 60_000;

/** The folder of their commands, or why there is none. */
export async function installHosts(): Promise<{ bin: string } | { missing: string }> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const manifest = JSON.stringify({
    private: true,
    dependencies: VERSIONS,
    allowScripts: Object.fromEntries(Object.keys(VERSIONS).map((name) => [name, true])),
  });
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const folder = join(cache, 'python-mcp-tests', `hosts-${key}`);
  const bin = join(folder, 'node_modules', '.bin');
  if (existsSync(bin)) return { bin };
  mkdirSync(join(folder, '..'), { recursive: true });
  const aside = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(aside, 'package.json'), manifest);
    const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=0'];
    await promisify(execFile)('npm', args, { cwd: aside, timeout: INSTALL_MS });
    renameSync(aside, folder);
    return { bin };
  } catch (error) {
    return { missing: (error as Error).message.split('\n').slice(0, 3).join(' ') };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
