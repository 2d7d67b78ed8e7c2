"""Line by line while a script prints at a human pace, by blocks while it floods.

A line that is written through is safe whatever ends the process, but costs a system call: a million
of them take three times as long. So a flood is buffered by blocks, which the companion shows every
few milliseconds, and when it calms down lines are written through again.
"""
from _functools import partial
from _io import BufferedWriter, TextIOWrapper
from _weakref import ref

from python_mcp_job.streams import CHUNK, in_use, log_of, with_pending_text

# Bytes between two looks. Far apart, so that nobody goes back and forth.
FLOOD = 16384
CALM = 4096

_is_flooding = [False]
_known = []


class _Known:
    """A text stream that we have met: `by_line` as we left it, None when its choice is not ours."""

    __slots__ = ('stream', 'by_line')

    def __init__(self, stream):
        self.stream = ref(stream)
        # One that is line buffered or unbuffered already is as somebody wants it.
        is_free = type(stream.buffer) is BufferedWriter and log_of(stream) is not None
        is_free = is_free and not stream.line_buffering and not stream.write_through
        self.by_line = False if is_free else None

    def leave_alone(self):
        stream = self.stream()
        if self.by_line and stream is not None:
            stream._CHUNK_SIZE = CHUNK
        self.by_line = None

    def turn(self, by_line):
        stream = self.stream()
        if self.by_line is not None and stream.line_buffering != self.by_line:
            self.leave_alone()  # the script has chosen
        if self.by_line in (None, by_line) or 'flush' in stream.__dict__:
            return
        with_pending_text(stream, partial(TextIOWrapper.reconfigure, stream, line_buffering=by_line))
        # By line, text reaches the buffer at once, where its coming is announced.
        stream._CHUNK_SIZE = 1 if by_line else CHUNK
        self.by_line = by_line


def adapt(grown=0):
    """Buffers the streams as `grown`, the bytes since the last look, asks for."""
    if grown >= FLOOD or grown < CALM:
        _is_flooding[0] = grown >= FLOOD
    _known[:] = [known for known in _known if known.stream() is not None]
    for stream in in_use():
        if type(stream) is TextIOWrapper:
            try:
                _known_as(stream).turn(not _is_flooding[0])
            except Exception:
                pass  # closed, detached, disk full


def _known_as(stream):
    for known in _known:
        if known.stream() is stream:
            return known
    _known.append(_Known(stream))
    return _known[-1]


def heed_reconfigure(stream):
    """Lets a script's own choice of buffering stand, even when it is what we had chosen."""
    weak = ref(stream)

    def reconfigure(**options):
        stream = weak()
        if options.get('line_buffering') is not None or options.get('write_through') is not None:
            _known_as(stream).leave_alone()
        return TextIOWrapper.reconfigure(stream, **options)

    stream.reconfigure = reconfigure
