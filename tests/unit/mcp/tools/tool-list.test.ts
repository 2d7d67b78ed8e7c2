/** What every session pays for: the list of tools. */
import { expect, test } from 'vitest';
import toolList from '../../../../src/mcp/tool-list.json' with { type: 'json' };

const MOST_BYTES = 16 * 1024;
const LONGEST_DESCRIPTION = 500;

test('takes few bytes', () => {
  expect(Buffer.byteLength(JSON.stringify({ tools: toolList }))).toBeLessThanOrEqual(MOST_BYTES);
  for (const { name, description } of toolList) {
    expect({ name, isShort: description.length <= LONGEST_DESCRIPTION }).toEqual({
      name,
      isShort: true,
    });
  }
});

test('has no words that say nothing, or that a host refuses a whole request for', () => {
  const words = JSON.stringify(toolList).match(/"[a-zA-Z]+":/g) ?? [];
  for (const word of ['propertyNames', 'pattern', '$schema', '$ref', 'anyOf', 'format']) {
    expect(words).not.toContain(`"${word}":`);
  }
  expect(JSON.stringify(toolList)).not.toContain(String(Number.MAX_SAFE_INTEGER));
});

test('marks the four that nearly every task needs, for hosts that load tools late', () => {
  const always = toolList.filter(
    (tool) => '_meta' in tool && 'anthropic/alwaysLoad' in (tool._meta ?? {}),
  );
  expect(always.map(({ name }) => name)).toEqual([
    'py_run_script_in_dir',
    'py_run_script_with_dependencies',
    'py_job_status',
    'py_job_output',
  ]);
});
