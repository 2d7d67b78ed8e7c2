/** Saved scripts over HTTP. */
import type { Context } from 'hono';
import type { ScriptLibrary } from '../../jobs/scripts/script-library.ts';
import { checkedBody, pathPart } from '../wire/check-request.ts';
import { json } from '../wire/reply.ts';
import { SaveScriptBody } from '../wire/request-schemas.ts';

/** As long as the script of a run. */
const LARGEST_BODY = 17 * 1024 * 1024;

export async function listScripts(context: Context, scripts: ScriptLibrary): Promise<Response> {
  return json(context, { scripts: await scripts.list() });
}

export async function saveScript(context: Context, scripts: ScriptLibrary): Promise<Response> {
  const script = await checkedBody(context, SaveScriptBody, LARGEST_BODY);
  return json(context, await scripts.save({ ...script, script_name: pathPart(context, 'name') }));
}

export async function readScript(context: Context, scripts: ScriptLibrary): Promise<Response> {
  const name = pathPart(context, 'name');
  const [path, source] = await Promise.all([scripts.find(name), scripts.read(name)]);
  return json(context, { name, path, source });
}
