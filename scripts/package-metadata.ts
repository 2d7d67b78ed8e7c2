/** What each kind of package says of itself. */

export interface Manifest {
  name: string;
  version: string;
  description: string;
  keywords: string[];
  license: string;
  bin: Record<string, string>;
  files: string[];
  type: string;
  engines: { node: string };
}

/** Under this name the registry of servers lists it. Its first part is whoever publishes there. */
const REGISTRY_NAME = 'io.github.python-mcp/python-mcp';

/** The edition of the registry's schema that the description keeps to. */
const EDITION = '2025-12-11';
/** Of the protocol: where the schemas of its registry are. */
const SCHEMA_SITE = ['static', 'modelcontextprotocol', 'io'].join('.');

const SETTINGS = [
  { name: 'PYTHON_MCP_HOME', description: 'Where jobs, environments and settings live' },
  { name: 'PYTHON_MCP_PYTHON', description: 'The interpreter that scripts run with' },
];

/** Of npm: no scripts, which newer npm warns of at every install, and only systems it runs on. */
export function cleanManifest(manifest: Manifest): object {
  const { name, version, description, keywords, license, bin, files, type, engines } = manifest;
  const said = { name, version, description, keywords, license, bin, files, type, engines };
  return { ...said, os: ['linux', 'darwin'], mcpName: REGISTRY_NAME };
}

/** Of a bundle for Claude Desktop, which brings its own Node. */
export function bundleManifest({ name, version, description, license, engines }: Manifest): object {
  return {
    manifest_version: '0.3',
    name,
    display_name: 'Python',
    version,
    description,
    license,
    author: { name: 'python-mcp' },
    server: {
      type: 'node',
      entry_point: 'server/bin/python-mcp.cjs',
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/server/bin/python-mcp.cjs'],
        env: {},
      },
    },
    tools_generated: true,
    compatibility: { platforms: ['darwin', 'linux'], runtimes: { node: engines.node } },
  };
}

/** For the registry of servers. */
export function serverDescription({ name, version }: Manifest): object {
  const transport = { type: 'stdio' };
  const environmentVariables = SETTINGS.map((setting) => ({ ...setting, isRequired: false }));
  return {
    $schema: `https://${SCHEMA_SITE}/schemas/${EDITION}/server.schema.json`,
    name: REGISTRY_NAME,
    title: 'python-mcp',
    description: 'Runs Python scripts as jobs: output is readable while they run, each byte once.',
    version,
    packages: [
      { registryType: 'npm', identifier: name, version, transport, environmentVariables },
      {
        registryType: 'pypi',
        identifier: 'python-mcp-server',
        version,
        runtimeHint: 'uvx',
        transport,
        environmentVariables,
      },
    ],
  };
}
