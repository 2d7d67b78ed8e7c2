"""The streams of this process that end in the job's logs, and how they are shown (flushed)."""
import posix
import sys
from _functools import partial
from _io import BufferedWriter, FileIO, TextIOWrapper
from _thread import _count, RLock
from _weakref import ref

from python_mcp_job.settings import LOG_PATHS

CHUNK = 8192  # what CPython's text layer keeps pending at most


def _log_fds():
    """Those of 1 and 2 that are logs of the job; where these cannot be seen, every file."""

    def place(stat):
        return stat.st_dev, stat.st_ino

    try:
        logs = [place(posix.stat(path)) for path in LOG_PATHS]
    except OSError:
        logs = None
    for fd in (1, 2):
        try:
            stat = posix.fstat(fd)
        except OSError:
            continue
        if stat.st_mode & 0o170000 == 0o100000 and (logs is None or place(stat) in logs):
            yield fd


LOG_FDS = tuple(_log_fds())
# Reached even when a script detaches sys.stdout; weak, so that its last owner still closes it.
_BUFFERS = [
    ref(stream.buffer)
    for stream in (sys.stdout, sys.stderr)
    if type(stream) is TextIOWrapper and type(stream.buffer) is BufferedWriter
]


def in_use():
    """The text streams a script can reach by name, and the buffers it had at the start."""
    named = getattr(sys, 'stdout', None), getattr(sys, 'stderr', None), sys.__stdout__, sys.__stderr__
    return [*named, *(buffer() for buffer in _BUFFERS)]


def log_of(stream):
    """1 or 2 when `stream` is CPython's own code down to a log, else None.

    Never code of the script's: it does not expect to run in another thread. lseek fails on a pipe
    put there by dup2: writing to it could block, and fork with us.
    """
    try:
        buffer = stream.buffer if isinstance(stream, TextIOWrapper) else stream
        raw = buffer.raw if type(buffer) is BufferedWriter else buffer
        if type(raw) is not FileIO:
            return None
        fd = raw.fileno()
        return fd if fd in LOG_FDS and posix.lseek(fd, 0, 1) >= 0 else None
    except Exception:
        return None  # closed, detached


class Announcement:
    """Called like the method. Nothing of ours is on the stack while the method itself runs: a
    traceback shows what it would show without us."""

    def __init__(self, buffer, log, tell):
        self.buffer = ref(buffer)  # weak: no circle that would delay its end
        self.log = log
        self.tell = tell

    @property
    def __call__(self):
        self.make()
        buffer = self.buffer()
        return type(buffer).write.__get__(buffer)

    def make(self):
        try:
            withdraw(self.buffer())
            self.tell(self.log)
        except Exception:
            pass


def withdraw(buffer):
    if type(buffer.__dict__.get('write')) is Announcement:
        del buffer.write


_writing = [RLock()]  # by one thread at a time: the script flushes through us as well
LONGEST_WRITE = 0.5


def with_pending_text(stream, call):
    """Makes `call`, which writes the pending text of `stream`, without changing its order.

    TextIOWrapper takes the pending text, then waits for the buffer's lock if another thread holds it
    in a system call. Text written during that wait could get in first. So the buffer is flushed
    before, in one step: `map` and `partial` are C, no other thread runs in between. An announcement
    is Python, so it is made before; one that comes meanwhile is withdrawn.
    """
    lock = _writing[0]
    is_held = lock.acquire(True, LONGEST_WRITE)
    try:
        buffer = stream.buffer
        there = buffer.__dict__.get('write')
        if type(there) is Announcement:
            there.make()
        steps = [partial(buffer.flush), call]
        if type(there) in (type(None), Announcement):
            steps.insert(1, partial(buffer.__dict__.pop, 'write', None))
        list(map(partial.__call__, steps))
    finally:
        if is_held:
            lock.release()


def forget_writer():
    """In a forked child: the thread that held the lock is not there."""
    _writing[0] = RLock()


def flush_text(stream):
    """Flushes text and bytes. While there are other threads, which can hold the buffer's lock at any
    time, text is not kept pending."""
    if _count() > 1 and stream._CHUNK_SIZE == CHUNK:
        stream._CHUNK_SIZE = 1
    with_pending_text(stream, partial(TextIOWrapper.flush, stream))


def show(stream, but=None):
    """Flushes `stream` if it ends in a log, other than that of `but`."""
    if stream is None or log_of(stream) in (None, but):
        return
    try:
        flush_text(stream) if isinstance(stream, TextIOWrapper) else stream.flush()
    except Exception:
        pass  # disk full: the script meets the same error itself


def show_all(but=None):
    for stream in in_use():
        show(stream, but)


def log_sizes():
    """(bytes in stdout.log, bytes in stderr.log), also of what other processes wrote."""
    try:
        return posix.stat(LOG_PATHS[0]).st_size, posix.stat(LOG_PATHS[1]).st_size
    except OSError:
        return tuple(posix.fstat(fd).st_size if fd in LOG_FDS else 0 for fd in (1, 2))
