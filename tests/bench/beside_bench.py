"""beside_bench.py FILE [ARTICLES]: the indexer reads the first ARTICLES (20,000) lines of FILE, alone and
while 50 articles are PUT through the daemon: how long the writes take, and what they cost the indexer.
"""
import itertools
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import readout  # noqa: E402

WRITES = 50


def start(index, path):
    return subprocess.Popen([readout.program("readout-indexer"), "add", "--quiet", "--index", index, path])


def end(process):
    """Processor time of a process at its end."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("readout-indexer ended with %d" % process.returncode)
    return usage.ru_utime + usage.ru_stime


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    with readout.Directory() as directory:
        path = directory.join("articles.ndjson")
        with open(sys.argv[1], encoding="utf-8") as lines, open(path, "w", encoding="utf-8") as out:
            out.writelines(itertools.islice(lines, count))
            bodies = [json.loads(line) for line in itertools.islice(lines, WRITES)]
        begun = time.monotonic()
        alone_cpu = end(start(directory.join("alone.idx"), path))
        alone = time.monotonic() - begun
        print("alone: %.1f s, %.1f s of processor time" % (alone, alone_cpu))

        index = readout.build_index(directory)
        keys = directory.join("keys")
        key = readout.run("readout-searchd", "keys", "add", "bench", "--scopes", "write", "--keys",
                          keys).stdout.strip()
        fields = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}
        with readout.Daemon(index, "--keys", keys, "--deadline", "30s") as daemon:
            begun = time.monotonic()
            indexer = start(index, path)
            waits, statuses, running = [], [], 0
            for number, body in enumerate(bodies):
                time.sleep(max(0.0, begun + alone * (number + 0.5) / WRITES - time.monotonic()))
                body["id"] = "beside-%d" % number
                asked = time.monotonic()
                statuses.append(daemon.request("PUT", "/v1/articles/" + body["id"], json.dumps(body),
                                               fields, timeout=60)[0])
                waits.append(time.monotonic() - asked)
                running += os.waitid(os.P_PID, indexer.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
            cpu = end(indexer)
            took = time.monotonic() - begun
        print("beside %d writes: %.1f s, %.1f s of processor time: %.2f and %.2f times as much" %
              (WRITES, took, cpu, took / alone, cpu / alone_cpu))
        print("writes: %s, %d while it ran; median %.0f ms, worst %.0f ms, the first %.0f ms" %
              ({s: statuses.count(s) for s in set(statuses)}, running, statistics.median(waits) * 1000,
               max(waits) * 1000, waits[0] * 1000))
        done = readout.run("readout-indexer", "check", "--index", index, timeout=600)
        print("check: %s" % (done.stdout.strip() or "nothing found"))
        sys.exit(done.returncode or any(s >= 300 for s in statuses))


main()
