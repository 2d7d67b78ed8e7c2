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
    if hidden is None:
        raise ModuleNotFoundError('No module named %r' % __name__, name=__name__)
    _load(hidden)


try:
    _install()
except Exception:
    pass
_hand_over()
