"""Fits a line to noisy points by gradient descent, and reports every epoch.

Stands in for a training run of hours: it neither knows nor cares who is watching.
"""

import random
import time

EPOCHS = 12
LEARNING_RATE = 0.4

random.seed(1)
points = [(x / 100, 3 * x / 100 + 1 + random.gauss(0, 0.1)) for x in range(100)]
slope = offset = 0.0

for epoch in range(1, EPOCHS + 1):
    for _ in range(10):
        errors = [(x, slope * x + offset - y) for x, y in points]
        slope -= LEARNING_RATE * sum(2 * x * error for x, error in errors) / len(points)
        offset -= LEARNING_RATE * sum(2 * error for _, error in errors) / len(points)
    loss = sum(error**2 for _, error in errors) / len(points)
    print(f'Epoch {epoch}/{EPOCHS} - loss: {loss:.4f}')
    time.sleep(0.25)

print(f'y = {slope:.2f} x + {offset:.2f}')
