"""Counts primes and prints how far it is."""

import time

LIMIT = 20

found = []
for number in range(1, LIMIT + 1):
    if number > 1 and all(number % prime for prime in found):
        found.append(number)
    time.sleep(0.1)
    print(f'Progress: {number}/{LIMIT}')

print(f'{len(found)} primes up to {LIMIT}')
