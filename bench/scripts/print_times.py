"""Prints when it prints, unflushed, at moments that have nothing to do with the flush interval."""

import random
import sys
import time

for _ in range(int(sys.argv[1])):
    time.sleep(random.uniform(0.05, 0.15))
    print(time.time())
