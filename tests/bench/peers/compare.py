#!/usr/bin/env python3
"""compare.py DIRECTORY PEER…: the table of a run of run.sh, and whether the scores agree.

A query's time is the least of all rounds. Scores are compared with ours rank by rank, as relative
differences; see README.md for what each engine rounds.
"""
import glob
import statistics
import sys

CLASSES = ("or", "and", "phrase", "term")
FEW = 8  # xapian and fts5 get every 8th query
LUCENE_FACTOR = 2.2  # it leaves k1 + 1 out


def read_rounds(directory, peer):
    """(class, least nanoseconds, scores) by query."""
    rounds = []
    for name in sorted(glob.glob(f"{directory}/{peer}.[0-9]*.out")):
        with open(name, encoding="utf-8") as file:
            rounds.append([line.rstrip("\n").split("\t") for line in file])
    return [
        (row[0], min(int(other[i][1]) for other in rounds), [float(s) for s in row[2].split()])
        for i, row in enumerate(rounds[0])
    ]


def mean_and_p95(times):
    times = sorted(times)
    return statistics.mean(times), times[min(len(times) - 1, len(times) * 95 // 100)]


def difference(ours, theirs):
    """The greatest relative difference of scores at one rank; None when counts differ."""
    if len(ours) != len(theirs):
        return None
    return max((abs(a - b) / max(a, 1e-9) for a, b in zip(ours, theirs)), default=0)


def table(directory, peers, results):
    print("| engine | OR mean / p95 µs | AND | phrase | term | index MB | articles/s: 1 thread | 2 threads "
          "| of processor time |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for peer in peers:
        with open(f"{directory}/{peer}.version", encoding="utf-8") as file:
            cells = [file.read().strip()]
        for name in CLASSES:
            times = [ns / 1000 for kind, ns, _ in results[peer] if kind == name]
            cells.append("%.1f / %.1f" % mean_and_p95(times) if times else "-")
        with open(f"{directory}/{peer}.size", encoding="utf-8") as file:
            cells.append("%.1f" % (int(file.read()) / 1e6))
        rates = {}
        with open(f"{directory}/{peer}.rates", encoding="utf-8") as file:
            for line in file:
                threads, articles, seconds, processor = line.split()
                rates[threads] = "%.0f" % (float(articles) / float(seconds))
                if threads == "1":
                    rates["processor"] = "%.0f" % (float(articles) / float(processor))
        cells += [rates.get(column, "-") for column in ("1", "2", "processor")]
        print("| " + " | ".join(cells) + " |")


def agreement(peers, results):
    """False when an engine whose scores should be ours differs by more than its rounding."""
    agrees = True
    for peer in peers:
        if peer == "readout":
            continue
        ours = results["readout"]
        if len(results[peer]) != len(ours):
            ours = ours[FEW - 1 :: FEW]
        for name in CLASSES:
            found = []
            for mine, other in zip(ours, results[peer]):
                if mine[0] != name:
                    continue
                scores = [s * LUCENE_FACTOR for s in other[2]] if peer == "lucene" else other[2]
                found.append(difference(mine[2], scores))
            counts = sum(d is None for d in found)
            known = [d for d in found if d is not None]
            mean = statistics.mean(known) if known else 0
            print(f"{peer:8} {name:7} {len(found):5} queries: scores differ by {mean:.2%} on average, "
                  f"at most {max(known, default=0):.2%}; {counts} with another number of hits")
            if peer in ("tantivy", "lucene"):
                agrees &= counts == 0 and max(known, default=0) < 0.125
    return agrees


def main():
    directory, peers = sys.argv[1], sys.argv[2:]
    results = {peer: read_rounds(directory, peer) for peer in peers}
    table(directory, peers, results)
    if "readout" in peers and not agreement(peers, results):
        sys.exit("compare.py: scores differ by more than rounded lengths explain")


if __name__ == "__main__":
    main()
