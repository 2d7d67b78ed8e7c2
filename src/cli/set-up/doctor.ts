/** `python-mcp doctor`: what is there, what is missing, and how to get it. */
import type { App } from '../../jobs/app.ts';
import type { Config } from '../../config/settings.ts';
import { everyInterpreter, type Interpreter } from '../../jobs/environments/found-pythons.ts';
import { checkClients } from './client-checks.ts';
import type { Root } from './root.ts';
import * as checks from './doctor-checks.ts';
import { type Check, verdict } from './doctor-checks.ts';
import { complain } from '../terminal/failure.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, styled, type Terminal } from '../terminal/terminal.ts';

interface Findings {
  version: string;
  ok: boolean;
  checks: Check[];
  interpreters: Interpreter[];
}

/** @returns 1 when something essential is broken. */
export async function doctor(
  { json }: { json?: boolean },
  terminal: Terminal,
  root: Root,
): Promise<number> {
  const findings = await examine(terminal.env, root);
  if (json) await printJson(terminal, findings);
  else await print(findings, terminal);
  return findings.ok ? 0 : 1;
}

async function examine(env: NodeJS.ProcessEnv, root: Root): Promise<Findings> {
  const found: Check[] = [checks.checkNode()];
  const config = await openHome(root, found);
  if (config) {
    found.push(checks.checkHome(config.home), checks.checkDisk(config));
    found.push(await checks.checkFileEvents(config.home));
    found.push(await checks.checkPython(config, env), checks.checkUv(config.home, env));
    found.push(checks.checkSandbox(config.home, env));
  }
  found.push(...(await checkClients(env)));
  const interpreters = config ? await everyInterpreter(config, env) : [];
  const ok = found.every(({ status }) => status !== 'broken');
  return { version: root.version, ok, checks: found, interpreters };
}

/** Settings, folders and database, opened as every server does; null when they cannot be. */
async function openHome(root: Root, found: Check[]): Promise<Config | null> {
  let app: App | null = null;
  try {
    const config = await root.readConfig();
    app = await root.createApp(config, false);
    const { total } = app.jobs.inspect.list({ limit: 1 });
    found.push(verdict('database', 'ok', `opens, schema is current, jobs: ${total}`, ''));
    return config;
  } catch (error) {
    found.push(verdict('database', 'broken', 'cannot be opened', (error as Error).message));
    return null;
  } finally {
    app?.close();
  }
}

const SIGNS = { ok: ['green', 'ok'], missing: ['yellow', '--'], broken: ['red', '!!'] } as const;

async function print({ version, ok, checks: all, interpreters }: Findings, terminal: Terminal) {
  const { stdout } = terminal;
  const rows = all.map(({ name, status, found }) => {
    const [colour, sign] = SIGNS[status];
    return [styled(stdout, colour, sign), name, found];
  });
  await printLine(stdout, `python-mcp ${version}\n\n${formatTable(rows)}`);
  const remedies = all.filter(({ remedy }) => remedy !== '');
  for (const { name, remedy } of remedies) await printLine(stdout, `\n${name}: ${remedy}`);
  if (interpreters.length > 0) {
    const list = interpreters.map(({ version: python, path }) => [`  ${python}`, path]);
    await printLine(stdout, `\nInterpreters (--python):\n${formatTable(list)}`);
  }
  if (!ok) await complain(terminal, 'not ready: see what is marked with !!');
}
