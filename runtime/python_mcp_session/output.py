"""How far the logs of the session have grown, with all that was printed in them."""
import sys
from os import dup, fstat, set_inheritable

_flush_c = []


class Logs:
    """By descriptors of its own: a cell may put something else in the place of 1 and 2."""

    def __init__(self):
        self._fds = [dup(1), dup(2)]
        for fd in self._fds:
            set_inheritable(fd, False)

    def sizes(self):
        flush()
        return [fstat(fd).st_size for fd in self._fds]


def flush():
    for stream in {id(s): s for s in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)}.values():
        try:
            stream.flush()
        except Exception:
            pass  # closed, replaced, disk full
    _flush_c_streams()


def _flush_c_streams():
    """What C code has printed would else come to light in a later cell."""
    try:
        if not _flush_c:
            from _ctypes import call_function, dlopen, dlsym

            fflush = dlsym(dlopen(None, 0), 'fflush')
            _flush_c.append(lambda: call_function(fflush, (None,)))
        _flush_c[0]()
    except Exception:
        pass
