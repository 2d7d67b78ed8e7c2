#!/usr/bin/env node
'use strict';
// Runs on any Node, so that an old one gets a sentence instead of a stack trace. Where this
// checkout has a newer Node of its own (the development dependency `node`), that one is used.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 24 || (major === 24 && minor >= 15)) start();
else useOwnNode();

function start() {
  // Compiled code is kept between starts. Node's default folder would be under the shared /tmp.
  const { join } = require('node:path');
  const home = process.env.PYTHON_MCP_HOME || join(require('node:os').homedir(), '.python_mcp');
  require('node:module').enableCompileCache(join(home, 'cache', 'node'));
  require('../dist/python-mcp.cjs');
}

function useOwnNode() {
  const { existsSync } = require('node:fs');
  const own = require('node:path').join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(own)) {
    console.error(
      `python-mcp needs Node 24.15 or newer; this is ${process.version}. Install a newer Node.`,
    );
    process.exit(1);
  }
  const { spawn } = require('node:child_process');
  const child = spawn(own, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
}
