/**
 * Writes the reference pages from the code: tools, replies, routes, settings, commands, the tool table of the
 * README, and the map of files in AGENTS.md.
 * `--check` writes nothing and fails when a page is out of date.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { queueShape } from '../src/contract/queue-shape.ts';
import { RunWithDependenciesSchema, sharedRunShape } from '../src/contract/inputs.ts';
import { sandboxShape } from '../src/contract/sandbox-shape.ts';
import { CONFIG_ENV, ConfigSchema } from '../src/config/settings.ts';
import { REPLIES_OF_TOOLS } from '../src/contract/replies/of-tools.ts';
import { ROUTES } from '../src/http/routes/route-table.ts';
import { commandLine } from '../src/cli/program.ts';
import type { Root } from '../src/cli/set-up/root.ts';
import type { Terminal } from '../src/cli/terminal/terminal.ts';
import { tools } from '../src/mcp/tools/tools.ts';
import { VERSION } from '../src/version.ts';
import { cliPage, manPage } from './cli-manual.ts';
import { Shapes } from './shapes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const shapes = new Shapes();

interface Property {
  type?: string | string[];
  enum?: string[];
  anyOf?: Property[];
  items?: Property;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
}

interface ObjectSchema {
  properties?: Record<string, Property>;
  required?: string[];
}

function typeOf({ type, enum: values, anyOf, items }: Property): string {
  if (values) return values.map((value) => `\`${value}\``).join(' ');
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return `${typeOf(items ?? {})}[]`;
  return String(type ?? 'any');
}

function toolsPage(): string {
  const sections = tools.map((tool) => {
    const schema = z.toJSONSchema(tool.input, { io: 'input' }) as ObjectSchema;
    const required = new Set(schema.required ?? []);
    const rows = Object.entries(schema.properties ?? {}).map(
      ([name, property]) =>
        `| \`${name}\`${required.has(name) ? ' (required)' : ''} | ${typeOf(property)} | ${property.description ?? ''} |`,
    );
    return [
      `## ${tool.name}`,
      '',
      tool.description,
      '',
      '| parameter | type | meaning |',
      '| --- | --- | --- |',
      ...rows,
      '',
      replyOf(tool.name),
    ].join('\n');
  });
  return `${GENERATED}\n# Tools\n\n${sections.join('\n\n')}\n`;
}

function replyOf(tool: string): string {
  const replies = REPLIES_OF_TOOLS[tool]?.map((reply) => shapes.nameOf(reply));
  return replies ? `Reply: ${replies.join(', or ')}.` : 'Reply: text.';
}

/** What is in the replies of tools and routes; to be made behind the pages that name them. */
function repliesPage(): string {
  const opening = [
    'What tools reply as structured content, and routes as JSON: the same fields under the same names.',
    'A field that is marked _if any_ may be left out. A time is ISO 8601 in UTC.',
  ];
  return [GENERATED, '# Replies', '', ...opening, '', shapes.tables(), ''].join('\n');
}

function httpPage(): string {
  const rows = ROUTES.map(({ method, path, summary, query, body, reply }) => {
    const address = path.replace('/api/v1', '').replace(/:(\w+)(?:\{\.\+\})?/g, '{$1}');
    const names = Object.keys((query ?? body)?.shape ?? {});
    const takes = names.length > MOST_NAMES ? 'see below' : names.map(coded).join(' ');
    const gives = reply instanceof z.ZodType ? shapes.nameOf(reply) : reply && coded(reply);
    return [coded(`${method} ${address}`), summary, takes, gives ?? ''];
  });
  const head = ['route', 'what it does', 'takes', 'replies'];
  return withSection('docs/http.md', 'routes', paddedTable([head, ...rows]));
}

const MOST_NAMES = 7;

function coded(text: string): string {
  return `\`${text}\``;
}

function configurationPage(): string {
  const schema = z.toJSONSchema(ConfigSchema, { io: 'input' }) as ObjectSchema;
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const env = CONFIG_ENV[name as keyof typeof CONFIG_ENV];
    const value = DEPENDS_ON_MACHINE[name] ?? JSON.stringify(property.default);
    return `| \`${name}\` | \`${env}\` | ${value} | ${property.description ?? ''} |`;
  });
  return [
    GENERATED,
    '# Settings',
    '',
    'Defaults < `config.toml` in the home folder < environment variables. The home',
    'folder is `~/.python_mcp`, or what `PYTHON_MCP_HOME` says. All wrong settings are reported at once.',
    '',
    '| config.toml | environment variable | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

const DEPENDS_ON_MACHINE: Record<string, string> = {
  max_concurrent_jobs: '4 per processor core, at least 8',
};

function toolTable(): string {
  const rows = tools.map(({ name, title }) => [`[\`${name}\`](docs/tools.md#${name})`, title]);
  return paddedTable([['tool', 'what it does'], ...rows]);
}

/** Padded, as the formatter wants tables in a page that it looks at. */
function paddedTable([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)),
  );
  const table = [head, widths.map((width) => '-'.repeat(width)), ...rows];
  const lines = table.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | '));
  return lines.map((line) => `| ${line} |`).join('\n');
}

function readme(): string {
  return withSection('README.md', 'tools', toolTable());
}

/** One line per file, from the first sentence of the comment that opens it. */
function agentsMap(): string {
  const files = globSync('{src,runtime,scripts,bench}/**/*.{ts,tsx,py,sh}', { cwd: root })
    .filter((path) => !path.startsWith('bench/scripts/')) // what is measured, not what measures
    .sort();
  const lines = files.map((path) => `- \`${path}\` – ${purposeOf(path)}`);
  return withSection('AGENTS.md', 'map', lines.join('\n'));
}

/** The page with `content` between its marks, `<!-- name -->` and `<!-- /name -->`. */
function withSection(page: string, name: string, content: string): string {
  const text = readFileSync(`${root}/${page}`, 'utf8');
  const [before, begin, , end, after] = text.split(new RegExp(`(<!-- /?${name} -->)`));
  if (after === undefined) throw new Error(`${page} has no <!-- ${name} --> … <!-- /${name} -->.`);
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}

function purposeOf(path: string): string {
  const opening = readFileSync(`${root}/${path}`, 'utf8').slice(0, 2000);
  const comment =
    /^(?:#![^\n]*\n)?\s*\/\*\*([^]*?)\*\//.exec(opening)?.[1]?.replace(/^\s*\* ?/gm, '') ??
    /^(?:#![^\n]*\n)?\s*"""([^]*?)"""/.exec(opening)?.[1] ??
    /^(?:#![^\n]*\n)?((?:#[^\n]*\n)+)/.exec(opening)?.[1]?.replace(/^# ?/gm, '');
  const sentence = comment
    ?.trim()
    .replace(/\s+/g, ' ')
    .match(/^.*?[.:](?=\s|$)/)?.[0];
  if (!sentence) throw new Error(`${path} does not open with a comment that says what it is for.`);
  return sentence.replace(/[.:]$/, '');
}

const GENERATED = '<!-- Written by scripts/generate-docs.ts from the schemas. Do not edit. -->';

/** What `tools/list` shows, made once here instead of at every start of a server. */
function toolList(): string {
  const list = tools.map(({ name, title, description, annotations, input, meta }) => {
    const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(input, {
      io: 'input',
      override: ({ jsonSchema }) => withoutFiller(jsonSchema),
    });
    dropKnown(DESCRIBED_BEFORE[name] ?? [], inputSchema as ObjectSchema);
    dropUntold(TELLS_OF[name] ?? [], inputSchema as ObjectSchema);
    return { name, title, description, inputSchema, annotations, ...(meta && { _meta: meta }) };
  });
  return `${JSON.stringify(list, null, 2)}\n`;
}

const SHARED = Object.keys(sharedRunShape);
const BENCHMARKED = Object.keys(RunWithDependenciesSchema.shape);

/** What these say is as in another tool, which describes it. */
const DESCRIBED_BEFORE: Record<string, string[]> = {
  py_run_script_with_dependencies: [...SHARED, ...Object.keys(sandboxShape)],
  py_run_saved_script: [...SHARED, 'directory', 'dependencies'],
  py_benchmark_script: BENCHMARKED,
};

/** Every tool that runs a script takes them all; these are told of, for each costs its bytes. */
const TELLS_OF: Record<string, string[]> = {
  py_run_script_in_dir: [...Object.keys(sandboxShape), ...Object.keys(queueShape)],
  py_run_script_with_dependencies: ['isolation', 'network'],
};

function dropUntold(told: string[], { properties = {} }: ObjectSchema): void {
  for (const name of [...Object.keys(sandboxShape), ...Object.keys(queueShape)]) {
    if (!told.includes(name)) delete properties[name];
  }
}

function dropKnown(names: string[], { properties = {} }: ObjectSchema): void {
  for (const name of names) {
    delete properties[name]?.description;
    delete properties[name]?.minimum;
  }
}

/** What says nothing that a model could use, or less than what is taken; some hosts refuse it. */
function withoutFiller(schema: z.core.JSONSchema.BaseSchema): void {
  for (const word of ['propertyNames', 'pattern', 'maxItems', 'maxLength'] as const) {
    delete schema[word];
  }
  if (Math.abs(schema.minimum ?? 0) > LARGEST_TOLD || Number(schema.minimum) <= 1) {
    delete schema.minimum;
  }
  if (Number(schema.minItems) <= 1) delete schema.minItems;
  if (Math.abs(schema.maximum ?? 0) > LARGEST_TOLD) delete schema.maximum;
}

const LARGEST_TOLD = 1_000_000;

/** Its actions are never run here. */
const { program } = commandLine(process as Terminal, { version: VERSION } as Root);

const pages: Record<string, string> = {
  'src/mcp/tool-list.json': toolList(),
  'docs/tools.md': toolsPage(),
  'docs/http.md': httpPage(),
  'docs/replies.md': repliesPage(),
  'docs/configuration.md': configurationPage(),
  'docs/cli.md': `${GENERATED}\n${cliPage(program)}`,
  'docs/python-mcp.1': manPage(program, VERSION),
  'README.md': readme(),
  'AGENTS.md': agentsMap(),
};

const stale = Object.entries(pages).filter(([path, text]) => currentText(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is out of date: run \`npm run docs\`.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(`${root}/${path}`, text);
}

function currentText(path: string): string | null {
  try {
    return readFileSync(`${root}/${path}`, 'utf8');
  } catch {
    return null;
  }
}
