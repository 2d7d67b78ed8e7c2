/** From what a caller asked for to a job that is durable, or to a refusal that left nothing. */
import { rmSync } from 'node:fs';
import type { Client } from '../../core/client.ts';
import { JobError } from '../../core/job-error.ts';
import { called } from '../../core/wording.ts';
import { writeNewFile } from '../../output/files/job-folder.ts';
import { patiently } from '../../store/patience.ts';
import { DiskFloor } from '../run/disk-floor.ts';
import type { AtTerminal } from '../context/held-values.ts';
import type { Engine } from '../context/job-context.ts';
import { newJobFolder } from '../context/new-job-folder.ts';
import type { JobLookup } from '../run/job-lookup.ts';
import type { Launcher } from '../run/launcher.ts';
import { plainClient } from './client-name.ts';
import { asUtf8Source } from './coding-line.ts';
import { refuseSandbox } from './check-sandbox.ts';
import { checkRun, type RunInput } from './run-request.ts';

/** What is needed for it. */
export interface AcceptParts {
  engine: Engine;
  launcher: Launcher;
  lookup: JobLookup;
}

/** Through which door a run came, and from whom. */
export interface Origin {
  /** MCP tool or CLI command. */
  tool: string;
  /** As it calls itself; it is made plain here. */
  client: Client;
  started?: AtTerminal;
}

/** @returns the id. @throws JobError when something is wrong with the request */
export async function acceptRun(
  { engine, launcher, lookup }: AcceptParts,
  input: RunInput,
  { tool, client, started }: Origin,
): Promise<string> {
  const { config, store, server } = engine;
  const { request_key: requestKey } = input;
  const known = requestKey ? store.idOfRequest(requestKey) : null;
  if (known !== null) return known;
  const checked = await checkRun(input, {
    tool,
    timeoutSeconds: config.default_timeout_seconds,
    maxOutputBytes: config.max_output_bytes,
    isolation: config.isolation,
    devices: engine.capacities.devices,
    idOf: (prefix) => lookup.get(lookup.idOf(prefix)).id,
  });
  refuseSandbox(engine, checked.request);
  await engine.checkPython(checked.request.pythonVersion);
  refuseFullDisk(engine);
  const createdAt = Date.now();
  const { id, folder } = newJobFolder(engine, createdAt);
  const held = { ...checked.held, started };
  const request = { ...checked.request, directory: checked.request.directory ?? folder.work };
  const hasInput = held.stdin !== null || typeof started?.stdin === 'number';
  const bound = hasInput || request.envNames.length > 0;
  const whose = { submittedBy: server, client: plainClient(client), bound };
  if (bound || started) launcher.hold(id, held);
  const forget = (): void => {
    launcher.drop(id);
    rmSync(folder.root, { recursive: true, force: true });
  };
  try {
    if (checked.source !== null) writeNewFile(folder.script, asUtf8Source(checked.source));
    const { comparedSource } = checked;
    if (comparedSource !== null) writeNewFile(folder.comparedScript, asUtf8Source(comparedSource));
    const accepted = await patiently(() =>
      store.insert({ id, request, createdAt, requestKey, ...whose }),
    );
    if (accepted !== id) forget();
    return accepted;
  } catch (error) {
    forget();
    throw error;
  }
}

function refuseFullDisk(engine: Engine): void {
  const floor = new DiskFloor(engine);
  if (floor.hasRoom()) return;
  const { config, jobsDirectory } = engine;
  throw new JobError(
    'storage',
    `Only ${floor.freeBytes()} bytes are free for ${jobsDirectory}, and min_free_disk_bytes is ` +
      `${config.min_free_disk_bytes}. Free some space, for example with ${called('py_prune_jobs')}.`,
  );
}
