/**
 * What clients start: a small shell script in the home folder. It knows where the program and its Node were,
 * and where to look when they moved: a client's entry outlives an upgrade of Node, and needs no PATH.
 */
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { homeFolder } from '../../config/home-folder.ts';
import { writeAtomic } from '../../os/atomic-file.ts';
import type { Start } from './install-clients.ts';

export function launcherPath(env: NodeJS.ProcessEnv): string {
  return join(homeFolder(env), 'bin', 'python-mcp');
}

export function startOf(env: NodeJS.ProcessEnv): Start {
  const home = env['PYTHON_MCP_HOME'];
  const variables: Record<string, string> = home ? { PYTHON_MCP_HOME: resolve(home) } : {};
  return { command: launcherPath(env), args: [], env: variables };
}

export function writeLauncher(env: NodeJS.ProcessEnv): void {
  const home = homeFolder(env);
  for (const folder of [home, join(home, 'bin')])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = launcherPath(env);
  writeAtomic(path, launcher(realpathSync(process.argv[1] ?? ''), process.execPath), {
    mode: 0o755,
  });
  chmodSync(path, 0o755);
}

function launcher(program: string, node: string): string {
  return TEXT.replace('@PROGRAM', () => quoted(isPassing(program) ? '' : program))
    .replace('@NODE', () => quoted(node))
    .replace('@FETCH', () => (program.includes('python_mcp_server') ? 'uvx' : 'npx'));
}

/** What npx and uvx run is a copy that may be gone tomorrow. */
function isPassing(program: string): boolean {
  return [`${sep}_npx${sep}`, `${sep}archive-v0${sep}`].some((part) => program.includes(part));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

const TEXT = `#!/bin/sh
# Starts python-mcp for MCP clients. Written by "python-mcp install"; "python-mcp uninstall" takes it away.
program=@PROGRAM
node=@NODE
fetch=@FETCH

is_new() {
  [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 16) ? 0 : 1)'
}

if [ -f "$program" ] && [ -x "$node" ]; then exec "$node" "$program" "$@"; fi

start_by() {
  found=$1
  shift
  is_new "$found" || return
  folder=\${found%/node}
  for there in "$program" "\${folder%/bin}/lib/node_modules/python-mcp/bin/python-mcp.cjs"; do
    if [ -f "$there" ]; then exec "$found" "$there" "$@"; fi
  done
  PATH="$folder:$PATH"
}

# Node or the program moved: what PATH has, an old one may come first; then where installers put them.
PATH="\${PATH:-/usr/bin:/bin}:/usr/local/bin:/opt/homebrew/bin:$HOME/.local/bin:$HOME/.cargo/bin"
IFS=:
for folder in $PATH; do start_by "$folder/node" "$@"; done
unset IFS
for found in "$HOME"/.nvm/versions/node/*/bin/node \\
  "$HOME"/.local/share/fnm/node-versions/*/installation/bin/node "$HOME"/.volta/bin/node \\
  "$HOME"/.local/share/mise/installs/node/*/bin/node; do
  start_by "$found" "$@"
done
case $fetch in
  uvx) command -v uvx >/dev/null && exec uvx python-mcp-server "$@" ;;
  npx) [ -z "$program" ] && command -v npx >/dev/null && exec npx -y python-mcp "$@" ;;
esac
echo "python-mcp is not where it was installed ($program), or its Node is gone ($node). Install it again, then run: python-mcp install" >&2
exit 1
`;
