"""Lets C code print by lines, as on a terminal: its own buffer is out of Python's reach.

Imported when there may be such code: when ctypes or an extension module that is not Python's own is
loaded. The module below ctypes is enough, and ten times as quick to load.
"""
from _ctypes import _SimpleCData, call_function, dlopen, dlsym

LINE_BUFFERED = 1  # _IOLBF of glibc, musl and macOS


class _Pointer(_SimpleCData):
    _type_ = 'P'


def buffer_by_line():
    program = dlopen(None, 0)
    for name in ('stdout', '__stdoutp'):
        try:
            file = _Pointer.from_address(dlsym(program, name))
        except OSError:
            continue
        call_function(dlsym(program, 'setvbuf'), (file, None, LINE_BUFFERED, 0))
        return
