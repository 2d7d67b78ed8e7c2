import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/store/database.ts';
import { JobLists } from '../../../src/store/job-lists.ts';
import { JobStore } from '../../../src/store/job-store.ts';
import { SCHEMA_VERSION } from '../../../src/store/migrations.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/store');

function databasePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'python-mcp-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'jobs.db');
}

test('a new database gets the schema, and opening it again changes nothing', () => {
  const path = databasePath();
  const schemaOf = (database: DatabaseSync) =>
    database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  const first = openDatabase(path);
  const schema = schemaOf(first);
  first.close();
  const second = openDatabase(path);
  expect(schemaOf(second)).toEqual(schema);
  expect(second.prepare('PRAGMA user_version').get()).toEqual({ user_version: SCHEMA_VERSION });
  expect(second.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  second.close();
});

test('a database of a newer program is refused, and left as it is', () => {
  const path = databasePath();
  const newer = new DatabaseSync(path);
  newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  newer.close();
  expect(() => openDatabase(path)).toThrow(
    `${path} was written by a newer python-mcp (schema ${SCHEMA_VERSION + 1}, this one knows ` +
      `${SCHEMA_VERSION}). Update python-mcp, or set PYTHON_MCP_HOME to another folder.`,
  );
  const after = new DatabaseSync(path);
  expect(after.prepare('SELECT count(*) AS n FROM sqlite_schema').get()).toEqual({ n: 0 });
  after.close();
});

test('a folder that is not there is said to be the problem', () => {
  expect(() => openDatabase('/none/jobs.db')).toThrow(
    /^Cannot open the job database \/none\/jobs\.db: .*set PYTHON_MCP_HOME elsewhere\.$/,
  );
});

test('an old database is brought up to date with its jobs', () => {
  const path = databasePath();
  const old = new DatabaseSync(path);
  old.exec(readFileSync(join(FIXTURES, 'schema-2.sql'), 'utf8'));
  old.close();
  const database = openDatabase(path);
  const [store, lists] = [new JobStore(database), new JobLists(database)];
  const { jobs, total } = lists.list(null, 10, 0);
  expect(total).toBe(3);
  expect(jobs.map(({ request, state, client }) => [request.label, state.name, client])).toEqual([
    ['Waits', 'pending', null],
    ['Nightly import', 'failed', null],
    ['Ärger mit Übung', 'completed', null],
  ]);
  const [, , oldest] = jobs;
  expect(store.readerCursor(oldest?.id ?? '', '')).toBe('c12-0');
  const search = (text: string) => {
    const found = lists.matching(
      { status: null, text, client: null, label: null, since: null, from: null },
      'newest',
      10,
      0,
    );
    return found.jobs.map(({ request }) => request.label);
  };
  expect(search('ärger')).toEqual(['Ärger mit Übung']);
  expect(search('HTTP')).toEqual(['Waits']);
  expect(lists.clientNames()).toEqual([]);
  store.remove(oldest?.id ?? '');
  expect([search('ärger'), lists.diskUse()]).toEqual([[], 0]);
  store.close();
});
