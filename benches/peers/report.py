"""How a comparison is told."""

import sys


def table(head, rows):
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    for line in [head, *rows]:
        print("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]))


def say(text):
    print(text, file=sys.stderr, flush=True)
