import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requirementsFile } from '../../../../src/python/requirements/requirements-file.ts';
import { scratchFolder } from '../../../support/environment-context.ts';

function fileOf(text: string) {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'requirements.txt'), text);
  return requirementsFile([join(folder, 'none'), folder]);
}

test('requirements by name are read, whatever stands around them', () => {
  const text =
    '\ufeff# head\r\nRequests>=2  # why\r\n\nsix==1.15.0 \\\n  --hash=sha256:1 \\\n  --hash=sha256:2\nb ; python_version < "3.9"\n';
  expect(fileOf(text)?.requirements).toEqual([
    'b ; python_version < "3.9"',
    'requests>=2',
    'six==1.15.0',
  ]);
});

test('options, paths and addresses are not used, and named', () => {
  const file = fileOf(
    'six\n-r other.txt\n--index-url https://evil.example\n./local\nx @ https://x/y.whl\n',
  );
  expect(file?.requirements).toEqual(['six']);
  expect(file?.notes.join()).toContain(
    'without: -r other.txt; --index-url https://evil.example; ./local; x @ https://x/y.whl.',
  );
});

test('a file without any requirement is none, as is a folder of that name', () => {
  expect(fileOf('# nothing\n-r other.txt\n')).toBeNull();
  const folder = scratchFolder();
  mkdirSync(join(folder, 'requirements.txt'));
  expect(requirementsFile([folder])).toBeNull();
});
