/** How each host is set up to use our server and a model of our own, and started. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROGRAM } from '../../support/test-home.ts';

export interface Place {
  /** HOME of the host. */
  home: string;
  model: string;
  /** PYTHON_MCP_… for our server. */
  server: Record<string, string>;
}

export interface Started {
  command: string[];
  env: Record<string, string>;
}

export interface Host {
  name: string;
  prepare(place: Place): Started;
}

const ARGS = [PROGRAM];
const COMMAND = process.execPath;
const PROMPT = 'use python-mcp';
const KEY = 'loopback-key-of-a-test';

function write({ home }: Place, name: string, value: object | string): string {
  const file = join(home, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

function claudeBase(place: Place): Started {
  const mcp = { 'python-mcp': { type: 'stdio', command: COMMAND, args: ARGS, env: place.server } };
  const config = write(place, 'mcp.json', { mcpServers: mcp });
  const options = ['--mcp-config', config, '--strict-mcp-config', '--model', 'claude-sonnet-4-5'];
  return {
    command: ['claude', ...options, '--allowedTools', 'mcp__python-mcp'],
    env: {
      ANTHROPIC_BASE_URL: place.model,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1',
    },
  };
}

const claude: Host = {
  name: 'Claude Code',
  prepare(place) {
    const { command, env } = claudeBase(place);
    return { command: [...command, '-p', PROMPT], env };
  },
};

/** At a terminal, as somebody who has been through the questions of the first start. */
export const claudeAtTerminal: Host = {
  name: 'Claude Code at a terminal',
  prepare(place) {
    const project = join(place.home, 'project');
    write(place, '.claude.json', {
      hasCompletedOnboarding: true,
      theme: 'dark',
      customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
      projects: {
        [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
      },
    });
    const { command, env } = claudeBase(place);
    return { command: [...command, '--', PROMPT], env };
  },
};

const codex: Host = {
  name: 'Codex',
  prepare(place) {
    const text = (value: unknown): string => JSON.stringify(value);
    const server = Object.entries(place.server).map(([name, value]) => `${name} = ${text(value)}`);
    const lines = [
      'model = "gpt-5.2-codex"',
      'model_provider = "loopback"',
      'approval_policy = "never"',
      'sandbox_mode = "danger-full-access"',
      '[model_providers.loopback]',
      'name = "loopback"',
      `base_url = ${text(`${place.model}/v1`)}`,
      'env_key = "LOOPBACK_KEY"',
      'wire_api = "responses"',
      '[mcp_servers.python-mcp]',
      `command = ${text(COMMAND)}`,
      `args = ${text(ARGS)}`,
      'default_tools_approval_mode = "approve"',
      'required = true', // its first request waits for our tools
      '[mcp_servers.python-mcp.env]',
      ...server,
    ];
    write(place, '.codex/config.toml', lines.join('\n'));
    const command = ['codex', 'exec', '--skip-git-repo-check', PROMPT];
    return { command, env: { LOOPBACK_KEY: KEY } };
  },
};

const opencode: Host = {
  name: 'opencode',
  prepare(place) {
    const m = {
      name: 'm',
      tool_call: true,
      attachment: true,
      modalities: { input: ['text', 'image'], output: ['text'] },
      limit: { context: 200_000, output: 8_000 },
    };
    const options = { baseURL: `${place.model}/v1`, apiKey: KEY };
    const npm = '@ai-sdk/openai-compatible';
    write(place, '.config/opencode/opencode.json', {
      autoupdate: false,
      share: 'disabled',
      model: 'loopback/m',
      small_model: 'loopback/m',
      provider: { loopback: { npm, name: 'loopback', options, models: { m } } },
      mcp: {
        'python-mcp': { type: 'local', command: [COMMAND, ...ARGS], environment: place.server },
      },
    });
    return { command: ['opencode', 'run', PROMPT], env: {} };
  },
};

const gemini: Host = {
  name: 'Gemini CLI',
  prepare(place) {
    const server = { command: COMMAND, args: ARGS, env: place.server, trust: true };
    write(place, '.gemini/settings.json', {
      security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      general: { enableAutoUpdate: false },
      mcpServers: { 'python-mcp': server },
    });
    return {
      command: ['gemini', '-m', 'gemini-2.5-pro', '-p', PROMPT, '--approval-mode', 'yolo'],
      env: {
        GEMINI_API_KEY: KEY,
        GOOGLE_GEMINI_BASE_URL: place.model,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      },
    };
  },
};

export const hosts: readonly Host[] = [claude, codex, opencode, gemini];
