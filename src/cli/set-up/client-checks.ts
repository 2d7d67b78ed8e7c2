/** Whether what clients have in their configuration starts: `doctor` starts it as they would. */
import { askProgram } from '../../os/ask-program.ts';
import { type Check, verdict } from './doctor-checks.ts';
import { listClients } from './choose-clients.ts';
import { readIfThere } from './config-file.ts';
import { type Client, clientConfig, type ServerEntry } from './install-clients.ts';
import { entryIn } from './merge-config.ts';

const ANSWER_WITHIN_MS = 20_000;
/** What programs get that were started from a desktop. */
const SHORT_PATH = '/usr/bin:/bin';

const HELLO = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'doctor', version: '1' },
  },
});

/** One check for each client that has an entry. */
export async function checkClients(env: NodeJS.ProcessEnv): Promise<Check[]> {
  const clients = listClients(env).filter(({ state }) => state === 'has python-mcp');
  return Promise.all(clients.map(({ client, path }) => checkClient(client, path, env)));
}

async function checkClient(client: Client, path: string, env: NodeJS.ProcessEnv): Promise<Check> {
  const config = clientConfig(client, env);
  const entry = entryIn(config, readIfThere(path)) ?? {};
  const problem = await problemOf(entry, env);
  const remedy = `Write the entry anew: python-mcp install ${client} --write`;
  return verdict(client, problem ? 'missing' : 'ok', problem ?? `${path} starts it`, remedy);
}

/** Null when it answers. */
async function problemOf(entry: ServerEntry, env: NodeJS.ProcessEnv): Promise<string | null> {
  const command = [entry['command'], entry['args'] ?? []].flat().map(String);
  const variables = (entry['env'] ?? entry['environment'] ?? {}) as NodeJS.ProcessEnv;
  if ('url' in entry) return null; // over HTTP: its server may be off
  const { HOME } = env;
  const started = { HOME, PATH: SHORT_PATH, ...variables };
  const { stdout, stderr, failure } = await askProgram(command, HELLO, started, ANSWER_WITHIN_MS);
  if (stdout.includes('"serverInfo"')) return null;
  return firstLine(stderr) ?? failure ?? 'it does not answer';
}

function firstLine(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '');
}
