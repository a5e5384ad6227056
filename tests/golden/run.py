#!/usr/bin/env python3
"""Runs one golden file: commands with the output they must give.

usage: run.py [--update] FILE

A golden file is prose with indented commands, as one would paste them from a terminal:

    Words of a title find the article.

      $ readout-query --json riyadh | head -n 1
      {"query": …
      [1]

`  $ ` starts a command, `  > ` continues it; the indented lines below are what it prints on both
outputs; a last line `[N]` is its exit status where that is not 0. The commands of a file run by bash,
one after the other, in one empty directory, with the built programs on the PATH, $SAMPLES naming the
sample articles and $READOUT_INDEX an index of them. Times and cursors, which differ from run to
run, are shown as N (N ms), that directory as a dot. --update writes what was printed into the file.
"""

import os
import re
import subprocess
import sys
import tempfile

VARYING = [(re.compile(r'"took_ms":\s*[0-9.]+'), '"took_ms": N'),
           (re.compile(r'"next":\s*"[^"]*"'), '"next": "N"'),
           (re.compile(r'\b[0-9]+(\.[0-9]+)? (ms|s)\b'), r'N \2')]


def parse(text):
    """Splits the file in blocks: a string of prose, or (command lines, expected lines)."""
    blocks = []
    for line in text.splitlines(keepends=True):
        if line.startswith('  $ '):
            blocks.append(([line], []))
        elif line.startswith('  > ') and blocks and isinstance(blocks[-1], tuple) and not blocks[-1][1]:
            blocks[-1][0].append(line)
        elif line.startswith('  ') and blocks and isinstance(blocks[-1], tuple):
            blocks[-1][1].append(line)
        else:
            blocks.append(line)
    return blocks


def run(command, directory):
    done = subprocess.run(['bash', '-c', command], cwd=directory, stdin=subprocess.DEVNULL, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode('utf-8', 'backslashreplace')
    text = text.replace(os.path.realpath(directory), '.')
    for pattern, shown in VARYING:
        text = pattern.sub(shown, text)
    lines = ['  %s\n' % line if line else '  \n' for line in text.splitlines()]
    if done.returncode:
        lines.append('  [%d]\n' % done.returncode)
    return lines


def main():
    update = '--update' in sys.argv[1:2]
    path = sys.argv[-1]
    with open(path, encoding='utf-8') as f:
        blocks = parse(f.read())
    out, failed, count = [], 0, 0
    with tempfile.TemporaryDirectory(prefix='readout-golden-') as directory:
        for block in blocks:
            if isinstance(block, str):
                out.append(block)
                continue
            command, expected = block
            count += 1
            printed = run(''.join(line[4:] for line in command), directory)
            out += command + printed
            if printed != expected:
                failed += 1
                if not update:
                    print(''.join(command), end='')
                    print('expected:\n' + ''.join(expected) + 'printed:\n' + ''.join(printed))
    if not count:
        sys.exit('%s: holds no command' % path)
    if update:
        with open(path, 'w', encoding='utf-8') as f:
            f.writelines(out)
        return
    print('%d commands, %d differ' % (count, failed))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
