"""Helpers for end-to-end tests: the programs under test, a small index, a running daemon, raw HTTP.

Standard library only. The programs are looked for in $READOUT_BIN (ctest sets it to bin/ of the build
under test, so that sanitized builds are tested by the same files), else in build/bin. A test file
ends with `readout.main()`, which skips it (exit status 77) when a program it needs is not built.
"""
import concurrent.futures
import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import openapi

SOURCE = os.environ.get("READOUT_SOURCE") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.environ.get("READOUT_BIN") or os.path.join(SOURCE, "build", "bin")
SHARED = os.environ.get("READOUT_SHARED") or os.path.join(SOURCE, "..", "shared")
SKIP = 77

# How long, in seconds, anything is waited for: sanitized programs are several times slower, and machines
# that do something else beside are, too.
PATIENCE = float(os.environ.get("READOUT_PATIENCE", "60"))

# What the daemon would give up on a machine that is busy; tests of these limits set their own.
UNHURRIED = {"READOUT_DEADLINE": "%ds" % PATIENCE, "READOUT_QUEUE_TIME": "1h"}

ARTICLES = [
    {"id": "riyadh-1", "title": "Delegations meet in Riyadh", "published": "2025-02-18T09:30:00Z",
     "source": "Gulf Courier", "language": "en", "url": "https://courier.example/riyadh-1",
     "body": "RIYADH - Delegations met in Riyadh on Tuesday for talks about a ceasefire. "
             "They agreed to set up a consultation mechanism.\n\nA second round of talks will follow."},
    {"id": "riyadh-2", "title": "Second round of talks ends", "published": "2025-03-24T17:00:00Z",
     "source": "Gulf Courier", "language": "en", "url": "https://courier.example/riyadh-2",
     "body": "The second round of talks in Riyadh ended without a joint statement. "
             "Delegations discussed a moratorium on strikes against energy infrastructure."},
    {"id": "geneva/3", "title": "Grain corridor extended", "published": "2024-11-02T08:00:00Z",
     "source": "Lake Observer", "language": "en", "url": "https://observer.example/geneva-3",
     "body": "GENEVA - Negotiators extended the grain corridor by six months after three days of talks."},
    {"id": "cafe-4", "title": "Caf\u00e9 diplomacy", "published": "2023-06-11T12:00:00Z",
     "source": "Lake Observer", "language": "en", "url": "https://observer.example/cafe-4",
     "body": "Diplomats like the caf\u00e9 by the lake. Nothing was signed."},
]


def program(name):
    """The path of a program under test."""
    return os.path.join(BIN, name)


def run(name, *args, timeout=None, **more):
    """Runs a program to its end; text in and out."""
    return subprocess.run([program(name), *map(str, args)], text=True, capture_output=True,
                          timeout=timeout or 3 * PATIENCE, **more)


class Directory:
    """A directory that is gone afterwards."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="readout-")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def join(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, text):
        path = self.join(name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path


def add_articles(index, articles):
    """Indexes the articles, a list of dicts."""
    lines = "".join(json.dumps(a) + "\n" for a in articles)
    done = run("readout-indexer", "add", "--index", index, "-", input=lines)
    if done.returncode != 0:
        raise RuntimeError("readout-indexer failed (%d): %s" % (done.returncode, done.stderr))


def build_index(directory, articles=None, name="news.idx"):
    """Indexes the articles into a new index directory/name and returns its path."""
    index = directory.join(name)
    add_articles(index, ARTICLES if articles is None else articles)
    return index


def add_key(keys, name, *options):
    """A new key of this name, in the file `keys`."""
    done = run("readout-searchd", "keys", "add", name, "--keys", keys, *options)
    if done.returncode != 0:
        raise RuntimeError("readout-searchd keys failed (%d): %s" % (done.returncode, done.stderr))
    return done.stdout.strip()


@contextlib.contextmanager
def writing(index):
    """Holds the lock of the index as another writer does; waits for its turn as that does, too."""
    with open(os.path.join(index, "writer.lock"), "a+", encoding="ascii") as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH, 1)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.005)
        fcntl.lockf(lock, fcntl.LOCK_UN, 1)
        lock.truncate(0)
        lock.write("%d (another)\n" % os.getpid())
        lock.flush()
        yield
        lock.truncate(0)


def kill_while_writing(daemon, put, threads, least):
    """Kills the daemon in the midst of put(0), put(1), …, which come from several threads at a time and give
    a status, once more than `least` of them gave 201; the numbers of all that did. Nothing is left of it."""
    written = []

    def write(number):
        with contextlib.suppress(OSError):
            if put(number) == 201:
                written.append(number)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(write, number) for number in range(200)]
        try:
            daemon.wait_until(lambda: len(written) > least, "some to be written")
        finally:
            daemon.kill()
        concurrent.futures.wait(jobs)
    daemon.stop()
    daemon.directory.__exit__()
    return written


def environment(more):
    """That of this process and of a daemon that is in no hurry, with `more`; what is None there is left out."""
    every = {**os.environ, **UNHURRIED, **more}
    return {name: value for name, value in every.items() if value is not None}


class Daemon:
    """readout-searchd on a free port of 127.0.0.1; stopped by its own process id, with a time limit.

        with Daemon(index, "--workers", 2) as daemon:
            status, fields, body = daemon.get("/healthz")
    """

    def __init__(self, index, *options, env=None, preexec=None, stdout=None,
                 stderr=None, before=(), pass_fds=()):
        self.directory = Directory()
        self.port_file = self.directory.join("port")
        self.log_path = self.directory.join("log")
        self.log_file = open(self.log_path, "wb")
        command = [*before, program("readout-searchd"), "--index", index, "--listen", "127.0.0.1:0",
                   "--port-file", self.port_file, *map(str, options)]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                        stdout=self.log_file if stdout is None else stdout,
                                        stderr=self.log_file if stderr is None else stderr,
                                        preexec_fn=preexec, pass_fds=pass_fds,
                                        env=environment(env or {}))
        self.port = self._wait_for_port()

    def _wait_for_port(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            if os.path.exists(self.port_file):
                with open(self.port_file) as f:
                    return int(f.read())
            time.sleep(0.01)
        self.kill()
        self.log_file.close()
        log = self.log()
        self.directory.__exit__()
        raise RuntimeError("readout-searchd did not start: " + log)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        status = self.stop()
        log = self.log()
        self.directory.__exit__()
        if kind is None and status != 0:
            raise AssertionError("readout-searchd ended with %s:\n%s" % (status, log))

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=PATIENCE):
        return self.process.wait(timeout)

    def stop(self):
        """SIGTERM, and SIGKILL for one that does not listen; the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        self.log_file.close()
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()

    def request(self, method, target, body=None, fields=None, timeout=PATIENCE):
        """One request on a connection of its own: status, fields (lower case, those that stand twice as
        one list), body as bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, target, body=body, headers=fields or {})
            answer = connection.getresponse()
            names = {k.lower(): answer.getheader(k) for k, _ in answer.getheaders()}
            content = answer.read()
            openapi.check(method, target, answer.status, names, content)
            return answer.status, names, content
        finally:
            connection.close()

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def json(self, target):
        """The JSON of a GET that must be answered 200."""
        status, _, body = self.get(target)
        if status != 200:
            raise AssertionError("GET %s: %d %r" % (target, status, body))
        return json.loads(body)

    def query(self, members):
        """POST /v1/query with a JSON body: status, fields, decoded answer."""
        status, fields, body = self.request("POST", "/v1/query", json.dumps(members),
                                            {"Content-Type": "application/json"})
        return status, fields, json.loads(body)

    def metric(self, name):
        """The sum of a metric over its labels."""
        text = self.get("/metrics")[2].decode()
        values = re.findall(r"^%s(?:\{[^}]*\})? (\S+)$" % re.escape(name), text, re.M)
        return sum(float(v) for v in values)

    def processor_seconds(self):
        """What it took of the processors so far."""
        with open("/proc/%d/stat" % self.process.pid, encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_until_idle(self, what):
        """Until it takes next to nothing of the processors; what spins never comes to rest."""
        def is_idle():
            before = self.processor_seconds()
            time.sleep(1)
            return self.processor_seconds() - before < 0.05
        self.wait_until(is_idle, what)

    def wait_until(self, condition, what):
        """Polls until condition() is true."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("waited in vain: " + what)
            time.sleep(0.01)

    def connect(self, timeout=PATIENCE):
        return Raw(self.port, timeout)


REQUEST = re.compile(rb"([A-Z]+) (/[^ \r\n]*) HTTP/1\.[01]\r\n(.*?\r\n)??\r\n", re.S)
LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d+)", re.I | re.M)
CHUNKED = re.compile(rb"^Transfer-Encoding:[ \t]*chunked", re.I | re.M)
LAST_CHUNK = re.compile(rb"(?:^|\r\n)0+(?:;[^\r]*)?\r\n(?:[^\r]+\r\n)*\r\n")


def read_head(text):
    """Status and fields of an answer."""
    lines = text.decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines[1:])
    return int(lines[0].split(" ")[1]), {name.lower(): value.strip() for name, value in pairs}


class Raw:
    """A connection on which bytes are sent as they are, and answers read one by one. Answers are checked
    against the description of the API as those of Daemon.request are; where the bytes are no request that
    could be told the path of, as problems."""

    def __init__(self, port, timeout=PATIENCE):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent = bytearray()  # and not answered yet

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def reset(self):
        """Ends the connection with a reset instead of an orderly end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data):
        data = data if isinstance(data, bytes) else data.encode()
        self.sent += data
        self.socket.sendall(data)

    def _take_request(self):
        """The method and the target of the next request that is to be answered."""
        sent = bytes(self.sent)
        head = REQUEST.match(sent)
        if not head:
            self.sent.clear()
            return "GET", ""
        fields = head.group(3) or b""
        length = LENGTH.search(fields)
        last = LAST_CHUNK.search(sent, head.end() - 2) if CHUNKED.search(fields) else None
        del self.sent[:last.end() if last else head.end() + (int(length.group(1)) if length else 0)]
        return head.group(1).decode(), head.group(2).decode("latin-1")

    def check(self, status, fields, body):
        """The whole answer to the next request is as described."""
        if status != 100:
            openapi.check(*self._take_request(), status, fields, body)

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.buffer += data
        return bool(data)

    def answer(self, head=False):
        """The next answer: status, fields, body; None when the server closed instead. `head`: it
        answers a HEAD and has no body."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                return None
        text, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, fields = read_head(text)
        length = 0 if head or status in (100, 204, 304) else int(fields["content-length"])
        while len(self.buffer) < length:
            if not self._more():
                return None
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        self.check(status, fields, body)
        return status, fields, body

    def ended(self):
        """True when the server ended the connection and said nothing more."""
        return not self.buffer and not self._more()


class OneDaemon(unittest.TestCase):
    """Tests that share a daemon on a small index."""
    ARTICLES = ARTICLES
    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.directory = Directory()
        cls.addClassCleanup(cls.directory.__exit__)
        cls.index = build_index(cls.directory, cls.ARTICLES)
        cls.daemon = Daemon(cls.index, *cls.OPTIONS)
        cls.addClassCleanup(cls.daemon.__exit__, None)


class OwnIndex(unittest.TestCase):
    """Tests each of which has a small index of its own."""

    def setUp(self):
        self.directory = Directory()
        self.addCleanup(self.directory.__exit__)
        self.index = build_index(self.directory)

    def serve(self, *options, index=None, **more):
        """A daemon that is stopped behind the test."""
        daemon = Daemon(index or self.index, *options, **more)
        self.addCleanup(daemon.__exit__, None)
        return daemon


class OwnKey(OwnIndex):
    """And a key of its own, that reads and writes."""

    def setUp(self):
        super().setUp()
        self.keys = self.directory.join("keys")
        self.key = add_key(self.keys, "cms", "--scopes", "read,write")

    def send(self, daemon, method, name, article=None):
        """Writes an article; what Daemon.request gives."""
        body = None if article is None else json.dumps(article)
        return daemon.request(method, "/v1/articles/" + name, body,
                              {"Authorization": "Bearer " + self.key, "Content-Type": "application/json"})


def get(target="/healthz", *fields):
    """The bytes of a GET."""
    return ("GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n" %
            (target, "".join(f + "\r\n" for f in fields))).encode()


def post(body, *fields, target="/v1/query"):
    """The bytes of a POST with a JSON body."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = ["Content-Type: application/json", "Content-Length: %d" % len(body), *fields]
    return ("POST %s HTTP/1.1\r\nHost: a\r\n%s\r\n" %
            (target, "".join(f + "\r\n" for f in lines))).encode() + body


def main(*programs):
    """Runs the tests of the calling file, or skips it when one of the programs is not built."""
    for name in programs or ("readout-indexer", "readout-searchd"):
        if not os.access(program(name), os.X_OK):
            print("skipped: %s is not built" % program(name))
            sys.exit(SKIP)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    unittest.main()
