"""Imports records one by one; a broken one is reported, but the import goes on for a minute."""

import sys
import time

RECORDS = ['alice;31', 'bob;27', 'carol;thirty', *['dave;45'] * 200]

for number, record in enumerate(RECORDS, 1):
    name, age = record.split(';')
    try:
        print(f'record {number}: {name} is {int(age)}')
    except ValueError as error:
        print(f'ERROR in record {number}: {error}', file=sys.stderr)
    time.sleep(0.3)
