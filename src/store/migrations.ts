/** The schema, as numbered steps. A database newer than this program is refused, not guessed at. */
import type { DatabaseSync } from 'node:sqlite';
import { JobError } from '../core/job-error.ts';
import { fold } from './search-text.ts';

/** Step n brings a database from user_version n to n + 1. Steps are never edited once released. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    bound        INTEGER NOT NULL,  -- 1: only the submitter can launch it (it holds values we never store)
    claimed_by   TEXT,
    request      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    ended_at     INTEGER,
    ending       TEXT,              -- our own decision to end the job, and the process that took it
    ending_by    TEXT,
    launch       TEXT,
    outcome      TEXT,
    exit_code    INTEGER,
    usage        TEXT,
    swept        INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Partial: the work of every tick is the jobs that are alive, however many have ended.
  CREATE INDEX jobs_alive ON jobs (state, id) WHERE state IN ('pending', 'preparing', 'running');
  CREATE INDEX jobs_unswept ON jobs (id) WHERE swept = 0 AND state IN ('completed', 'failed', 'cancelled');
  CREATE INDEX jobs_by_state ON jobs (state, id DESC);

  -- Counted by triggers, so that a total costs the same with ten jobs and with a million.
  CREATE TABLE job_counts (state TEXT PRIMARY KEY, jobs INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER count_insert AFTER INSERT ON jobs BEGIN
    INSERT INTO job_counts VALUES (NEW.state, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1;
  END;
  CREATE TRIGGER count_delete AFTER DELETE ON jobs BEGIN
    UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
  END;
  CREATE TRIGGER count_update AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
    UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
    INSERT INTO job_counts VALUES (NEW.state, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1;
  END;

  CREATE TABLE readers (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    reader TEXT NOT NULL,
    cursor TEXT NOT NULL,
    PRIMARY KEY (job_id, reader)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE jobs ADD COLUMN at_rest INTEGER NOT NULL DEFAULT 0;     -- 1: its output was packed
  ALTER TABLE jobs ADD COLUMN disk_bytes INTEGER NOT NULL DEFAULT 0;  -- of its folder, once at rest

  -- The oldest ended job is found at once, however many there are.
  CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX jobs_not_at_rest ON jobs (ended_at) WHERE ended_at IS NOT NULL AND at_rest = 0;

  CREATE TABLE disk_use (only_row INTEGER PRIMARY KEY CHECK (only_row = 0), bytes INTEGER NOT NULL) STRICT;
  INSERT INTO disk_use VALUES (0, 0);
  CREATE TRIGGER disk_update AFTER UPDATE OF disk_bytes ON jobs BEGIN
    UPDATE disk_use SET bytes = bytes + NEW.disk_bytes - OLD.disk_bytes;
  END;
  CREATE TRIGGER disk_delete AFTER DELETE ON jobs BEGIN
    UPDATE disk_use SET bytes = bytes - OLD.disk_bytes;
  END;
  `,
  `
  ALTER TABLE jobs ADD COLUMN client TEXT;          -- who asked for it; null: nobody wrote it down
  ALTER TABLE jobs ADD COLUMN client_version TEXT;

  -- Whose turn it is: the queue by submitter, and when one was last served.
  CREATE INDEX jobs_queued ON jobs (submitted_by, id, bound) WHERE state = 'pending';
  CREATE INDEX jobs_by_submitter ON jobs (submitted_by, started_at);

  -- What lists are searched by, apart from the wide rows: thousands are looked through in no time.
  CREATE TABLE job_search (
    id     TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    state  TEXT NOT NULL,
    client TEXT,
    text   TEXT NOT NULL  -- id, label, tool and client, a line each, folded
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_search_by_client ON job_search (client, id) WHERE client IS NOT NULL;
  CREATE TRIGGER search_update AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
    UPDATE job_search SET state = NEW.state WHERE id = NEW.id;
  END;
  INSERT INTO job_search (id, state, text)
    SELECT id, state, fold(concat_ws(char(10), id, request ->> '$.label', request ->> '$.tool', ''))
    FROM jobs;
  `,
  `
  -- Jobs that never started had their turn, too: it ended when they did.
  DROP INDEX jobs_by_submitter;
  CREATE INDEX jobs_by_submitter ON jobs (submitted_by, coalesce(started_at, ended_at));
  `,
  `
  -- What every tick asks for: each of these holds only what is still to be done.
  DROP INDEX jobs_alive;
  DROP INDEX jobs_unswept;
  DROP INDEX jobs_queued;
  CREATE INDEX jobs_active ON jobs (id) WHERE state IN ('preparing', 'running');
  CREATE INDEX jobs_unswept ON jobs (ended_at) WHERE swept = 0 AND ended_at IS NOT NULL;
  CREATE INDEX jobs_queued ON jobs (submitted_by, bound, id) WHERE state = 'pending';
  CREATE INDEX jobs_held ON jobs (submitted_by) WHERE state = 'pending' AND bound = 1;

  -- Sizes are known from the end of a job on, so that nobody walks folders for a sum.
  ALTER TABLE jobs ADD COLUMN measured INTEGER NOT NULL DEFAULT 0;  -- 1: disk_bytes is known
  UPDATE jobs SET measured = 1 WHERE at_rest = 1;
  CREATE INDEX jobs_unmeasured ON jobs (ended_at) WHERE measured = 0 AND ended_at IS NOT NULL;
  CREATE INDEX jobs_ended_by_state ON jobs (state, ended_at, id) WHERE ended_at IS NOT NULL;
  `,
  `
  -- A run that is asked for twice under one key is one job.
  ALTER TABLE jobs ADD COLUMN request_key TEXT;
  CREATE UNIQUE INDEX jobs_by_request_key ON jobs (request_key) WHERE request_key IS NOT NULL;
  `,
  `
  ALTER TABLE jobs ADD COLUMN error TEXT;  -- why it failed, where more is known than the outcome says
  `,
  `
  -- The name of a session: of two servers that begin the same one at once, the second is refused.
  -- Of a request that is no JSON there is none: the column must not refuse the row's other changes.
  ALTER TABLE jobs ADD COLUMN session TEXT
    AS (iif(json_valid(request), request ->> '$.session.name', NULL)) VIRTUAL;
  CREATE UNIQUE INDEX sessions_alive ON jobs (session)
    WHERE session IS NOT NULL AND state IN ('pending', 'preparing', 'running');
  CREATE INDEX sessions_by_name ON jobs (session, created_at) WHERE session IS NOT NULL;
  `,
  `
  ALTER TABLE jobs ADD COLUMN said TEXT;  -- the result that a script stated, and notes on its files
  `,
  `
  ALTER TABLE jobs ADD COLUMN needs TEXT NOT NULL DEFAULT '';  -- see needs.ts
  ALTER TABLE jobs ADD COLUMN devices TEXT;  -- handed out to it with its turn, a JSON list
  ALTER TABLE jobs ADD COLUMN after_left INTEGER NOT NULL DEFAULT 0;  -- jobs that have to complete first
  ALTER TABLE jobs ADD COLUMN after_failed TEXT;  -- one of them that ended otherwise: it is never run

  -- In the queue is only what waits for no other job; jobs that need the same stand behind each other.
  DROP INDEX jobs_queued;
  CREATE INDEX jobs_queued ON jobs (submitted_by, bound, needs, id)
    WHERE state = 'pending' AND after_left = 0;
  CREATE INDEX jobs_hopeless ON jobs (id) WHERE state = 'pending' AND after_failed IS NOT NULL;

  CREATE TABLE job_after (
    after_id TEXT NOT NULL,
    job_id   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (after_id, job_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_after_by_job ON job_after (job_id);

  -- Told with the end itself, whoever records it: nobody has to ask again and again.
  CREATE TRIGGER after_completed AFTER UPDATE OF state ON jobs
  WHEN NEW.state = 'completed' AND OLD.state <> NEW.state BEGIN
    UPDATE jobs SET after_left = after_left - 1
      WHERE id IN (SELECT job_id FROM job_after WHERE after_id = NEW.id);
    DELETE FROM job_after WHERE after_id = NEW.id;
  END;
  CREATE TRIGGER after_ended AFTER UPDATE OF state ON jobs
  WHEN NEW.state IN ('failed', 'cancelled') AND OLD.state <> NEW.state BEGIN
    UPDATE jobs SET after_failed = coalesce(after_failed, NEW.id)
      WHERE id IN (SELECT job_id FROM job_after WHERE after_id = NEW.id);
  END;
  `,
];

export const SCHEMA_VERSION = STEPS.length;

/** @throws JobError storage when the database was written by a newer version. */
export function migrate(database: DatabaseSync, path: string): void {
  if (versionOf(database) === SCHEMA_VERSION) return;
  database.function('fold', { deterministic: true }, (text) => fold(String(text)));
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again under the lock: another server may have migrated meanwhile.
    const from = versionOf(database);
    refuseNewer(from, path);
    for (const step of STEPS.slice(from)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

function refuseNewer(version: number, path: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new JobError(
    'storage',
    `${path} was written by a newer python-mcp (schema ${version}, this one knows ${SCHEMA_VERSION}). ` +
      'Update python-mcp, or set PYTHON_MCP_HOME to another folder.',
  );
}
