/** What the container file starts, and how its health is asked: without an engine that could build it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHttpServer } from '../../integration/http/http-server.ts';

const text = readFileSync(join(import.meta.dirname, '../../../Containerfile'), 'utf8');

/** The words of an instruction that has them as JSON. */
function words(instruction: RegExp): string[] {
  return JSON.parse(instruction.exec(text)?.[1] ?? '[]') as string[];
}

test('its server is healthy as long as it answers', async () => {
  const [, serve, ...args] = words(/^CMD (\[.*\])$/m);
  expect(serve).toBe('serve');
  const [, ...check] = words(/^ +CMD (\[.*\])$/m);
  const server = await startHttpServer({ args });
  const isHealthy = (): boolean => {
    const code = check.map((word) => word.replace('7420', String(server.port)));
    return spawnSync(process.execPath, code).status === 0;
  };
  expect(isHealthy()).toBe(true);
  await server.stop('SIGTERM');
  expect(isHealthy()).toBe(false);
});
