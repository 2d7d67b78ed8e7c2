"""Prints 50 MB as fast as it can."""

line = 'x' * 99
for _ in range(500_000):
    print(line)
