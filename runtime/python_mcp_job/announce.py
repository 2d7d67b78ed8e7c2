"""Tells of the next write to a log, at no cost for the writes after it.

The buffer below a text stream gets an attribute of its own in the place of its method `write`, which
goes away when it is used. So whoever waits for output can rest, and the turn from one stream to the
other is seen before it happens.
"""
from _io import BufferedWriter, FileIO, TextIOWrapper

from python_mcp_job.streams import Announcement, Guard, in_use, log_of, withdraw


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
        is_free = type(buffer.__dict__.get('write')) in (type(None), Guard)
        if log != but and type(buffer) in (BufferedWriter, FileIO) and is_free:
            buffer.write = Announcement(buffer, log, tell)


def withdraw_all():
    for buffer, _ in buffers():
        withdraw(buffer)
