"""Reads what `sample_export` wrote with the tools that have to read it, and compares row by row.

    pip install mlcroissant datasets zstandard
    python read_back.py FOLDER...

`mlcroissant` reads the rows of gzip only; of Zstandard it reads the description.
"""

import gzip
import io
import json
import pathlib
import sys

import datasets
import mlcroissant
import zstandard


def lines(path):
    data = path.read_bytes()
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    else:
        data = gzip.decompress(data)
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def check_datasets(folder, written):
    loaded = datasets.load_dataset(str(folder))
    assert set(loaded) == {split for split, rows in written.items() if rows}
    for split in loaded:
        assert list(loaded[split]) == written[split], split
        streamed = datasets.load_dataset(str(folder), split=split, streaming=True)
        assert list(streamed) == written[split], split


def check_mlcroissant(folder, written):
    described = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    if not list(folder.glob("data/*.gz")):
        return
    found = {split: {} for split in written}
    for record in described.records("documents"):
        rows = found[record["documents/split"].decode()]
        rows.setdefault(record["documents/shard"], []).append(record)
    for split, rows in written.items():
        read = [record for shard in sorted(found[split]) for record in found[split][shard]]
        names = [record["documents/document"].decode() for record in read]
        texts = [record["documents/text"].decode() for record in read]
        assert names == [row["document"] for row in rows], split
        assert texts == [row["text"] for row in rows], split


for folder in map(pathlib.Path, sys.argv[1:]):
    written = {}
    for split in ["train", "validation", "test"]:
        files = sorted(folder.glob(f"data/{split}-*.jsonl.*"))
        written[split] = [row for file in files for row in lines(file)]
    check_datasets(folder, written)
    check_mlcroissant(folder, written)
    print(folder, {split: len(rows) for split, rows in written.items()})
