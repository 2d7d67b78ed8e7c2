"""The program of a session: it runs the cells that clients leave in the job's folder, one by one.

    python session.py IDLE_SECONDS

Standard library only, Python 3.8+.
"""
import sys


def _serve():
    from python_mcp_session.worker import Worker

    here = __file__.rpartition('/')[0]
    if sys.path[0] == here:
        del sys.path[0]  # cells find what a script in their directory would find
    idle_seconds = float(sys.argv[1])
    sys.argv[:] = ['']
    Worker(idle_seconds).serve()


if __name__ == '__main__':
    _serve()
