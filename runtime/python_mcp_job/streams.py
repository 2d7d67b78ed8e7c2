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


class _BeforeCall:
    """Called like the method `name` of a buffer, after `make`. Nothing of ours is on the stack while
    the method itself runs: a traceback shows what it would show without us."""

    def __init__(self, buffer, name='write'):
        self.buffer = ref(buffer)  # weak: no circle that would delay its end
        self.name = name

    @property
    def __call__(self):
        buffer = self.buffer()
        # With its type: where the method wants to know that (FileIO's does), 3.12 crashes without.
        method = getattr(type(buffer), self.name).__get__(buffer, type(buffer))
        try:
            if _is_inside(buffer):
                return getattr(buffer.raw, self.name)
            self.make()
        except Exception:
            pass
        except BaseException as error:
            return partial(_call_and_raise, method, error)
        return method


def _is_inside(buffer):
    """Whether this thread is in a call of `buffer` already, which it would refuse to enter again: a
    signal handler, in the middle of a write. What that had to write is with the kernel by then."""
    try:
        if type(buffer) is BufferedWriter:
            BufferedWriter.write(buffer, b'')
    except RuntimeError:
        return True
    return False


def _call_and_raise(method, error, *data):
    """A Ctrl-C that came to us: the text layer has let go of the text already."""
    method(*data)
    raise error.with_traceback(None)


class Announcement(_BeforeCall):
    """Tells once that its log is about to grow."""

    def __init__(self, buffer, log, tell):
        super().__init__(buffer)
        self.log = log
        self.tell = tell

    def make(self):
        withdraw(self.buffer())
        guard(self.buffer())  # before ours is woken
        self.tell(self.log)


class Guard(_BeforeCall):
    """Lets signal handlers print. Python calls them at the end of a write, when the thread has the
    interpreter again; while ours has it, signals find the time to come.

    So it stands when ours is woken and while it works, and until the next write after that.
    """

    def make(self):
        if self.name == 'write' and not _is_on_guard[0]:
            withdraw(self.buffer())


_is_on_guard = [False]


def guard(buffer):
    if type(buffer) is BufferedWriter and type(buffer.raw) is FileIO and buffer.raw.fileno() in LOG_FDS:
        for name in ('write', 'flush'):
            buffer.__dict__.setdefault(name, Guard(buffer, name))


def guard_all():
    """Before the thread of ours does anything that lets others run; until `relax`."""
    _is_on_guard[0] = True
    for stream in in_use():
        try:
            guard(stream.buffer if isinstance(stream, TextIOWrapper) else stream)
        except Exception:
            pass  # closed, detached


def relax():
    _is_on_guard[0] = False


def withdraw(buffer):
    for name in ('write', 'flush'):
        if type(buffer.__dict__.get(name)) in (Announcement, Guard):
            delattr(buffer, name)


_writing = [RLock()]  # by one thread at a time: the script flushes through us as well
LONGEST_WRITE = 0.5


class _Gate(_BeforeCall):
    """Lets the thread pass that writes pending text; others wait until it has. An announcement that
    stood here is made by whoever writes."""

    def __init__(self, buffer, announcement):
        super().__init__(buffer)
        self.announcement = announcement

    def make(self):
        if _writing[0].acquire(True, LONGEST_WRITE):
            _writing[0].release()
        announcement, self.announcement = self.announcement, None
        if announcement is not None:
            announcement.make()

    def open(self):
        buffer = self.buffer()
        if buffer.__dict__.get('write') is not self:
            return
        buffer.write = self.announcement or Guard(buffer)


def _gate(buffer):
    """None where the script has put something of its own."""
    there = buffer.__dict__.get('write')
    if there is not None and not isinstance(there, _BeforeCall):
        return None
    # One that is left from before a fork, or that stands around a signal handler, is replaced.
    buffer.write = gate = _Gate(buffer, there.announcement if type(there) is _Gate else there)
    return gate


def with_pending_text(stream, call):
    """Makes `call`, which writes the pending text of `stream`, without changing its order.

    TextIOWrapper takes the pending text, then waits for the buffer's lock if another thread holds it
    (in a system call, or woken to it and not yet running). Text written during that wait would get
    in first, so it is held at a gate. What has passed it before is written by the first flush.
    """
    lock = _writing[0]
    is_held = lock.acquire(True, LONGEST_WRITE)
    gate = _gate(stream.buffer) if is_held else None
    try:
        stream.buffer.flush()
        call()
    finally:
        if gate is not None:
            gate.open()
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
