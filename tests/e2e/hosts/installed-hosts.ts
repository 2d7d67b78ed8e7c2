/** Real agent hosts from npm, in the versions that the tests were written against. */
import { join } from 'node:path';
import { npmPackages } from '../../support/npm-packages.ts';

const VERSIONS = {
  '@anthropic-ai/claude-code': '2.1.332',
  '@openai/codex': '0.171.0',
  'opencode-ai': '1.18.33',
  '@google/gemini-cli': '0.61.0',
};

/** The folder of their commands, or why there is none. */
export async function installHosts(): Promise<{ bin: string } | { missing: string }> {
  const packages = await npmPackages('hosts', VERSIONS);
  if ('missing' in packages) return packages;
  return { bin: join(packages.folder, 'node_modules', '.bin') };
}
