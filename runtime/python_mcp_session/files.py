"""The files of a session: requests, records, the state, and the bell that wakes the worker.

    cells/000007.json     request: written aside, then linked, so that a number is taken once
    cells/000007.stop     one byte per wish to stop exactly this cell
    cells/000007.record   what came of it: whole or absent
    session.json          what the worker is doing
    variables.json        what it holds; outlives it
    names.json            all its names, for completion
    bell                  a pipe: one byte = look again

Functions of `os` are taken at the start: a cell may replace them at will.
"""
import json
from os import O_CLOEXEC, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY
from os import close, environ, fstat, getpid, link, mkdir, mkfifo, open, read, rename, stat, unlink, write
from time import sleep

CONTROL = environ['PYTHON_MCP_WORK'] + '/.python_mcp'
CELLS = CONTROL + '/cells'
ARTIFACTS = environ.get('PYTHON_MCP_ARTIFACTS')


def prepare():
    """The descriptor of the bell. Open both ways, so that it never ends."""
    try:
        mkdir(CELLS, 0o700)
    except FileExistsError:
        pass
    try:
        mkfifo(CONTROL + '/bell', 0o600)
    except FileExistsError:
        pass
    return open(CONTROL + '/bell', O_RDWR | O_NONBLOCK | O_CLOEXEC)


def silence(bell):
    try:
        while len(read(bell, 4096)) == 4096:
            pass
    except OSError:
        pass


def place_of(cell, kind):
    return '%s/%06d.%s' % (CELLS, cell, kind)


def read_request(cell):
    """None when nobody has asked for it yet."""
    try:
        fd = open(place_of(cell, 'json'), O_RDONLY | O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return json.loads(read(fd, fstat(fd).st_size).decode('utf-8', 'surrogatepass'))
    finally:
        close(fd)


def take_last(cell, reason):
    """Takes the number, so that no cell can have it; false when a client was faster."""
    aside = '%s/end.%d' % (CELLS, getpid())
    _put(aside, {'end': reason})
    try:
        link(aside, place_of(cell, 'json'))
        return True
    except FileExistsError:
        return False
    finally:
        unlink(aside)


def wishes(cell):
    """How often somebody wanted this cell to stop."""
    try:
        return stat(place_of(cell, 'stop')).st_size
    except OSError:
        return 0


def wish(cell):
    fd = open(place_of(cell, 'stop'), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    try:
        write(fd, b'.' * (wishes(cell) + 1))
    finally:
        close(fd)


def is_to_end():
    """Whether a server, or the time limit of the job, has asked the whole session to end."""
    try:
        stat(CONTROL + '/deadline')
        return True
    except OSError:
        return False


def put_record(cell, record):
    """Until it is written: a cell that ran must not be without one, and the disk may have room later."""
    while True:
        try:
            return _replace(place_of(cell, 'record'), record)
        except OSError:
            sleep(0.2)


def put(name, value):
    """A hint for readers: without it they know less, that is all."""
    try:
        _replace('%s/%s.json' % (CONTROL, name), value)
    except OSError:
        pass


def _replace(path, value):
    _put(path + '.part', value)
    rename(path + '.part', path)


def _put(path, value):
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    try:
        # ASCII: text of a cell may hold half a surrogate pair.
        data = memoryview(json.dumps(value).encode())
        while data:
            data = data[write(fd, data) :]
    finally:
        close(fd)
