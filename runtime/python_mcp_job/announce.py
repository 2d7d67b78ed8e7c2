"""Tells of the next write to a log, at no cost for the writes after it.

The buffer below a text stream gets an attribute of its own in the place of its method `write`, which
goes away when it is used. So whoever waits for output can rest, and the turn from one stream to the
other is seen before it happens.
"""
from _io import BufferedWriter, FileIO, TextIOWrapper
from _weakref import ref

from python_mcp_job.streams import in_use, log_of


class _Announcement:
    """Called like the method. Nothing of ours is on the stack while the method itself runs: a
    traceback shows what it would show without us."""

    def __init__(self, buffer, log, tell):
        self.buffer = ref(buffer)  # weak: no circle that would delay its end
        self.log = log
        self.tell = tell

    @property
    def __call__(self):
        buffer = self.buffer()
        try:
            withdraw(buffer)
            self.tell(self.log)
        except Exception:
            pass
        return type(buffer).write.__get__(buffer)


def buffers():
    """(buffer, log) of every stream in use that is CPython's own down to a log."""
    for stream in in_use():
        log = None if stream is None else log_of(stream)
        if log is not None:
            yield stream.buffer if isinstance(stream, TextIOWrapper) else stream, log


def announce(tell, but=None):
    """`tell(log)` comes before the next write to each log other than `but`."""
    for buffer, log in buffers():
        # What the script has put there stays.
        if log != but and type(buffer) in (BufferedWriter, FileIO) and 'write' not in buffer.__dict__:
            buffer.write = _Announcement(buffer, log, tell)


def withdraw(buffer):
    if type(buffer.__dict__.get('write')) is _Announcement:
        del buffer.write


def withdraw_all():
    for buffer, _ in buffers():
        withdraw(buffer)
