#!/usr/bin/env python3
"""feed.py PORT KEY FILE.ndjson RATE SECONDS: writes articles of the file over HTTP, as one NDJSON body that
goes on for so long, RATE a second; then says how many were taken, and how evenly."""
import json
import socket
import sys
import threading
import time

CHUNK = 100


def read(connection, answer):
    while data := connection.recv(65536):
        answer.append(data)


def main():
    port, key, path, rate, seconds = sys.argv[1:]
    rate, seconds = float(rate), float(seconds)
    connection = socket.create_connection(("127.0.0.1", int(port)))
    connection.sendall(("POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n" % key).encode())
    answer = []
    reader = threading.Thread(target=read, args=(connection, answer))
    reader.start()
    begun, sent = time.monotonic(), 0
    with open(path, encoding="utf-8") as lines:
        while (now := time.monotonic() - begun) < seconds:
            some = []
            while sent < now * rate and len(some) < CHUNK:  # however long the last one took
                article = json.loads(next(lines))
                article["id"] = "feed-%d" % sent
                some.append(json.dumps(article, ensure_ascii=False).encode() + b"\n")
                sent += 1
            some = b"".join(some)
            try:
                connection.sendall(b"%x\r\n%s\r\n" % (len(some), some) if some else b"")
            except OSError:
                break
            time.sleep(0.02)
        else:
            connection.sendall(b"0\r\n\r\n")
    reader.join()
    took = time.monotonic() - begun
    good = b"".join(answer).count(b'"status":201')
    print("%d articles sent in %.1f s, %d written in %.1f s: %.0f a second" %
          (sent, seconds, good, took, good / took))


if __name__ == "__main__":
    main()
