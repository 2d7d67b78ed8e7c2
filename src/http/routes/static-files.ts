/** The dashboard's own files. Only names that a build makes; nothing of the home is here. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Context } from 'hono';
import { problem } from '../wire/problem.ts';
import { problemReply } from '../wire/reply.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** No `..`, nothing hidden, nothing escaped. */
const PLAIN_PATH = /^(?:\/[\w-][\w.-]*)+$/;
/** File names that change with their content. */
const HASHED = /^\/assets\//;

export async function staticFile(context: Context, directory: string): Promise<Response> {
  const path = context.req.path === '/' ? '/index.html' : context.req.path;
  const type = MEDIA_TYPES[extname(path)];
  const content = type && PLAIN_PATH.test(path) ? await contentOf(join(directory, path)) : null;
  if (!content || !type) return missing(context, path);
  return context.body(content, 200, {
    'content-type': type,
    ...(HASHED.test(path) ? { 'cache-control': 'private, max-age=31536000, immutable' } : {}),
  });
}

function missing(context: Context, path: string): Response {
  if (path !== '/index.html') {
    return problemReply(context, problem('not_found', `There is no page ${path}.`));
  }
  const text =
    'The dashboard has not been built. Run `npm run build` in the folder of python-mcp and start ' +
    '`python-mcp serve` again. The API works without it: see docs/http.md.\n';
  return context.body(text, 404, { 'content-type': 'text/plain; charset=utf-8' });
}

async function contentOf(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch {
    return null;
  }
}
