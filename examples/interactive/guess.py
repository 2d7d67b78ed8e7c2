"""Guesses a number between 1 and 100; the player answers higher, lower or yes."""

low, high = 1, 100
while True:
    guess = (low + high) // 2
    answer = input(f'Is it {guess}? ')
    if answer == 'yes':
        break
    if answer == 'higher':
        low = guess + 1
    else:
        high = guess - 1

print(f'I knew it: {guess}!')
