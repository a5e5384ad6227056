"""The Prometheus text format 0.0.4, read strictly: what the format or the rules of naming do not allow
is a fault, not a repair."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"'
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (\S+)" % (NAME, LABEL, LABEL))
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Fault(AssertionError):
    pass


def family_of(name, families):
    for family, (kind, _) in families.items():
        if name in [family + suffix for suffix in SUFFIXES[kind]]:
            return family
    raise Fault("sample without a TYPE before it: " + name)


def check_histogram(family, samples):
    """Buckets ascend in bound and in count, +Inf is there and is the count."""
    series = {}
    for name, labels, value in samples:
        rest = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        series.setdefault(rest, {}).setdefault(name[len(family):], []).append((labels.get("le"), value))
    for labels, parts in series.items():
        bounds = [float(le) for le, _ in parts["_bucket"]]
        counts = [count for _, count in parts["_bucket"]]
        if bounds != sorted(set(bounds)) or bounds[-1] != float("inf"):
            raise Fault("%s%s: bounds are %s" % (family, labels, bounds))
        if counts != sorted(counts) or [(None, counts[-1])] != parts["_count"]:
            raise Fault("%s%s: buckets are %s, the count %s" % (family, labels, counts, parts["_count"]))
        if len(parts["_sum"]) != 1:
            raise Fault("%s%s: %d sums" % (family, labels, len(parts["_sum"])))


def check_name(family, kind):
    if (kind == "counter") != family.endswith("_total") or re.search(r"_(ms|kb|mb|millis)\b", family):
        raise Fault("%s is no name for a %s" % (family, kind))


def read(text):
    """{name: [(labels, value)]}; raises Fault."""
    families, samples, order = {}, {}, []
    pending = None
    if not text.endswith("\n"):
        raise Fault("the last line has no end")
    for line in text[:-1].split("\n"):
        head = re.fullmatch(r"# (HELP|TYPE) (%s) (.+)" % NAME, line)
        if head and head.group(1) == "HELP":
            if head.group(2) in families or pending:
                raise Fault("HELP out of place: " + line)
            pending = head.group(2)
        elif head:
            if head.group(2) != pending or head.group(3) not in SUFFIXES:
                raise Fault("TYPE out of place: " + line)
            families[pending] = (head.group(3), [])
            check_name(pending, head.group(3))
            pending = None
        else:
            found = SAMPLE.fullmatch(line)
            if not found:
                raise Fault("no sample: " + line)
            family = family_of(found.group(1), families)
            if not order or order[-1] != family:
                if family in order:
                    raise Fault("samples of %s are not together" % family)
                order.append(family)
            pairs = re.findall(LABEL, found.group(2) or "")
            labels = dict(pairs)
            if len(labels) != len(pairs):
                raise Fault("a label stands twice: " + line)
            key = (labels, float(found.group(7)))
            if any(labels == other for other, _ in samples.get(found.group(1), [])):
                raise Fault("a sample stands twice: " + line)
            samples.setdefault(found.group(1), []).append(key)
            families[family][1].append((found.group(1), *key))
    for family, (kind, of_family) in families.items():
        if kind == "histogram":
            check_histogram(family, of_family)
    return samples


def value(samples, name, **labels):
    """The sum of the samples that have the labels."""
    return sum(v for have, v in samples.get(name, []) if labels.items() <= have.items())
