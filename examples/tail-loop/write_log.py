"""Writes a log as services do: a few lines now and then."""

import time

for number in range(1, 11):
    print(f'{time.strftime("%H:%M:%S")} request {number} served')
    if number % 3 == 0:
        time.sleep(0.5)

print('no more requests')
