"""Figures that a cell has left open are shown, and what it kept is named."""
import sys
from os import scandir

from python_mcp_session.files import ARTIFACTS

MOST_NAMED = 100


def show_figures():
    backend = sys.modules.get('python_mcp.matplotlib_backend')
    if backend is not None:
        backend.show(block=True)


def kept_since(nanoseconds):
    """Names of artifacts, the newest ones last."""
    if not ARTIFACTS:
        return []
    try:
        with scandir(ARTIFACTS) as entries:
            found = [(entry.stat().st_mtime_ns, entry.name) for entry in entries if entry.is_file()]
    except OSError:
        return []
    return [name for time, name in sorted(found) if time >= nanoseconds][-MOST_NAMED:]
