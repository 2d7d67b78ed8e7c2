"""The stacks of this process, for whoever asks for them while it runs.

A server that wants them creates the control file `stack.ask`; the companion thread sees it at its next
look and adds them to `stack`. It cannot while C code holds the interpreter's lock. A server that had
to wait for long sends SIGURG then, on which faulthandler writes them without the lock. Only then: as
long as Python code runs, one such look in a thousand crashes it.
"""
import faulthandler
import posix
import sys
from _signal import SIGURG
from _thread import get_ident

from python_mcp_job.settings import CONTROL, open_control

ASKED = CONTROL + '/stack.ask'
MOST_FRAMES = 100
MOST_NAMES = 5

_answered = [None]


def prepare():
    """A descriptor for the signal, which must find it open. High up: the script's own are as without us."""
    place = min(posix.sysconf('SC_OPEN_MAX'), 1024) - 1
    if _is_open(place):
        return
    fd = open_control('stack', posix.O_APPEND)
    posix.dup2(fd, place, False)
    posix.close(fd)
    faulthandler.register(SIGURG, place, all_threads=True, chain=False)


def _is_open(fd):
    try:
        posix.fstat(fd)
        return True
    except OSError:
        return False


def answer():
    """When somebody has asked, and once."""
    if not posix.access(ASKED, posix.F_OK):
        return
    seen = posix.stat(ASKED)
    asked = posix.getpid(), seen.st_ino, seen.st_mtime_ns
    if asked == _answered[0]:
        return
    _answered[0] = asked
    fd = open_control('stack', posix.O_APPEND)
    try:
        # In one piece: others of the job write there, too.
        posix.write(fd, ''.join(_sections()).encode('utf-8', 'backslashreplace'))
    finally:
        posix.close(fd)


def _sections():
    yield 'process %d\n' % posix.getpid()
    names = _thread_names()
    threads, tasks = {}, []
    for thread, frame in sorted(sys._current_frames().items()):
        if thread == get_ident():
            continue
        frames = _frames_of(frame)
        threads.setdefault(_told(frames), []).append(names.get(thread, 'Thread'))
        tasks += _tasks_below(frames)
    for stack, those in threads.items():
        yield '%s (most recent call first):\n%s' % (_listed(those), stack)
    yield from tasks
    yield 'end\n'


def _listed(names):
    more = len(names) - MOST_NAMES
    return ', '.join(names[:MOST_NAMES]) + (' and %d more' % more if more > 0 else '')


def _frames_of(frame):
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def _told(frames):
    lines = ['  File "%s", line %d in %s\n' % _place_of(frame) for frame in frames[:MOST_FRAMES]]
    return ''.join(lines) + ('  ...\n' if len(frames) > MOST_FRAMES else '')


def _place_of(frame):
    code = frame.f_code
    return code.co_filename, frame.f_lineno or _line_before(frame), code.co_name


def _line_before(frame):
    """The jump at the end of a loop, where threads take turns, has no line of its own since 3.11."""
    line = frame.f_code.co_firstlineno
    for start, _, at in frame.f_code.co_lines():
        if start > frame.f_lasti:
            break
        line = at or line
    return line


def _thread_names():
    """Without a lock of theirs: a hanging script may hold it for ever."""
    threading = sys.modules.get('threading')
    try:
        return {thread: str(each._name) for thread, each in dict(threading._active).items()}
    except Exception:
        return {}


def _tasks_below(frames):
    """What waits in the event loop that a thread runs: its frames are not those of any thread."""
    try:
        asyncio = sys.modules['asyncio']
        loops = [frame.f_locals['self'] for frame in frames if frame.f_code.co_name == 'run_forever']
        return [_task(task) for loop in loops[:1] for task in asyncio.all_tasks(loop)]
    except Exception:
        return []


def _task(task):
    frames, awaited = [], task.get_coro()
    while awaited is not None and len(frames) < MOST_FRAMES:
        frame = getattr(awaited, 'cr_frame', None) or getattr(awaited, 'gi_frame', None)
        if frame is None:
            break
        frames.insert(0, frame)
        awaited = getattr(awaited, 'cr_await', None) or getattr(awaited, 'gi_yieldfrom', None)
    return '%s (most recent call first):\n%s' % (task.get_name(), _told(frames))
