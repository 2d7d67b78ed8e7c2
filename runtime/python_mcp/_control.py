"""Control files of the job: what the server reads of a script beside its output."""
import json
import os

LARGEST_FILE = 1024 * 1024


def _open(name, mode):
    # The script owns the folder: a pipe there must not hold it up.
    flags = {'a': os.O_APPEND, 'w': os.O_TRUNC}[mode] | os.O_CREAT | os.O_WRONLY | os.O_NONBLOCK
    path = os.path.join(os.environ['PYTHON_MCP_WORK'], '.python_mcp', name)
    return os.fdopen(os.open(path, flags | os.O_NOFOLLOW, 0o600), mode, encoding='utf-8')


def add_line(name, record):
    """Adds one line of JSON, in one write; none to a file that has become large."""
    with _open(name, 'a') as file:
        if os.fstat(file.fileno()).st_size < LARGEST_FILE:
            file.write(json.dumps(record) + '\n')


def write(name, record):
    with _open(name, 'w') as file:
        file.write(json.dumps(record) + '\n')
