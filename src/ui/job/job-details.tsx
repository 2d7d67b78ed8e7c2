/** Result, environment, request and course of a job. */
import type { ComponentChildren } from 'preact';
import type { JobDetails } from '../api/api-types.ts';
import { bytes, clock, duration, plain, plainLines, shortClock } from '../kit/format.ts';
import { isLive, neverStarted } from '../kit/job-state.tsx';
import { Section } from '../kit/section.tsx';

function Facts({ facts }: { facts: [name: string, value: ComponentChildren][] }) {
  const given = facts.filter(([, value]) => Boolean(value));
  return (
    <dl class="facts">
      {given.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Result({ job }: { job: JobDetails }) {
  if (isLive(job) || neverStarted(job)) return null; // why it did not is said in the output's place
  const code = job.result?.exit_code ?? null;
  return (
    <Section title="Result">
      {job.error && <p class="error-text">{plain(job.error)}</p>}
      <Facts
        facts={[
          ['Exit code', code === null ? null : String(code)],
          ['Duration', job.started_at === null ? null : duration(job.elapsed_seconds)],
          ['Output', `${bytes(job.stdout_bytes)} stdout, ${bytes(job.stderr_bytes)} stderr`],
        ]}
      />
      <Stated job={job} />
    </Section>
  );
}

/** What the script stated as its result, and what there is to say about the run. */
function Stated({ job: { result, environment } }: { job: JobDetails }) {
  const saidBelow = new Set(environment?.notes);
  const notes = (result?.notes ?? []).filter((note) => !saidBelow.has(note));
  return (
    <>
      {result && 'result_value' in result && (
        <pre class="result-value">{plainLines(JSON.stringify(result.result_value, null, 2))}</pre>
      )}
      {notes.map((note) => (
        <p key={note} class="note">
          {plain(note)}
        </p>
      ))}
    </>
  );
}

const EVENTS = { created: 'Accepted', started: 'Script started', ended: 'Ended' };

export function Timeline({ job }: { job: JobDetails }) {
  return (
    <Section title="Timeline">
      <ol class="timeline">
        {job.timeline.map(({ event, at }) => (
          <li key={event}>
            {EVENTS[event]}{' '}
            <time dateTime={at} title={clock(at)}>
              {shortClock(at)}
            </time>
          </li>
        ))}
      </ol>
    </Section>
  );
}

export function Environment({ job }: { job: JobDetails }) {
  const { environment } = job;
  if (!environment) return null;
  const pinned = environment.resolved_dependencies ?? [];
  return (
    <Section title="Environment">
      <Facts
        facts={[
          ['Python', environment.python_version],
          ['Strategy', plain(environment.strategy)],
          ['From', plain(environment.source)],
          ['Interpreter', <code>{plain(environment.interpreter)}</code>],
        ]}
      />
      {environment.notes.map((note) => (
        <p key={note} class="note">
          {plain(note)}
        </p>
      ))}
      {pinned.length > 0 && (
        <details>
          <summary>
            {pinned.length} {pinned.length === 1 ? 'package' : 'packages'}
          </summary>
          <ul class="packages">
            {pinned.map((name) => (
              <li key={name}>
                <code>{plain(name)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}

export function Request({ job }: { job: JobDetails }) {
  const { request } = job;
  return (
    <Section title="Request">
      <Facts
        facts={[
          ['Directory', <code>{plain(request.directory)}</code>],
          ['Script', request.script_path && <code>{plain(request.script_path)}</code>],
          ['Module', request.module && <code>{plain(request.module)}</code>],
          ['Command', request.command && <code>{plain(request.command.join(' '))}</code>],
          ['Arguments', request.args.length > 0 && <code>{plain(request.args.join(' '))}</code>],
          [
            'Variables',
            request.env_names.length > 0 && <code>{request.env_names.join(', ')}</code>,
          ],
          ['Time limit', request.timeout_seconds > 0 && duration(request.timeout_seconds)],
          ['Memory limit', request.memory_limit_mb !== null && `${request.memory_limit_mb} MB`],
        ]}
      />
    </Section>
  );
}
