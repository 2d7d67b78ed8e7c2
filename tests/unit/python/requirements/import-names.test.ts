import { describe, expect, test } from 'vitest';
import { IMPORT_NAME_TABLE } from '../../../../src/python/requirements/import-name-table.ts';
import { distributionsFor } from '../../../../src/python/requirements/import-names.ts';
import { knownDistributions } from '../../../../src/python/imports/known-distributions.ts';
import { normaliseName } from '../../../../src/python/requirements/requirements.ts';

describe('distributions of imports', () => {
  test.each([
    ['cv2', 'opencv-python'],
    ['PIL', 'pillow'],
    ['yaml', 'pyyaml'],
    ['sklearn', 'scikit-learn'],
    ['bs4', 'beautifulsoup4'],
    ['dateutil', 'python-dateutil'],
    ['serial', 'pyserial'],
    ['googleapiclient', 'google-api-python-client'],
    ['google.cloud.secretmanager', 'google-cloud-secret-manager'],
  ])('%s is in %s', (name, distribution) => {
    expect(distributionsFor(name)[0]).toEqual({ distribution, vetted: true });
  });

  test.each([
    ['google.cloud.storage.Client', 'google-cloud-storage'],
    ['google.protobuf.message', 'protobuf'],
    ['azure.storage.blob', 'azure-storage-blob'],
    ['typing_extensions', 'typing-extensions'],
    ['requests', 'requests'],
  ])('%s is found in %s among the known ones', async (name, distribution) => {
    const known = await knownDistributions();
    const found = distributionsFor(name).find((one) => known.has(one.distribution));
    expect(found?.distribution).toBe(distribution);
  });

  test.each(['utils', 'config', 'google', 'azure', 'tests'])('%s is not guessed', (name) => {
    expect(distributionsFor(name)).toEqual([]);
  });

  test('the table has what it promises: many names, none that would be guessed, all known', async () => {
    const known = await knownDistributions();
    const rows = IMPORT_NAME_TABLE.trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(rows.filter(([name = '']) => !name.includes('.')).length).toBeGreaterThan(150);
    expect(rows.filter(([name = '', target]) => normaliseName(name) === target)).toEqual([]);
    expect(rows.filter(([, target = '']) => !known.has(target))).toEqual([]);
  });

  test('an invented name is not known', async () => {
    const known = await knownDistributions();
    expect(known.has('requestz')).toBe(false);
    expect(known.size).toBeGreaterThan(14_000);
  });
});
