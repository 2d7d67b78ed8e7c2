"""Puts the parts together, in the order in which they need each other."""
import atexit
import faulthandler
import sys
from _frozen_importlib import module_from_spec
from _frozen_importlib_external import spec_from_file_location
from os import environ, getpid, register_at_fork

from python_mcp_job import companion, hand_over, imports, record, stacks
from python_mcp_job.announce import announce
from python_mcp_job.buffering import adapt, heed_reconfigure
from python_mcp_job.settings import IS_MAIN, PID
from python_mcp_job.streams import LOG_FDS, log_of

# Those that python_mcp._capture knows what to do with.
PICTURE_MODULES = (
    'PIL.Image',
    'PIL.ImageShow',
    'cv2',
    'matplotlib',
    'matplotlib.figure',
    'matplotlib.pyplot',
    'plotly.basedatatypes',
    'plotly.io._renderers',
)


def install():
    explain_crashes()
    watch_imports()
    if companion.SHOWS:
        show_output()
    companion.start()
    atexit.register(finish)  # hooks run last in, first out: this one after all of the script's
    register_at_fork(
        before=companion.before_fork,
        after_in_parent=companion.after_fork_in_parent,
        after_in_child=companion.after_fork_in_child,
    )
    if IS_MAIN:
        attempt(record.write_memory_events)
    attempt(stacks.prepare)


def attempt(work):
    try:
        work()
    except Exception:
        pass


def explain_crashes():
    """A fatal signal leaves the Python stack in the log; only that of the thread that met it."""
    if 2 in LOG_FDS and not faulthandler.is_enabled():
        quiet = {'c_stack': False} if sys.version_info >= (3, 14) else {}
        faulthandler.enable(2, all_threads=False, **quiet)


def show_output():
    adapt()
    for stream in (sys.stdout, sys.stderr):
        if log_of(stream) is not None:
            heed_reconfigure(stream)
    hand_over.wrap_all()
    announce(companion.wake)


def watch_imports():
    if 'PYTHON_MCP_ARTIFACTS' in environ:
        imports.AFTER.update(dict.fromkeys(PICTURE_MODULES, capture))
    if companion.SHOWS:
        if '_posixsubprocess' in sys.builtin_module_names:
            import _posixsubprocess

            hand_over.wrap('fork_exec', _posixsubprocess)
        else:
            imports.AFTER['_posixsubprocess'] = lambda module: hand_over.wrap('fork_exec', module)
        if 1 in LOG_FDS:
            imports.AFTER['_ctypes'] = lambda module: buffer_c_output()
            imports.before_first_extension(buffer_c_output)
    sys.meta_path.insert(0, imports.Doorbell)


def buffer_c_output():
    imports.AFTER.pop('_ctypes', None)
    load_late('c_output').buffer_by_line()


def load_late(name):
    """A part that few scripts need. By its place: our package has left sys.modules by then."""
    spec = spec_from_file_location(name, '%s/%s.py' % (__file__.rpartition('/')[0], name))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def capture(module):
    from python_mcp._capture import AFTER_IMPORT

    AFTER_IMPORT[module.__name__](module)


def finish():
    companion.finish()
    if IS_MAIN and getpid() == PID:
        attempt(record.write_usage)
