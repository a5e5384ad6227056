#!/usr/bin/env python3
"""The gates of tools/check that read the sources: arrows, lengths, calls, documented options.

Each gate yields lines "file:line: what is wrong"; any line fails the check.
"""

import os
import re
import subprocess
import sys

FILE_LINES_MAX = 1000
FUNCTION_LINES_MAX = 100
COMPLEXITY_MAX = 25

# Which public headers each folder may include, beside headers of its own. Arrows go one way:
# base <- text <- model <- index; core <- query <- searchd; core <- indexer.
BASE = {'status', 'buffer', 'utf8', 'arena', 'deadline', 'log', 'queue', 'option'}
TEXT = BASE | {'charset', 'analyser'}
MODEL = TEXT | {'date', 'article', 'facts', 'fact_text', 'side', 'name', 'same', 'merge', 'alike'}
CORE = MODEL | {'match', 'rank', 'spans', 'index'}
QUERY = CORE | {'query'}
LAYERS = {
    'core/base/': BASE,
    'core/text/': TEXT,
    'core/model/': MODEL,
    'core/index/': CORE,
    'query/': QUERY,
    'indexer/': CORE | {'parser', 'extract', 'pipeline', 'maker'},
    'searchd/': QUERY | {'parser', 'extract', 'maker'},
}

# Libraries that only one folder may know.
ENGINES = {'sqlite3.h': 'core/index/', 'libstemmer.h': 'core/text/', 'event2/': 'searchd/',
           'gumbo.h': 'indexer/', 'libxml/': 'indexer/', 'curl/': 'query/cli/'}

# The library never prints, exits or reads the environment: programs do that in their own files.
PROGRAM_FILES = re.compile(r'(^|/)main\.c$|^query/cli/|^indexer/(commands|progress|watch)\.c$')
LIBRARY_CALLS = re.compile(r'(?<![\w.>])(printf|puts|putchar|perror|exit|abort|getenv|system|popen)\s*\(')


def tracked(*patterns):
    out = subprocess.run(['git', 'ls-files', '--cached', '--others', '--exclude-standard', *patterns],
                         stdout=subprocess.PIPE, check=True, text=True).stdout
    return sorted(set(out.split('\n')) - {''})


def lines_of(path):
    with open(path, encoding='utf-8') as f:
        return list(enumerate(f, 1))


def arrows(path):
    folder = next((folder for folder in LAYERS if path.startswith(folder)), None)
    allowed = LAYERS.get(folder)
    for number, line in lines_of(path):
        found = re.match(r'\s*#\s*include\s+["<]([^">]+)[">]', line)
        if not found:
            continue
        name = found.group(1)
        public = re.fullmatch(r'readout/(\w+)\.h', name)
        if allowed is not None and public and public.group(1) not in allowed:
            yield '%s:%d: must not include %s: arrows go the other way' % (path, number, name)
        target = os.path.normpath(os.path.join(os.path.dirname(path), name))
        if folder and name.startswith('../') and not target.startswith(folder):
            yield '%s:%d: includes %s of another folder' % (path, number, name)
        for engine, owner in ENGINES.items():
            if name.startswith(engine) and allowed is not None and not path.startswith(owner):
                yield '%s:%d: only %s may include %s' % (path, number, owner, name)


def calls(path):
    if PROGRAM_FILES.search(path) or path.startswith('tests/'):
        return
    for number, line in lines_of(path):
        found = LIBRARY_CALLS.search(re.sub(r'"(\\.|[^"\\])*"|/\*.*?\*/|^\s*\*.*|^\s*/\*.*', '', line))
        if found:
            yield '%s:%d: a library does not call %s' % (path, number, found.group(1))


def lengths(paths):
    for path in paths:
        count = len(lines_of(path))
        if count > FILE_LINES_MAX:
            yield '%s:%d: file has more than %d lines' % (path, count, FILE_LINES_MAX)
    sources = [path for path in paths if path.endswith('.c')]
    out = subprocess.run(['pmccabe', *sources], stdout=subprocess.PIPE, check=True, text=True).stdout
    for row in out.splitlines():
        complexity, _, _, _, length, where, function = row.split('\t')[0:5] + row.split('\t')[5].split(': ')
        if int(length) > FUNCTION_LINES_MAX:
            yield '%s: %s has %s lines, more than %d' % (where, function, length, FUNCTION_LINES_MAX)
        if int(complexity) > COMPLEXITY_MAX:
            yield '%s: %s has complexity %s, more than %d' % (where, function, complexity, COMPLEXITY_MAX)


def options(paths):
    """Every option of a program is in the README."""
    with open('README.md', encoding='utf-8') as f:
        readme = f.read()
    for folder in ('indexer/', 'query/', 'searchd/'):
        seen = 0
        for path in (path for path in paths if path.startswith(folder)):
            text = ''.join(line for _, line in lines_of(path))
            table = re.search(r'\bro_option \w+\[\] = \{(.*?)\n(?=\S|$)', text, re.S | re.I)
            names = re.findall(r'\{\s*(?:\.name = )?"([a-z-]+)"', table.group(1)) if table else []
            seen += len(names)
            for name in names:
                if '--' + name not in readme:
                    yield '%s: option --%s is not in README.md' % (path, name)
        if not seen:
            yield '%s: no option table found' % folder


def main():
    sources = tracked('core/*.[ch]', 'query/*.[ch]', 'indexer/*.[ch]', 'searchd/*.[ch]', 'tests/*.[ch]')
    programs = [path for path in sources if not path.startswith(('core/', 'tests/'))]
    faults = []
    for path in sources:
        faults += list(arrows(path)) + list(calls(path))
    faults += list(lengths(sources)) + list(options(programs))
    print(''.join(fault + '\n' for fault in faults), end='')
    sys.exit(1 if faults else 0)


if __name__ == '__main__':
    main()
