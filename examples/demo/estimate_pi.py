"""Estimates pi by throwing darts at a square, and says after every round how close it came.

Note the plain print(): nothing is flushed here, and yet every line is readable at once.
"""

import random
import sys
import time

ROUNDS = 10
DARTS_PER_ROUND = 60_000

hits = 0
for number in range(1, ROUNDS + 1):
    round_began = time.monotonic()
    hits += sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(DARTS_PER_ROUND))
    estimate = 4 * hits / (number * DARTS_PER_ROUND)
    time.sleep(max(0, 0.55 - (time.monotonic() - round_began)))
    print(f'round {number:2}/{ROUNDS}   pi = {estimate:.5f}')
    if number == ROUNDS // 2:
        print('half-way: errors and warnings arrive on a stream of their own', file=sys.stderr)

print(f'{ROUNDS * DARTS_PER_ROUND:,} darts thrown')
