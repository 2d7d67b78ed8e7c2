import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import {
  CONFIG_ENV,
  ConfigSchema,
  type ConfigSources,
  loadConfig,
} from '../../../src/config/settings.ts';

const HOME = { PYTHON_MCP_HOME: '/home/of/jobs' };

function load(sources: Partial<ConfigSources>, file: string | null = null) {
  const readFile = (path: string) => (path === '/home/of/jobs/config.toml' ? file : null);
  return loadConfig({ readFile, parseToml: parse, ...sources, env: { ...HOME, ...sources.env } });
}

describe('a setting', () => {
  test('has a default', () => {
    expect(load({})).toMatchObject({
      home: '/home/of/jobs',
      async_timeout_seconds: 20,
      default_timeout_seconds: 0,
      python: null,
      log_level: 'info',
    });
  });

  test('comes from the file, the environment over it, the command line over both', () => {
    const file = 'async_timeout_seconds = 1\nmax_concurrent_jobs = 1\nlog_level = "warn"';
    const env = { SMART_ASYNC_TIMEOUT_SECONDS: '2.5', PYTHON_MCP_MAX_CONCURRENT_JOBS: '2' };
    expect(load({ env, flags: { max_concurrent_jobs: 3 } }, file)).toMatchObject({
      log_level: 'warn',
      async_timeout_seconds: 2.5,
      max_concurrent_jobs: 3,
    });
  });

  test('is read as number, truth value or text by its form', () => {
    const env = {
      PYTHON_MCP_KEEP_BACKGROUND_PROCESSES: 'true',
      PYTHON_MCP_PYTHON: '/usr/bin/python3',
      PYTHON_MCP_FLUSH_MS: '0',
    };
    expect(load({ env })).toMatchObject({
      keep_background_processes: true,
      python: '/usr/bin/python3',
      flush_interval_ms: 0,
    });
  });

  test('that is an empty environment variable counts as not given', () => {
    expect(load({ env: { SMART_ASYNC_TIMEOUT_SECONDS: '' } }).async_timeout_seconds).toBe(20);
  });

  test('has an environment variable and a meaning', () => {
    expect(Object.keys(CONFIG_ENV).sort()).toEqual(Object.keys(ConfigSchema.shape).sort());
    for (const schema of Object.values(ConfigSchema.shape))
      expect(schema.description).toMatch(/\.$/);
  });
});

describe('the home folder', () => {
  test('is below the user’s unless named', () => {
    const sources = { readFile: () => null, parseToml: parse };
    expect(loadConfig({ ...sources, env: { HOME: '/home/me' } }).home).toBe('/home/me/.python_mcp');
  });

  test('is made absolute', () => {
    expect(load({ env: { PYTHON_MCP_HOME: 'jobs' } }).home).toBe(`${process.cwd()}/jobs`);
  });
});

describe('wrong settings', () => {
  test('are all reported at once, each with its source', () => {
    const file = 'log_level = "loud"\ncolour = true';
    const env = { PYTHON_MCP_MAX_CONCURRENT_JOBS: '0', SMART_ASYNC_TIMEOUT_SECONDS: 'soon' };
    const wrong = () => load({ env, flags: { flush_interval_ms: -1 } }, file);
    expect(wrong).toThrow(/^Wrong settings:\n/);
    expect(wrong).toThrow('SMART_ASYNC_TIMEOUT_SECONDS: async_timeout_seconds = "soon": ');
    expect(wrong).toThrow('PYTHON_MCP_MAX_CONCURRENT_JOBS: max_concurrent_jobs = 0: ');
    expect(wrong).toThrow('command line: flush_interval_ms = -1: ');
    expect(wrong).toThrow('/home/of/jobs/config.toml: log_level = "loud": ');
    expect(wrong).toThrow(
      '/home/of/jobs/config.toml: unknown setting colour. Known: async_timeout',
    );
  });

  test('include a file that is no TOML, beside the other problems', () => {
    const wrong = () => load({ env: { PYTHON_MCP_LOG_LEVEL: 'loud' } }, 'not = = toml');
    expect(wrong).toThrow('/home/of/jobs/config.toml: not valid TOML: ');
    expect(wrong).toThrow('PYTHON_MCP_LOG_LEVEL: log_level = "loud": ');
  });
});
