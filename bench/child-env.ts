/** The environment of everything that is measured: without settings that would hide a cost. */
const HIDES_A_COST = new Set(['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE', 'NODE_OPTIONS']);

export function childEnv(): Record<string, string> {
  const entries = Object.entries(process.env) as [string, string][];
  return Object.fromEntries(entries.filter(([name]) => !HIDES_A_COST.has(name)));
}
