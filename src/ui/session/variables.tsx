/** What a session holds, or held when it ended. */
import type { JobDetails } from '../api/api-types.ts';
import { plain } from '../kit/format.ts';
import { Section } from '../kit/section.tsx';

export function Variables({ session }: { session: NonNullable<JobDetails['session']> }) {
  const { variables = [], variables_total: total = variables.length, state } = session;
  return (
    <Section title={state === 'ended' ? 'Lost variables' : 'Variables'}>
      {variables.length === 0 && <p class="note">None.</p>}
      <ul class="variables">
        {variables.map((variable) => (
          <li key={variable}>
            <code>{plain(variable)}</code>
          </li>
        ))}
      </ul>
      {total > variables.length && <p class="note">{total - variables.length} more.</p>}
    </Section>
  );
}
