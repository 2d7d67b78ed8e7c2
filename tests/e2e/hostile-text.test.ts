/** Hostile text in the replies of tools: acceptance test 61 (docs/security.md). */
import { describe, expect, test } from 'vitest';
import {
  FIRST_WORD,
  HOSTILE,
  LAST_WORD,
  notInert,
  PRINT_HOSTILE,
} from '../support/hostile-text.ts';
import { startServer } from '../support/start-server.ts';

const FILES = `
import os
for at, name in enumerate(["\\u202egnp.exe", "c1\\x9b31m", "zero\\u200bwidth", "tag\\U000e0041", "<img src=x>"]):
    open(os.path.join(os.environ["PYTHON_MCP_ARTIFACTS"], f"{at}{name}"), "w").write("content")
`;

describe('acceptance 61: hostile text', () => {
  test('is inert wherever a reply shows output', async () => {
    const server = await startServer({ era: 'modern' });
    const { session, work } = server;
    const code = `${PRINT_HOSTILE}\n${FILES}\nsys.stderr.write(sys.stdout.errors and "\\x1b]0;hacked\\x07\\u202eend")\nraise SystemExit("\\x1b[2J\\u202e<script>")`;
    const direct = await session.callTool('py_run_script_in_dir', {
      directory: work,
      script_content: code,
    });
    const id = (direct.structuredContent as { job_id: string }).job_id;
    const asked = { job_id: id };
    const replies = [
      direct,
      await session.callTool('py_job_status', asked),
      await session.callTool('py_job_status', { ...asked, incremental: true }),
      await session.callTool('py_job_status', { ...asked, incremental: true, reader: 'other' }),
      await session.callTool('py_job_output', asked),
      await session.callTool('py_job_output', { ...asked, tail: true }),
      await session.callTool('py_job_output', { ...asked, search: 'word|hacked|good' }),
      await session.callTool('py_list_jobs', {}),
    ];
    for (const [at, { content, structuredContent }] of replies.entries()) {
      const texts = content.flatMap((part) => allTexts(part));
      for (const text of [...texts, ...allTexts(structuredContent)]) {
        expect([at, notInert(text), text]).toEqual([at, [], text]);
      }
    }
    const shown = (direct.structuredContent as { stdout: string }).stdout;
    expect(shown.startsWith(`${FIRST_WORD}\n`)).toBe(true);
    expect(shown.endsWith(`${LAST_WORD}\n`)).toBe(true);
    expect(shown).toContain(HOSTILE['an image']);
    expect(shown).not.toMatch(/hacked title|aGFja2Vk|javascript:|rm -rf|evil/);
  });

  test('is inert in resources, and its files can be read by their addresses', async () => {
    const server = await startServer();
    const { client } = server.session;
    const id = await server.start(`${PRINT_HOSTILE}\n${FILES}`);
    const { result } = await server.ended(id);
    const { contents } = await client.readResource({ uri: `job://${id}/stdout` });
    expect(notInert((contents[0] as { text: string }).text)).toEqual([]);
    expect(result.artifacts).toHaveLength(5);
    for (const { uri } of result.artifacts) {
      const read = await client.readResource({ uri });
      expect(JSON.stringify(read.contents)).toMatch(/content|Y29udGVudA/);
    }
  });
});

/** Every text in it, at any depth; JSON in a text is looked into, too. */
function allTexts(value: unknown): string[] {
  if (typeof value === 'string') {
    return value.startsWith('{') ? allTexts(JSON.parse(value)) : [value];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...allTexts(inner)]);
}
