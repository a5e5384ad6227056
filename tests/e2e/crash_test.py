"""The indexer is killed, and the disk fills up: nothing acknowledged is lost, the next run continues."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

BIN = os.environ['READOUT_BIN']
INDEXER = os.path.join(BIN, 'readout-indexer')
QUERY = os.path.join(BIN, 'readout-query')
ARTICLES = 8000
ROUNDS = 20
SMALL = '32M'  # the least: a commit every 4 MB of text, some five in all


def write_articles(path, count):
    random.seed(1)
    words = ['talks', 'delegation', 'moratorium', 'energy', 'minister', 'agreed', 'declined', 'summit',
             'embassy', 'treaty', 'border', 'water', 'grain', 'quota', 'envoy', 'ceasefire']
    with open(path, 'w', encoding='utf-8') as out:
        for n in range(count):
            body = ' '.join(random.choice(words) + str(random.randrange(500)) for _ in range(200))
            out.write(json.dumps({'id': 'a%05d' % n, 'title': 'Article %d' % n, 'body': body,
                                  'published': '2025-02-%02dT00:00:00Z' % (n % 28 + 1)}) + '\n')


def visible(index):
    """How many articles a reader sees; 0 while there is no index."""
    done = subprocess.run([QUERY, '--index', index, '--json', '--limit', '0', ''],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return json.loads(done.stdout)['total']['value'] if done.returncode < 2 else 0


def dump(index):
    done = subprocess.run([INDEXER, 'dump', '--index', index], stdout=subprocess.PIPE, check=True)
    return sorted(done.stdout.splitlines())


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix='readout-crash-')
        cls.articles = os.path.join(cls.directory, 'articles.ndjson')
        write_articles(cls.articles, ARTICLES)
        cls.whole = os.path.join(cls.directory, 'whole.idx')
        start = time.monotonic()
        subprocess.run([INDEXER, 'add', '--index', cls.whole, cls.articles], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.seconds = time.monotonic() - start

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def add(self, index, *options, **kwargs):
        return subprocess.Popen([INDEXER, 'add', '--index', index, *options, self.articles],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **kwargs)

    def assert_clean(self, index):
        done = subprocess.run([INDEXER, 'check', '--index', index], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_kill_9_loses_nothing_acknowledged(self):
        index = os.path.join(self.directory, 'killed.idx')
        kept, killed = 0, 0
        random.seed(2)
        for _ in range(ROUNDS):
            # small batches, so that most kills fall between two commits or inside one
            process = self.add(index, '--memory', SMALL)
            end = time.monotonic() + random.uniform(0.2, 1.0) * self.seconds
            acknowledged = kept
            while time.monotonic() < end and process.poll() is None:
                acknowledged = max(acknowledged, visible(index))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kept = visible(index)
            self.assertGreaterEqual(kept, acknowledged)
            if os.path.isdir(index) and kept:
                self.assert_clean(index)
            if kept == ARTICLES:
                shutil.rmtree(index)
                kept = 0
        self.assertGreater(killed, ROUNDS // 4, 'most runs ended before they were killed')
        process = self.add(index)
        _, message = process.communicate()
        self.assertEqual(process.returncode, 0, message)
        self.assert_clean(index)
        self.assertEqual(dump(index), dump(self.whole))

    def test_sigterm_keeps_what_is_whole(self):
        index = os.path.join(self.directory, 'stopped.idx')
        process = self.add(index, '--memory', SMALL)
        while visible(index) == 0 and process.poll() is None:
            pass
        process.send_signal(signal.SIGTERM)
        process.communicate()
        self.assertGreater(visible(index), 0)
        self.assert_clean(index)
        self.add(index).communicate()
        self.assertEqual(dump(index), dump(self.whole))

    def test_a_full_disk_is_said_and_survived(self):
        index = os.path.join(self.directory, 'full.idx')
        size = 16 << 20
        process = self.add(index, '--memory', SMALL,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
        _, message = process.communicate()
        self.assertEqual(process.returncode, 2, message)
        self.assertRegex(message.decode(), 'no space|disk|full|too large')
        kept = visible(index)
        self.assertGreater(kept, 0)
        self.assertLess(kept, ARTICLES)
        self.assert_clean(index)
        process = self.add(index)
        _, message = process.communicate()
        self.assertEqual(process.returncode, 0, message)
        self.assertEqual(dump(index), dump(self.whole))


if __name__ == '__main__':
    unittest.main()
