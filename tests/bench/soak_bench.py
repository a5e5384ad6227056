"""soak_bench.py FILE [MINUTES]: the daemon under steady use for MINUTES (10), on an index of the first
20,000 lines of FILE: searches of all kinds with facets and snippets, suggestions, articles, the Algolia
protocol; articles written, replaced and deleted; the index opened anew by SIGHUP. First all caches fill.
Ends with a fault when memory grows by more than 5 % from minute 2 to the end (by the line that fits it best),
a descriptor is leaked, or an answer is 5xx. Requests may wait long: what is refused under load is another matter.
"""
import collections
import contextlib
import http.client
import itertools
import json
import os
import random
import re
import signal
import statistics
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import readout  # noqa: E402

ARTICLES = 20000
MOVING = 200      # articles that come and go
READERS = 4
READS = 15        # a second, of each
WRITES = 5        # a second
REOPEN = 20       # seconds
SETTLED = 20      # seconds without a rise
GROWTH = 1.05
SPARE = 4         # descriptors that SQLite keeps while others read, and gives to the next to open the catalogue


class Load:
    def __init__(self, daemon, key, articles):
        self.daemon, self.key, self.articles = daemon, key, articles
        self.stop = threading.Event()
        self.statuses = collections.Counter()
        self.lock = threading.Lock()
        self.faults = []
        text = " ".join(a["title"] for a in articles)
        self.words = sorted(set(re.findall("[a-z]{4,}", text.lower())))

    def send(self, connection, method, target, body=None, fields=None):
        try:
            connection.request(method, target, body=body, headers=fields or {})
            answer = connection.getresponse()
            content, status = answer.read(), answer.status
        except (OSError, http.client.HTTPException) as fault:
            connection.close()
            content, status = repr(fault).encode(), 599
        with self.lock:
            self.statuses[status] += 1
            if status >= 500:
                self.faults.append("%s %s: %d %s" % (method, target, status, content[:200]))
        return content

    def read(self, chance, connection):
        q = " ".join(chance.sample(self.words, chance.choice((1, 1, 2, 3))))
        quoted = urllib.parse.quote(q)
        what = chance.randrange(8)
        if what < 3:
            kind = chance.choice(("articles", "articles", "talks", "participants", "outcomes", "statements"))
            self.send(connection, "GET", "/v1/search?q=%s&kind=%s&facets=source,year&snippets=3&limit=20" %
                      (quoted, kind))
        elif what == 3:
            self.send(connection, "GET", "/v1/answers?q=" + quoted)
        elif what == 4:
            self.send(connection, "GET", "/v1/suggest?q=" + quoted[:chance.randint(1, 6)].rstrip("%2"))
        elif what == 5:
            name = urllib.parse.quote(chance.choice(self.articles)["id"], safe="")
            self.send(connection, "GET", "/v1/articles/%s%s" % (name, chance.choice(("", "/similar"))))
        elif what == 6:
            self.send(connection, "POST", "/1/indexes/articles/query",
                      json.dumps({"query": q, "facets": ["source"], "hitsPerPage": 10}),
                      {"Content-Type": "application/json"})
        else:
            self.send(connection, "GET", "/v1/timeline?interval=month&q=" + quoted)

    def write(self, chance, connection):
        name = "moving-%d" % chance.randrange(MOVING)
        fields = {"Authorization": "Bearer " + self.key, "Content-Type": "application/json"}
        if chance.random() < 0.4:
            self.send(connection, "DELETE", "/v1/articles/" + name, fields=fields)
        else:
            body = dict(chance.choice(self.articles), id=name)
            self.send(connection, "PUT", "/v1/articles/" + name, json.dumps(body), fields)

    def run(self, act, rate, seed):
        chance = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", self.daemon.port, timeout=60)
        due = time.monotonic()
        while not self.stop.is_set():
            act(chance, connection)
            if chance.random() < 0.02:
                connection.close()  # and a new one with the next request
            due = max(due + 1 / rate, time.monotonic() - 1)
            self.stop.wait(max(0, due - time.monotonic()))
        connection.close()


def memory(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return int(re.search(r"RssAnon:\s+(\d+)", f.read()).group(1)) / 1000


def descriptors(pid):
    """What is open, by name."""
    names = collections.Counter()
    for number in os.listdir("/proc/%d/fd" % pid):
        try:
            name = os.readlink("/proc/%d/fd/%s" % (pid, number))
        except OSError:
            continue
        names[re.sub(r":\[\d+\]$", "", name)] += 1
    return names


def watch(load, minutes):
    """Memory by the second."""
    pid, begun, samples = load.daemon.process.pid, time.monotonic(), []
    while time.monotonic() - begun < minutes * 60:
        time.sleep(1)
        samples.append(memory(pid))
        if len(samples) % REOPEN == 0:
            load.daemon.signal(signal.SIGHUP)
        if len(samples) % 60 == 0:
            print("minute %d: %.1f MB, %d descriptors, %d answers" %
                  (len(samples) // 60, statistics.median(samples[-20:]), descriptors(pid).total(),
                   sum(load.statuses.values())), flush=True)
    return samples


def warm(daemon):
    """Until the cache of answers holds no more than before: it is emptied by each commit."""
    begun = rose = time.monotonic()
    most = 0
    while time.monotonic() - rose < SETTLED:
        time.sleep(1)
        held = daemon.metric("readout_cache_bytes")
        if held > 1.05 * most:
            most, rose = held, time.monotonic()
    print("warmed up for %.0f s: at most %.1f MB in the cache of answers" % (rose - begun, most / 1e6), flush=True)


@contextlib.contextmanager
def running(load):
    load.stop.clear()
    acts = [(load.read, READS)] * READERS + [(load.write, WRITES)]
    threads = [threading.Thread(target=load.run, args=(act, rate, seed))
               for seed, (act, rate) in enumerate(acts)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        load.stop.set()
        for thread in threads:
            thread.join()
        time.sleep(3)  # for the writer to let go


def soak(load, minutes):
    pid = load.daemon.process.pid
    with running(load):
        warm(load.daemon)
    idle = descriptors(pid)  # what is opened once for good is there
    with running(load):
        samples = watch(load, minutes)
    after = descriptors(pid)
    early = min(120, len(samples) // 3)
    slope, first = statistics.linear_regression(range(len(samples) - early), samples[early:])
    last = first + slope * (len(samples) - early)
    print("answers: %s" % dict(sorted(load.statuses.items())))
    print("memory: a line through it goes from %.1f MB at minute %d to %.1f MB at the end: %.3f; %.1f to %.1f MB" %
          (first, early // 60, last, last / first, min(samples[early:]), max(samples[early:])))
    print("descriptors: %d before, %d after%s" % (
        idle.total(), after.total(), "".join(", +%d %s" % (n, name) for name, n in (after - idle).items())))
    for fault in load.faults[:10]:
        print(fault)
    return not load.faults and last <= GROWTH * first and after.total() <= idle.total() + SPARE


def main():
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 10
    with readout.Directory() as directory:
        path = directory.join("articles.ndjson")
        with open(sys.argv[1], encoding="utf-8") as lines:
            articles = list(itertools.islice(lines, ARTICLES))
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(articles)
        index = directory.join("news.idx")
        done = readout.run("readout-indexer", "add", "--quiet", "--index", index, path, timeout=1800)
        if done.returncode:
            sys.exit(done.stderr)
        articles = [json.loads(line) for line in articles[:2000]]
        keys = directory.join("keys")
        key = readout.run("readout-searchd", "keys", "add", "soak", "--scopes", "read,write",
                          "--keys", keys).stdout.strip()
        with readout.Daemon(index, "--keys", keys, "--log-level", "error", "--queue-time", "20s") as daemon:
            daemon.wait_until(lambda: daemon.get("/readyz")[0] == 200, "readiness")
            fine = soak(Load(daemon, key, articles), minutes)
            print(daemon.log()[-2000:], end="")  # faults, if any
        sys.exit(0 if fine else "soak: a limit was passed")


main()
