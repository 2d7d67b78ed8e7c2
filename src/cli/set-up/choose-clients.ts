/** Which MCP clients there are on this machine, and which of them somebody wants. */
import { createInterface } from 'node:readline/promises';
import { JobError } from '../../core/job-error.ts';
import { formatTable } from '../terminal/table.ts';
import { printLine, type Terminal } from '../terminal/terminal.ts';
import { readIfThere } from './config-file.ts';
import { type Client, clientConfig, CLIENTS, isThere } from './install-clients.ts';
import { entryIn } from './merge-config.ts';

export interface ClientState {
  client: Client;
  path: string;
  state: 'has python-mcp' | 'found' | 'not found' | 'cannot be read';
}

export function listClients(env: NodeJS.ProcessEnv): ClientState[] {
  return CLIENTS.map((client) => {
    const { path } = clientConfig(client, env);
    return { client, path, state: stateOf(client, env) };
  });
}

export async function chooseClients(terminal: Terminal): Promise<Client[]> {
  const { env, stdin, stdout } = terminal;
  const states = listClients(env);
  const rows = states.map(({ client, state, path }) => [client, state, path]);
  await printLine(stdout, formatTable(rows));
  const found = states.filter(({ state }) => state === 'found').map(({ client }) => client);
  if (!stdin.isTTY || !stdout.isTTY) {
    await printLine(stdout, '\nAdd it with: python-mcp install --all (or: install NAME --write)');
    return [];
  }
  return named(
    await ask(terminal, `\nAdd to which (${found.join(', ') || 'a name'}; all; none)? `),
    found,
  );
}

/** @throws JobError invalid_request for a name that is none. */
function named(answer: string, found: Client[]): Client[] {
  const words = answer
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (words.includes('all')) return found;
  return words
    .filter((word) => word !== 'none')
    .map((word) => {
      const client = CLIENTS.find((name) => name === word);
      if (client) return client;
      throw new JobError('invalid_request', `"${word}" is no client: ${CLIENTS.join(', ')}.`);
    });
}

async function ask({ stdin, stdout }: Terminal, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function stateOf(client: Client, env: NodeJS.ProcessEnv): ClientState['state'] {
  if (!isThere(client, env)) return 'not found';
  const config = clientConfig(client, env);
  try {
    return entryIn(config, readIfThere(config.path)) ? 'has python-mcp' : 'found';
  } catch {
    return 'cannot be read';
  }
}
