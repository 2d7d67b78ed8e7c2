/** Asks the interpreter itself which imports of a script it could not satisfy. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { JobError } from '../../core/job-error.ts';
import type { EnvironmentContext } from '../context/context.ts';
import { NAMESPACES } from '../requirements/import-names.ts';
import { OLD_STDLIB } from './stdlib-names.ts';

export interface ImportReport {
  /** Dotted names below a namespace package, else top-level names; modules beside the script too. */
  missing: string[];
  /** Folders that packages are imported from: what is missing holds while these stay unchanged. */
  folders: string[];
}

const run = promisify(execFile);

const PROBE_TIMEOUT_MS = 30_000;
const MAX_REPORT_BYTES = 4 * 1024 ** 2;

/**
 * Runs with the packages of the environment visible but nothing of the current folder, and imports
 * nothing. `if TYPE_CHECKING:` is skipped: it never runs.
 */
const PROBE = `
import ast, importlib.util, json, os, sys
path, namespaces, old = sys.argv[1:]
sys.path[:] = [p for p in sys.path if p not in ('', os.getcwd())]
known = set(getattr(sys, 'stdlib_module_names', old.split())) | set(sys.builtin_module_names)
namespaces = set(namespaces.split())
names = set()

def add(name, parts=()):
    top = name.partition('.')[0]
    if top not in namespaces:
        names.add(top)
    else:
        names.update([name + '.' + part for part in parts if part != '*'] or [name])

def type_checking(test):
    return getattr(test, 'id', getattr(test, 'attr', '')) == 'TYPE_CHECKING'

def visit(node):
    if isinstance(node, ast.Import):
        for alias in node.names:
            add(alias.name)
    elif isinstance(node, ast.ImportFrom):
        if not node.level and node.module:
            add(node.module, [alias.name for alias in node.names])
    elif isinstance(node, ast.If) and type_checking(node.test):
        return node.orelse
    return ast.iter_child_nodes(node)

def missing(name):
    at = ''
    for part in name.split('.'):
        at = at + '.' + part if at else part
        try:
            spec = importlib.util.find_spec(at)
        except Exception:
            return False
        if spec is None:
            return True
        if spec.origin not in (None, 'namespace'):
            return False
    return False

try:
    with open(path, 'rb') as file:
        todo = [ast.parse(file.read())]
except (SyntaxError, ValueError, RecursionError, OSError):
    todo = []
while todo:
    todo.extend(visit(todo.pop()))
absent = sorted(n for n in names if n.partition('.')[0] not in known and missing(n))
folders = [p for p in sys.path if os.path.basename(p) in ('site-packages', 'dist-packages')]
print(json.dumps({'missing': absent, 'folders': folders}))
`;

/** @throws JobError environment_failed when the interpreter gives no answer; the signal's reason */
export async function probeImports(
  python: string,
  script: string,
  { env, signal }: Pick<EnvironmentContext, 'env' | 'signal'>,
): Promise<ImportReport> {
  const args = ['-c', PROBE, script, NAMESPACES, OLD_STDLIB];
  const limits = { timeout: PROBE_TIMEOUT_MS, maxBuffer: MAX_REPORT_BYTES, signal };
  try {
    const { stdout } = await run(python, args, { ...limits, cwd: '/', env });
    // The last line: what runs at Python's start may have printed before it.
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ImportReport;
  } catch (cause) {
    signal.throwIfAborted();
    const reason = (cause as Error).message.slice(0, 200);
    const message = `${python} could not look at the script's imports (${reason}).`;
    throw new JobError('environment_failed', message, { cause });
  }
}
