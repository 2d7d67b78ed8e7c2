"""Runs at the start of every Python in a job: this directory leads the job's PYTHONPATH.

It sets up the parts in python_mcp_job, which make output visible in time and in order, keep the time
limit when no server is left, and write down how the script ended. Standard library only, Python
3.8+, and silent: whatever fails here, the script runs as if this file were not there. So does a job
with PYTHON_MCP_RUNTIME=0.
"""
import sys


def _install():
    from os import environ

    if environ.get('PYTHON_MCP_RUNTIME') == '0':
        return
    try:
        from python_mcp_job.install import install

        install()
    finally:
        for name in [name for name in sys.modules if name.partition('.')[0] == 'python_mcp_job']:
            del sys.modules[name]


def _join_folder():
    """Puts the job's folder where Python would look: first for inline code, as if it lay there, else
    behind the standard library, which a types.py of the project must not replace.

    Only for the first Python of the job, and what that one turns into by exec: children look where
    they would look without us.
    """
    from os import environ, getpid

    folder = environ.get('PYTHON_MCP_FOLDER')
    if folder is None or environ.setdefault('PYTHON_MCP_FOLDER_OF', str(getpid())) != str(getpid()):
        return
    if environ.get('PYTHON_MCP_FOLDER_PLACE') == 'first':
        sys.path.insert(0, folder)
        return
    standard = [n for n, entry in enumerate(sys.path) if entry.endswith('/lib-dynload')]
    sys.path.insert(standard[-1] + 1 if standard else len(sys.path), folder)


def _hand_over():
    """Lets the script find what it would find without us.

    Our directory goes to the end of sys.path: `import python_mcp` works, and every module of the
    script's wins. Then the sitecustomize that this one hides is loaded in our place. When there is
    none we fail just as the import of a missing module does, which `site` expects: nothing of ours
    stays in sys.modules.
    """
    from _frozen_importlib import _load
    from _frozen_importlib_external import PathFinder

    here = __file__.rpartition('/')[0]
    place = sys.path.index(here)
    hidden = PathFinder.find_spec(__name__, sys.path[place + 1 :])
    sys.path.append(sys.path.pop(place))
    _join_folder()
    if hidden is None:
        raise ModuleNotFoundError('No module named %r' % __name__, name=__name__)
    _load(hidden)


try:
    _install()
except Exception:
    pass
_hand_over()
