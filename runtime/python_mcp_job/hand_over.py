"""What hands control away shows first what was printed: it may be the last chance."""
import os
import posix

import _signal

from python_mcp_job.companion import hand_over

LEAVE = ('_exit', 'abort', 'kill', 'killpg', 'execv', 'execve', 'system', 'posix_spawn', 'posix_spawnp')
SIGNAL = ('raise_signal', 'pthread_kill')


class _FlushFirst:
    """In the place of a built-in function. Looks, pickles and fails like it: nothing of ours is on
    the stack when the function runs, so that a traceback shows what it would show without us."""

    def __init__(self, function):
        self.__wrapped__ = function
        self.__name__ = self.__qualname__ = function.__name__
        self.__module__ = function.__module__
        self.__doc__ = function.__doc__
        self.__self__ = function.__self__

    @property
    def __call__(self):
        try:
            hand_over()
        except Exception:
            pass
        return self.__wrapped__

    def __repr__(self):
        return repr(self.__wrapped__)

    def __reduce__(self):
        return self.__name__


def wrap(name, *modules):
    function = getattr(modules[0], name, None)
    if function is not None:
        flushing = _FlushFirst(function)
        for module in modules:
            if getattr(module, name, None) is function:
                setattr(module, name, flushing)


def wrap_all():
    for name in LEAVE:
        wrap(name, posix, os)
    for name in SIGNAL:
        wrap(name, _signal)
