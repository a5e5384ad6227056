#!/usr/bin/env python3
"""health.py PORT SECONDS: asks for /healthz some fifty times a second, each time on a connection of its own; says
how long it took. By one process: to start one for each would take a seventh of two processors."""
import socket
import sys
import time

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PATIENCE = 10  # seconds


def ask(port):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(REQUEST)
        answer = b""
        while data := connection.recv(4096):
            answer += data
    if not answer.startswith(b"HTTP/1.1 200 "):
        sys.exit("health: %r" % answer)
    return time.monotonic() - begun


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    end, took = time.monotonic() + seconds, []
    while time.monotonic() < end:
        try:
            took.append(ask(port) * 1000)
        except TimeoutError:
            sys.exit("health: no answer within %d s" % PATIENCE)
        time.sleep(0.02)
    took.sort()
    print("/healthz: median %.1f ms, 99 %% under %.1f ms" % (took[len(took) // 2], took[len(took) * 99 // 100]))


main()
