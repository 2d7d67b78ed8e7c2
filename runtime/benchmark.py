"""Runs a script repeatedly, or two in turns, and writes down what the kernel counted for each run.

    python -I -S benchmark.py RESULT RUNS WARMUP LENGTH WORD...

The first LENGTH words are the command; those after them, if any, are the command to compare it with.
Of each pair another one comes first, so that what the machine does beside it disturbs both alike.

wait4 gives user and system time and peak memory of exactly one child and the children it waited
for: no polling, and nothing of this process in it. Every run is recorded as it ends, so that a
benchmark that is stopped keeps what it measured. The first failing run ends it, with its code.
"""
import json
import os
import signal
import sys
import time

RSS_UNIT = 1 if sys.platform == 'darwin' else 1024


def offsets():
    """Where the output of the next run begins in the job's two files."""
    return [os.lseek(fd, 0, os.SEEK_END) if os.path.isfile('/dev/fd/%d' % fd) else 0 for fd in (1, 2)]


def run_once(command):
    stdout_from, stderr_from = offsets()
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - began
    return {
        'exit_code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status),
        'wall_time_seconds': round(wall, 6),
        'user_seconds': round(used.ru_utime, 6),
        'system_seconds': round(used.ru_stime, 6),
        'peak_rss_bytes': used.ru_maxrss * RSS_UNIT,
        'stdout_from': stdout_from,
        'stderr_from': stderr_from,
    }


def in_turns(commands, rounds):
    """Which command comes when: 0 1, 1 0, 0 1, ..."""
    for index in range(rounds):
        turn = list(enumerate(commands))
        for number, command in turn if index % 2 == 0 else reversed(turn):
            yield index, number, command


def record(path, rows):
    with open(path + '.part', 'w') as file:
        json.dump(rows, file)
    os.replace(path + '.part', path)


def main(path, runs, warmup, length, *words):
    # A stop signal is for the script, which may clean up; this process then records its end.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    commands = [command for command in (words[: int(length)], words[int(length) :]) if command]
    rows = []
    for index, number, command in in_turns(commands, int(warmup) + int(runs)):
        row = run_once(command)
        row['script'] = number
        row['warmup'] = index < int(warmup)
        rows.append(row)
        record(path, rows)
        if row['exit_code'] != 0:
            sys.exit(row['exit_code'])


main(*sys.argv[1:])
