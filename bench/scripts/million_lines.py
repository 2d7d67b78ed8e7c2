for number in range(1_000_000):
    print('line', f'{number:07}', 'of a million, 47 bytes with its end')
