"""What is written down of the job's own process: what it used, how it failed, what limits it had."""
import posix
import sys
from _frozen_importlib import BuiltinImporter, module_from_spec
from _frozen_importlib_external import PathFinder

from python_mcp_job.settings import write_control

# Kept from before the script's own directories join sys.path: a resource.py there is not ours.
_EXTENSIONS = [entry for entry in sys.path if entry.endswith('/lib-dynload')]
LONGEST_MESSAGE = 2000


def write_usage():
    resource = _resource()
    rows = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    fields = [
        ('cpu_seconds', '%.6f' % sum(row.ru_utime + row.ru_stime for row in rows)),
        ('peak_rss_bytes', max(row.ru_maxrss for row in rows) * (1 if sys.platform == 'darwin' else 1024)),
    ]
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY:
        fields.append(('address_space_limit', limit))
    error = getattr(sys, 'last_value', None)
    if error is not None:
        fields.append(('error', _described(error)))
    write_control('usage.json', ('{%s}\n' % ', '.join('"%s": %s' % field for field in fields)).encode())


def _resource():
    spec = BuiltinImporter.find_spec('resource') or PathFinder.find_spec('resource', _EXTENSIONS)
    resource = module_from_spec(spec)
    spec.loader.exec_module(resource)
    return resource


def _described(error):
    """The exception that ended the script, as JSON: its type, its message and where it was raised."""
    place = getattr(sys, 'last_traceback', None)
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    try:
        message = str(error)[:LONGEST_MESSAGE]
    except Exception:
        message = ''
    file = place.tb_frame.f_code.co_filename if place else getattr(error, 'filename', None)
    line = place.tb_lineno if place else getattr(error, 'lineno', None)
    where = '"file": %s, "line": %d' % (_quoted(file), line) if file and line else '"file": null'
    return '{"type": %s, "message": %s, %s}' % (_quoted(type(error).__name__), _quoted(message), where)


def _quoted(text):
    """A JSON string in ASCII, of any text: also of half a surrogate pair."""
    return '"%s"' % ''.join(map(_escaped, str(text)))


def _escaped(character):
    code = ord(character)
    if 32 <= code < 127 and character not in '"\\':
        return character
    if code < 0x10000:
        return '\\u%04x' % code
    code -= 0x10000
    return '\\u%04x\\u%04x' % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))


def write_memory_events():
    """How often the kernel has killed for memory so far: once more at the end, and it was that."""
    for path in _memory_events():
        try:
            fields = dict(line.split() for line in _read(path).splitlines() if line.count(b' ') == 1)
            count = int(fields[b'oom_kill'])
        except (OSError, KeyError, ValueError):
            continue
        write_control('memory.json', ('{"events": %s, "oom_kills": %d}\n' % (_quoted(path), count)).encode())
        return


def _memory_events():
    """Where the kernel counts for our control group: version 2, then 1."""
    for row in _read('/proc/self/cgroup').decode().splitlines():
        _, kinds, group = row.split(':', 2)
        if kinds == '':
            yield '/sys/fs/cgroup%s/memory.events' % group.rstrip('/')
        elif 'memory' in kinds.split(','):
            yield '/sys/fs/cgroup/memory%s/memory.oom_control' % group.rstrip('/')
            yield '/sys/fs/cgroup/memory/memory.oom_control'


def _read(path):
    fd = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    try:
        return posix.read(fd, 65536)
    finally:
        posix.close(fd)
