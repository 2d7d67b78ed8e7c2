"""Writes a log of the size given, then one more line for every line it reads."""

import os
import sys

left = int(sys.argv[1])
block = b'a line of the log that was there before\n' * 26_215
while left > 0:
    left -= os.write(1, block[:left])

for line in sys.stdin:
    os.write(1, b'new line\n')
