"""The daemon under systemd, or what does as it does: readiness, sockets handed over, watchdog; the unit."""
import os
import signal
import socket
import sys

import readout

# Puts the descriptors it is given to 3 and on, and becomes the program, as systemd would.
HAND_OVER = """
import os, sys
count = int(sys.argv[1])
for i, fd in enumerate(map(int, sys.argv[2:2 + count])):
    os.dup2(fd, 3 + i, inheritable=True)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = str(count)
os.execv(sys.argv[2 + count], sys.argv[2 + count:])
"""


class Supervised(readout.OwnIndex):
    def hand_over(self, sockets, *options):
        # far up, so that none is where another must go
        copies = [socket.socket(fileno=os.dup(s.fileno())) for s in sockets]
        fds = [os.dup2(s.fileno(), 100 + i, inheritable=True) for i, s in enumerate(copies)]
        for s in copies:
            s.close()
        before = [sys.executable, "-c", HAND_OVER, str(len(fds)), *map(str, fds)]
        try:
            return self.serve(*options, before=before, pass_fds=fds)
        finally:
            for fd in fds:
                os.close(fd)

    def listening(self, host="127.0.0.1", family=socket.AF_INET):
        s = socket.socket(family)
        self.addCleanup(s.close)
        s.bind((host, 0))
        s.listen(16)
        return s

    def news(self, address):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.settimeout(readout.PATIENCE)
        s.bind(address)
        return s

    def test_readiness_reload_and_stop_are_told(self):
        for name in (self.directory.join("notify"), "\0readout-test-%d" % os.getpid()):
            news = self.news(name)
            daemon = self.serve(env={"NOTIFY_SOCKET": name.replace("\0", "@")})
            self.assertIn("READY=1", news.recv(4096).decode().split("\n"))
            daemon.signal(signal.SIGHUP)
            told = dict(line.split("=") for line in news.recv(4096).decode().split("\n"))
            self.assertEqual(told["RELOADING"], "1")
            self.assertGreater(int(told["MONOTONIC_USEC"]), 0)
            self.assertIn("READY=1", news.recv(4096).decode().split("\n"))
            daemon.signal(signal.SIGTERM)
            self.assertIn("STOPPING=1", news.recv(4096).decode().split("\n"))
            self.assertEqual(daemon.wait(), 0)

    def test_it_is_ready_only_when_it_answers(self):
        news = self.news(self.directory.join("notify"))
        daemon = self.serve(env={"NOTIFY_SOCKET": self.directory.join("notify")})
        news.recv(4096)
        self.assertEqual(daemon.get("/v1/search?q=talks")[0], 200)

    def test_signs_of_life_come_in_time(self):
        news = self.news(self.directory.join("notify"))
        self.serve(env={"NOTIFY_SOCKET": self.directory.join("notify"), "WATCHDOG_USEC": "200000"})
        told = [news.recv(4096).decode() for _ in range(4)]
        self.assertEqual(told[1:], ["WATCHDOG=1"] * 3)

    def test_nobody_is_told_who_cannot_be_reached(self):
        env = dict(os.environ, NOTIFY_SOCKET=self.directory.join("nobody"))
        done = readout.run("readout-searchd", "--index", self.index, env=env)
        self.assertEqual(done.returncode, 2)
        self.assertIn("nobody", done.stderr)

    def test_sockets_that_are_handed_over_are_served(self):
        try:
            other, shown = self.listening("::1", socket.AF_INET6), "[::1]"
        except OSError:  # no IPv6 here
            other, shown = self.listening(), "127.0.0.1"
        sockets = [self.listening(), other]
        waiting = socket.create_connection(sockets[1].getsockname()[:2], timeout=readout.PATIENCE)
        waiting.sendall(readout.get("/healthz"))  # before there is a daemon
        daemon = self.hand_over(sockets)
        self.assertEqual(daemon.port, sockets[0].getsockname()[1])
        self.assertEqual(daemon.get("/v1/search?q=talks")[0], 200)
        self.assertIn(b"200 OK", waiting.recv(4096))
        waiting.close()
        self.assertIn("http://%s:%d" % (shown, sockets[1].getsockname()[1]), daemon.log())
        daemon.stop()
        late = socket.create_connection(sockets[0].getsockname(), timeout=readout.PATIENCE)
        late.sendall(readout.get("/healthz"))  # kept for the next one
        self.hand_over(sockets)
        self.assertIn(b"200 OK", late.recv(4096))
        late.close()

    def test_a_socket_of_all_addresses_needs_a_key_for_reading(self):
        daemon = self.hand_over([self.listening("0.0.0.0")])  # though --listen names a loopback one
        self.assertEqual(daemon.get("/v1/search?q=talks")[0], 401)
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: "settings read again" in daemon.log(), "the reload")
        self.assertEqual(daemon.get("/v1/search?q=talks")[0], 401)
        open_for_all = self.hand_over([self.listening("0.0.0.0")], "--reading", "open")
        self.assertEqual(open_for_all.get("/v1/search?q=talks")[0], 200)

    def test_what_is_no_listening_socket_is_refused(self):
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(self.directory.join("unix"))
        unix.listen()
        idle = socket.socket()
        for s in (unix, idle):
            self.addCleanup(s.close)
            with self.assertRaisesRegex(RuntimeError, "descriptor 3 .* no listening socket"):
                self.hand_over([s])

    def test_sockets_for_another_process_are_left_alone(self):
        daemon = self.serve(env={"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
        self.assertEqual(daemon.get("/healthz")[0], 200)


if __name__ == "__main__":
    readout.main()
