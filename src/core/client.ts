/** Clients: the programs that ask for jobs. */

/** As it calls itself. */
export interface Client {
  name: string;
  version: string | null;
}

/** "claude-code 2.1" */
export function describeClient({ name, version }: Client): string {
  return version === null ? name : `${name} ${version}`;
}
