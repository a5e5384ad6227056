"""TLS: what is agreed on, what is refused, certificates that change."""
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import unittest
import warnings

import readout


def make_certificate(directory, name):
    """name.pem and name.key, for 127.0.0.1."""
    cert, key = directory.join(name + ".pem"), directory.join(name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


class Tls(unittest.TestCase):
    def setUp(self):
        self.directory = readout.Directory()
        self.addCleanup(self.directory.__exit__)
        self.index = readout.build_index(self.directory)
        self.cert, self.key = make_certificate(self.directory, "first")

    def daemon(self, *options, **more):
        daemon = readout.Daemon(self.index, "--tls-cert", self.cert, "--tls-key", self.key, *options, **more)
        self.addCleanup(daemon.__exit__, None)
        return daemon

    def trust(self, cert=None):
        context = ssl.create_default_context(cafile=cert or self.cert)
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        return context

    def connect(self, daemon, context=None):
        raw = socket.create_connection(("127.0.0.1", daemon.port), timeout=readout.PATIENCE)
        self.addCleanup(raw.close)
        return (context or self.trust()).wrap_socket(raw, server_hostname="127.0.0.1",
                                                     suppress_ragged_eofs=False)

    def client(self, daemon, context=None):
        client = http.client.HTTPSConnection("127.0.0.1", daemon.port, timeout=readout.PATIENCE,
                                             context=context or self.trust())
        self.addCleanup(client.close)
        return client

    def ask(self, client, method, target, body=None, fields=None):
        client.request(method, target, body, fields or {})
        answer = client.getresponse()
        return answer.status, answer.headers, answer.read()

    def test_a_connection_is_served_like_any_other(self):
        daemon = self.daemon()
        self.assertIn("https://127.0.0.1:%d" % daemon.port, daemon.log())
        client = self.client(daemon)
        for _ in range(3):  # on one connection
            status, fields, body = self.ask(client, "GET", "/v1/search?q=talks")
            self.assertEqual((status, json.loads(body)["total"]["value"]), (200, 3))
            self.assertEqual(fields["x-content-type-options"], "nosniff")
        status, _, body = self.ask(client, "POST", "/v1/query", json.dumps({"q": "moratorium"}),
                                   {"Content-Type": "application/json"})
        self.assertEqual((status, json.loads(body)["hits"][0]["id"]), (200, "riyadh-2"))
        _, _, body = self.ask(client, "GET", "/v1/search?q=talks&format=atom")
        self.assertIn(b"https://127.0.0.1:%d/" % daemon.port, body)

    def test_versions_before_1_2_are_refused(self):
        daemon = self.daemon()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.trust()
            context.minimum_version = context.maximum_version = version
            with self.connect(daemon, context) as c:
                self.assertEqual(c.version(), version.name.replace("_", "."))
        old = self.trust()
        old.set_ciphers("ALL:@SECLEVEL=0")
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises(ssl.SSLError):
            self.connect(daemon, old)
        self.assertEqual(self.ask(self.client(daemon), "GET", "/healthz")[0], 200)

    def test_http_1_1_is_agreed_on(self):
        daemon = self.daemon()
        context = self.trust()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.connect(daemon, context) as c:
            self.assertEqual(c.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(daemon, context)

    def test_large_answers_and_bodies_come_whole(self):
        text = "A long story about talks. " * 200000
        keys = self.directory.join("keys")
        key = readout.add_key(keys, "x", "--scopes", "write,read")
        daemon = self.daemon("--keys", keys, "--max-body", "16M", "--deadline", "1h")
        client = self.client(daemon)
        fields = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}
        status, _, body = self.ask(client, "PUT", "/v1/articles/big",
                                   json.dumps({"title": "Big", "body": text}), fields)
        self.assertEqual(status, 201, body)
        for _ in range(3):
            status, _, body = self.ask(client, "GET", "/v1/articles/big")
            self.assertEqual((status, json.loads(body)["body"].strip()), (200, text.strip()))
        lines = "".join(json.dumps({"id": "n%d" % i, "title": "T", "body": "Words."}) + "\n"
                        for i in range(3000))
        status, _, body = self.ask(client, "POST", "/v1/articles", lines,
                                   dict(fields, **{"Content-Type": "application/x-ndjson"}))
        self.assertEqual((status, len(body.splitlines())), (200, 3000))

    def test_requests_in_one_go_are_answered_in_order_and_the_end_is_told(self):
        daemon = self.daemon()
        with self.connect(daemon) as c:
            c.sendall(readout.get("/healthz") * 50 + readout.get("/v1/search", "Connection: close"))
            data = b""
            while True:
                more = c.recv(65536)  # an end that is not told would raise
                if not more:
                    break
                data += more
        self.assertEqual(data.count(b"HTTP/1.1 200 OK"), 51, data[-600:])

    def test_what_is_no_tls_harms_nothing(self):
        daemon = self.daemon("--idle-timeout", "2s")  # of which a handshake has to come
        hellos = [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\0" * 100, b"\x16", b""]
        for hello in hellos:
            with socket.create_connection(("127.0.0.1", daemon.port), timeout=readout.PATIENCE) as c:
                c.sendall(hello)
                try:
                    while c.recv(4096):
                        pass
                except ConnectionResetError:
                    pass
        daemon.wait_until(lambda: self.ask(self.client(daemon), "GET", "/healthz")[0] == 200, "health")

    def test_a_drain_lets_requests_finish(self):
        daemon = self.daemon()
        request = readout.post('{"q":"talks"}')
        with self.connect(daemon) as c:
            c.sendall(readout.get("/healthz") + request[:-3])  # of one piece: it has begun when the
            self.assertIn(b"200 OK", c.recv(65536))            # first one is answered
            daemon.signal(signal.SIGTERM)
            daemon.wait_until(lambda: "stopping" in daemon.log(), "the drain")
            c.sendall(request[-3:])
            self.assertIn(b"200 OK", c.recv(65536))
        self.assertEqual(daemon.wait(), 0)

    def test_a_new_certificate_is_taken_by_a_reload(self):
        daemon = self.daemon()
        before = self.client(daemon)
        self.assertEqual(self.ask(before, "GET", "/healthz")[0], 200)
        cert, key = make_certificate(self.directory, "second")
        shutil.copy(cert, self.directory.join("kept.pem"))
        shutil.copy(self.cert, self.directory.join("old.pem"))
        os.replace(cert, self.cert)
        daemon.signal(signal.SIGHUP)  # with the key of the old one
        daemon.wait_until(lambda: "the certificate stays as it was" in daemon.log(), "the complaint")
        old = self.trust(self.directory.join("old.pem"))
        self.assertEqual(self.ask(self.client(daemon, old), "GET", "/healthz")[0], 200)
        os.replace(key, self.key)
        count = daemon.log().count("settings read again")
        daemon.signal(signal.SIGHUP)
        daemon.wait_until(lambda: daemon.log().count("settings read again") > count, "the reload")
        new = self.trust(self.directory.join("kept.pem"))
        self.assertEqual(self.ask(self.client(daemon, new), "GET", "/healthz")[0], 200)
        with self.assertRaises(ssl.SSLError):
            self.connect(daemon, old)
        self.assertEqual(self.ask(before, "GET", "/healthz")[0], 200)  # goes on with what it has

    def test_what_is_wrong_with_a_certificate_is_told(self):
        other = make_certificate(self.directory, "other")
        locked = self.directory.join("locked.key")
        subprocess.run(["openssl", "ec", "-in", self.key, "-aes128", "-passout", "pass:secret",
                        "-out", locked], check=True, capture_output=True)
        for cert, key, named in ((self.cert, other[1], other[1]), ("/nowhere.pem", self.key, "/nowhere.pem"),
                                 (self.key, self.key, self.key), (self.cert, locked, locked)):
            for check in ((), ("--check-config",)):
                done = readout.run("readout-searchd", "--index", self.index, "--listen", "127.0.0.1:0",
                                   "--tls-cert", cert, "--tls-key", key, *check)
                self.assertEqual(done.returncode, 2)
                self.assertIn(named, done.stderr)
        done = readout.run("readout-searchd", "--check-config", "--tls-cert", self.cert)
        self.assertIn("go together", done.stderr)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("skipped: openssl is not installed")
        sys.exit(readout.SKIP)
    readout.main()
