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
  /** Top-level names that are there, in those folders. */
  present: string[];
  /** Modules of the project that the script imports, also through others: their imports count. */
  modules: string[];
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
path, own, namespaces, old = sys.argv[1:]
own = json.loads(own)
sys.path[:] = [p for p in sys.path if p not in ('', os.getcwd())]
MOST_MODULES, MOST_BYTES = 200, 2 << 20
known = set(getattr(sys, 'stdlib_module_names', old.split())) | set(sys.builtin_module_names)
namespaces = set(namespaces.split())
names = set()
modules = []
todo = []

def add(name, parts=()):
    top = name.partition('.')[0]
    if top not in namespaces:
        names.add(top)
    else:
        names.update([name + '.' + part for part in parts if part != '*'] or [name])

def type_checking(test):
    return getattr(test, 'id', getattr(test, 'attr', '')) == 'TYPE_CHECKING'

def parse(file):
    try:
        with open(file, 'rb') as source:
            tree = ast.parse(source.read(MOST_BYTES))
    except (SyntaxError, ValueError, RecursionError, OSError):
        return
    todo.append((tree, os.path.dirname(file)))

def follow(folder, parts):
    # Every part of a dotted name is a module of its own, a package by its __init__.
    for part in parts:
        folder = os.path.join(folder, part)
        for file in (os.path.join(folder, '__init__.py'), folder + '.py'):
            if len(modules) < MOST_MODULES and file not in modules and os.path.isfile(file):
                modules.append(file)
                parse(file)

def seek(name, parts=()):
    for folder in own:
        follow(folder, name.split('.'))
        for part in parts:
            follow(folder, name.split('.') + [part])

def visit(node, folder):
    if isinstance(node, ast.Import):
        for alias in node.names:
            add(alias.name)
            seek(alias.name)
    elif isinstance(node, ast.ImportFrom):
        parts = [alias.name for alias in node.names]
        if not node.level and node.module:
            add(node.module, parts)
            seek(node.module, parts)
        elif node.level:
            base = os.path.normpath(os.path.join(folder, *['..'] * (node.level - 1)))
            if any(base == one or base.startswith(one + os.sep) for one in own):
                for part in parts:
                    follow(base, (node.module.split('.') if node.module else []) + [part])
    elif isinstance(node, ast.If) and type_checking(node.test):
        return node.orelse
    return ast.iter_child_nodes(node)

def installed(name):
    try:
        spec = importlib.util.find_spec(name)
    except Exception:
        return False
    places = list(spec.submodule_search_locations or []) + [spec.origin or ''] if spec else []
    return any(os.path.dirname(place) in folders for place in places)

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

parse(path)
while todo:
    node, folder = todo.pop()
    todo.extend((child, folder) for child in visit(node, folder))
folders = [p for p in sys.path if os.path.basename(p) in ('site-packages', 'dist-packages')]
absent = sorted(n for n in names if n.partition('.')[0] not in known and missing(n))
tops = sorted({n.partition('.')[0] for n in names} - known - {n.partition('.')[0] for n in absent})
present = [n for n in tops if installed(n)]
print(json.dumps({'missing': absent, 'folders': folders, 'present': present, 'modules': modules}))
`;

/**
 * @param own folders whose modules are the project's own
 * @throws JobError environment_failed when the interpreter gives no answer; the signal's reason
 */
export async function probeImports(
  python: string,
  script: string,
  own: readonly string[],
  { env, signal }: Pick<EnvironmentContext, 'env' | 'signal'>,
): Promise<ImportReport> {
  const args = ['-c', PROBE, script, JSON.stringify(own), NAMESPACES, OLD_STDLIB];
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
