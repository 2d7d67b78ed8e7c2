/** What was typed into the form and not run yet, kept while the tab is open: but no secrets. */

/** Values of these are never stored anywhere. */
const SECRETS = new Set(['env_vars', 'stdin']);

const keyOf = (form: string): string => `python-mcp.draft.${form}`;

export function draftOf(form: string): Record<string, string> | null {
  const kept = sessionStorage.getItem(keyOf(form));
  return kept === null ? null : (JSON.parse(kept) as Record<string, string>);
}

export function keepDraft(form: string, data: FormData): void {
  const fields = [...data].filter(
    ([name, value]) => typeof value === 'string' && !SECRETS.has(name),
  );
  sessionStorage.setItem(keyOf(form), JSON.stringify(Object.fromEntries(fields)));
}

export function dropDraft(form: string): void {
  sessionStorage.removeItem(keyOf(form));
}
