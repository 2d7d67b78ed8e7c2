"""What this process was told of its job. Importing it fails where there is no job."""
import posix
from os import environ


def number(name, default):
    try:
        return float(environ[name])
    except (KeyError, ValueError):
        return default


WORK = environ['PYTHON_MCP_WORK']
# Hidden: the script may work in the folder around it, and use names like `deadline` for its own.
CONTROL = WORK + '/.python_mcp'
LOG_PATHS = tuple(WORK.rpartition('/')[0] + name for name in ('/stdout.log', '/stderr.log'))
FLUSH_EVERY = number('PYTHON_MCP_FLUSH_MS', 30) / 1000
PID = posix.getpid()
GROUP = posix.getpgrp()


def is_main():
    """Whether this is the job's own process: the child of the supervisor, which leads the group.

    A shell in a new session deeper down looks the same, so the first one signs; exec keeps the pid.
    """
    job = environ.get('PYTHON_MCP_JOB_ID', '')
    signer, _, signature = environ.get('PYTHON_MCP_MAIN', '').rpartition(':')
    if posix.getppid() != GROUP or (signer == job and signature != str(PID)):
        return False
    environ['PYTHON_MCP_MAIN'] = '%s:%d' % (job, PID)
    return True


IS_MAIN = is_main()


def open_control(name, flags):
    """For writing. The script owns the folder: a pipe there must not hold it up."""
    flags |= posix.O_CREAT | posix.O_WRONLY | posix.O_CLOEXEC | posix.O_NOFOLLOW | posix.O_NONBLOCK
    return posix.open('%s/%s' % (CONTROL, name), flags, 0o600)


def write_control(name, data):
    """A control file, whole or not at all."""
    aside = name + '.part'
    fd = open_control(aside, posix.O_TRUNC)
    posix.write(fd, data)
    posix.close(fd)
    posix.rename('%s/%s' % (CONTROL, aside), '%s/%s' % (CONTROL, name))
