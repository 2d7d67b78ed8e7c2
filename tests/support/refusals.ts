/** What the server says to wrong calls. */
import { expect } from 'vitest';
import type { TestServer } from './start-server.ts';

/** The sentence for each wrong call; refused calls must leave nothing behind. */
export async function sentences(
  server: TestServer,
  tool: string,
  calls: Record<string, object>,
): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const [name, args] of Object.entries(calls)) {
    said[name] = (await server.refusal(tool, args)).replaceAll(server.work, '<work>');
  }
  expect(server.jobIds()).toEqual([]);
  expect((await server.call('py_list_jobs')).total).toBe(0);
  return said;
}
