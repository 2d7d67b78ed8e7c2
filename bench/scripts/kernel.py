"""Times of ipykernel through jupyter_client, as JSON: kernel.py start|cell|lines CODE."""
import json
import statistics
import sys
import time

from jupyter_client.manager import start_new_kernel


def run(client, code):
    client.execute_interactive(code, output_hook=lambda message: None, timeout=300)


def timed(work):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def start():
    began = time.perf_counter()
    manager, client = start_new_kernel()
    run(client, '1 + 1')
    took = (time.perf_counter() - began) * 1000
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return took


def within(code, rounds):
    manager, client = start_new_kernel()
    run(client, '1 + 1')
    times = [timed(lambda: run(client, code)) for _ in range(rounds)]
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return times


what, lines = sys.argv[1:]
times = {
    'start': lambda: [start() for _ in range(5)],
    'cell': lambda: within('1 + 1', 100),
    'lines': lambda: within(lines, 3),
}[what]()
print(json.dumps({what: statistics.median(times)}))
