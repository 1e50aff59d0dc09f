"""Reads a source with Python's own readers and counts: python3 bench/plain.py KIND PATH."""

import csv
import io
import json
import os
import resource
import sys
import zipfile
from xml.etree import ElementTree


def ndjson(path):
    with open(path, encoding="utf-8") as file:
        rows = sum(1 for line in file if json.loads(line) is not None)
    return rows, os.path.getsize(path)


def linkedin(path):
    rows = size = 0
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            size += entry.file_size
            with archive.open(entry) as file:
                text = io.TextIOWrapper(file, "utf-8", newline="")
                rows += sum(1 for _ in csv.reader(text)) - 1
    return rows, size


def xml(path):
    rows = size = 0
    for name in sorted(os.listdir(path)):
        if not name.endswith(".xml"):
            continue
        size += os.path.getsize(f"{path}/{name}")
        try:
            for _, element in ElementTree.iterparse(f"{path}/{name}"):
                rows += element.tag == "row"
                element.clear()
        except ElementTree.ParseError:
            print(f"{name} is broken", file=sys.stderr)
    return rows, size


if __name__ == "__main__":
    csv.field_size_limit(1 << 30)
    kind, path = sys.argv[1:]
    rows, size = {"ndjson": ndjson, "linkedin": linkedin}.get(kind, xml)(path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    print(json.dumps({"reader": "python", "kind": kind, "rows": rows, "bytes": size,
                      "cpu_seconds": round(seconds, 2),
                      "megabytes_a_second": size / 1e6 / seconds,
                      "peak_megabytes": used.ru_maxrss // 1000}))
