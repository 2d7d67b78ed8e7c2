/** Programs from npm that are too large, or too many, to be dependencies: kept between runs of the tests. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Some are a gigabyte. */
const INSTALL_MS = 15 * 60_000;

/** The folder that holds `node_modules`, or why there is none. */
export type Packages = { folder: string } | { missing: string };

/** @param versions by package; pinned, so that what is kept is what is asked for */
export async function npmPackages(
  name: string,
  versions: Record<string, string>,
): Promise<Packages> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const manifest = JSON.stringify({
    private: true,
    dependencies: versions,
    allowScripts: Object.fromEntries(Object.keys(versions).map((key) => [key, true])),
  });
  const key = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const folder = join(cache, 'python-mcp-tests', `${name}-${key}`);
  if (existsSync(folder)) return { folder };
  mkdirSync(join(folder, '..'), { recursive: true });
  const aside = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(join(aside, 'package.json'), manifest);
    const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=0'];
    await promisify(execFile)('npm', args, { cwd: aside, timeout: INSTALL_MS });
    renameSync(aside, folder);
    return { folder };
  } catch (error) {
    return { missing: (error as Error).message.split('\n').slice(0, 3).join(' ') };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
