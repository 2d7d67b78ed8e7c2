#!/usr/bin/env node
'use strict';
// Runs on any Node, so that an old one gets a sentence instead of a stack trace. Where this
// checkout has a newer Node of its own (the development dependency `node`), that one is used.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24) silenceSqlite();
if (major > 22 || (major === 22 && minor >= 16)) start();
else useOwnNode();

/** Node 22 says in every session that its SQLite is new. Other warnings are told. */
function silenceSqlite() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...about) => {
    if (!String(warning).startsWith('SQLite is an experimental')) emitWarning(warning, ...about);
  };
}

/**
 * Compiled code is kept between starts, in the home folder. Node's own compile cache keeps only
 * what was compiled at load time; this one is taken after start-up, with every function that it
 * needed: docs/decisions/0003-bundles.md has the measurement.
 */
function start() {
  const { createRequire, enableCompileCache } = require('node:module');
  const { join } = require('node:path');
  const { readFileSync } = require('node:fs');
  const vm = require('node:vm');
  // Replies are short-lived: under a client that reads without pause V8 would let its young
  // generation grow by some 60 MB, and then the old one by 50 before it looks for garbage there.
  // Set before the code is loaded, since its cache is bound to the flags.
  const { setFlagsFromString } = require('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
  const isServer = process.argv.length === 2 && !process.stdin.isTTY;
  const home = process.env.PYTHON_MCP_HOME || join(require('node:os').homedir(), '.python_mcp');
  const cache = cacheFolder(home);
  const cacheFile = cache && join(cache, isServer ? 'server.code' : 'cli.code');
  const folder = join(__dirname, '..', 'dist');
  const filename = join(folder, 'python-mcp.cjs');
  const source = readFileSync(filename, 'utf8');
  // V8 refuses a cache of another V8 by itself, but knows a source by nothing but its length. The
  // first line tells builds apart, see scripts/build.ts.
  const key = Buffer.from(source.slice(0, source.indexOf('\n')));
  const script = new vm.Script(`(function (require, __dirname) {${source}\n})`, {
    filename,
    cachedData: cache ? readCache(cacheFile, key) : undefined,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (cache && script.cachedDataRejected !== false) keepLater(script, cacheFile, key);
  if (cache) enableCompileCache(join(cache, 'node')); // for what is loaded later
  script.runInThisContext()(createRequire(filename), folder);
}

/**
 * It is code: it is read and written only where nobody else can put any, wherever PYTHON_MCP_HOME
 * points. The first to look, before the settings and the engine, so that nothing is written elsewhere.
 */
function cacheFolder(home) {
  const { lstatSync, mkdirSync } = require('node:fs');
  const cache = require('node:path').join(home, 'cache');
  try {
    for (const folder of [home, cache]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const stat = lstatSync(folder);
      const isOurs = stat.isDirectory() && stat.uid === process.getuid();
      if (!isOurs || (stat.mode & 0o022) !== 0) return null;
    }
    return cache;
  } catch {
    return null; // the engine says what is wrong with the folder
  }
}

function readCache(file, key) {
  const { readFileSync, statSync } = require('node:fs');
  try {
    if (statSync(file).uid !== process.getuid()) return undefined;
    const cache = readFileSync(file);
    return cache.subarray(0, key.length).equals(key) ? cache.subarray(key.length) : undefined;
  } catch {
    return undefined; // the first start
  }
}

/** Once start-up is over, but before V8 forgets functions that it has not used for a while. */
function keepLater(script, file, key) {
  const keep = () => {
    clearTimeout(timer);
    process.off('exit', keep);
    writeCache(file, Buffer.concat([key, script.createCachedData()]));
  };
  const timer = setTimeout(keep, 2000).unref();
  process.on('exit', keep);
}

function writeCache(file, content) {
  const { renameSync, writeFileSync } = require('node:fs');
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, content, { mode: 0o600 });
    renameSync(aside, file);
  } catch {
    // a cache that cannot be written is none
  }
}

function useOwnNode() {
  const { existsSync } = require('node:fs');
  const own = require('node:path').join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(own)) {
    process.stderr.write(
      `python-mcp needs Node 22.16 or newer; this is ${process.version}. Install a newer Node.\n`,
    );
    process.exit(1);
  }
  const { spawn } = require('node:child_process');
  const child = spawn(own, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
    process.on(signal, () => child.kill(signal));
  const { signals } = require('node:os').constants;
  child.on('exit', (code, signal) => process.exit(signal ? 128 + signals[signal] : code));
}
