"""Holders of a Zweck corpus that are not Zweck's own: registered, given rows, asked, released.

Needs the program ``zweck`` and nothing beside the standard library. Everything that is known stands
in Zweck's state; an object here is a name and a way to run the program.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Optional, Sequence, Union

__all__ = ["Export", "Holder", "LearnedFrom", "Removals", "ToGo", "Zweck", "ZweckError"]

Place = Union[str, "os.PathLike[str]"]
Document = Mapping[str, Any]

#: How much of a file is hashed at a time, in bytes.
_BUFFER = 1 << 20

#: ``zweck`` ends with this while a removal is open; what was asked for was done.
_STILL_OPEN = 5


class ZweckError(Exception):
    """``zweck`` refused or failed; the message is what it said."""


@dataclass(frozen=True)
class Zweck:
    """How ``zweck`` is run.

    ``state`` is the state folder, by default that of the environment; ``binary`` the program.
    """

    state: Optional[Place] = None
    binary: Place = "zweck"
    options: Sequence[str] = ()

    def run(self, *arguments: str) -> Any:
        """Runs a command and returns its JSON.

        Raises ZweckError if it did not do what it was asked for.
        """
        command = [os.fspath(self.binary), "--json", *self.options]
        if self.state is not None:
            command += ["--state", os.fspath(self.state)]
        try:
            ran = subprocess.run([*command, *arguments], capture_output=True, text=True)
        except OSError as error:
            raise ZweckError(f"running {os.fspath(self.binary)}: {error}") from error
        if ran.returncode not in (0, _STILL_OPEN):
            raise ZweckError(ran.stderr.strip() or f"zweck ended with {ran.returncode}")
        return json.loads(ran.stdout)


@dataclass(frozen=True)
class ToGo:
    """A document that the holder may have and has to let go."""

    document: str
    #: ``remove``, or ``replace``: the next export has it with other words.
    what: str
    #: The open removals that speak of its row.
    removals: Sequence[int]
    member: int
    item: int
    table: str
    corpus: str
    split: str
    shard: int
    slice: int
    #: The exports that it left with.
    exports: Sequence[int]


@dataclass(frozen=True)
class Removals:
    """What a holder has to let go; false while that is nothing."""

    documents: Sequence[ToGo]
    #: By split and shard the first slice that is hit: who learns slice after slice learns again
    #: from there.
    again_from: Mapping["tuple[str, int]", int]

    def __bool__(self) -> bool:
        return bool(self.documents)


@dataclass(frozen=True)
class Export:
    """A folder that ``zweck corpus export`` wrote."""

    folder: Path

    def _names(self) -> Any:
        return json.loads((self.folder / "export.json").read_text(encoding="utf-8"))

    @property
    def number(self) -> int:
        """Its number among those that the holder was given."""
        return int(self._names()["export"])

    def shards(self, split: str) -> "list[int]":
        """The shards of a split that have documents, in order."""
        return [one["shard"] for one in self._files("documents", split)]

    def documents(self, split: str, shard: Optional[int] = None) -> Iterator[Document]:
        """The documents of a split, or of one of its shards, sorted by shard, slice and name.

        Raises ZweckError if a file is not the one that was written.
        """
        return self._records("documents", split, shard)

    def pairs(self, split: str, shard: Optional[int] = None) -> Iterator[Mapping[str, Any]]:
        """The task pairs of a split, or of one of its shards, sorted by shard, slice and document.

        Each names the ``documents`` that it is made of: whoever learns from a pair has learned from
        all of them. Raises ZweckError if a file is not the one that was written.
        """
        return self._records("pairs", split, shard)

    def _files(self, records: str, split: str) -> "list[Mapping[str, Any]]":
        names = self._names()["files"]
        found = (one for one in names if (one["records"], one["split"]) == (records, split))
        return sorted(found, key=lambda one: one["shard"])

    def _records(self, records: str, split: str, shard: Optional[int]) -> Iterator[Document]:
        for one in self._files(records, split):
            if shard is None or one["shard"] == shard:
                yield from self._read(one)

    def _read(self, file: Mapping[str, Any]) -> Iterator[Document]:
        path = self.folder / file["path"]
        if _sha256(path) != file["sha256"]:
            raise ZweckError(f"{path} is not the file that was exported")
        if path.suffix != ".gz":
            raise ZweckError(f"{path} is not compressed with gzip: export with it, or read it yourself")
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for line in lines:
                yield json.loads(line)


@dataclass
class LearnedFrom:
    """The documents that something is made of, by name, with the hashes of their texts."""

    texts: "dict[str, str]" = field(default_factory=dict)

    def add(self, document: Document) -> None:
        """Notes a document."""
        text = document["text"].encode("utf-8")
        self.texts[document["document"]] = hashlib.sha256(text).hexdigest()

    def update(self, other: "LearnedFrom") -> None:
        """Notes what another has noted."""
        self.texts.update(other.texts)

    def write(self, path: Place) -> None:
        """Writes a line for each, as ``zweck holder release`` reads it."""
        lines = "".join(f"{name} {text}\n" for name, text in sorted(self.texts.items()))
        Path(path).write_bytes(lines.encode("utf-8"))

    @classmethod
    def read(cls, path: Place) -> "LearnedFrom":
        """Reads what `write` wrote."""
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        return cls(dict(line.split(" ", 1) for line in lines if line))


@dataclass(frozen=True)
class Holder:
    """A holder that is registered."""

    name: str
    corpus: str
    zweck: Zweck = Zweck()

    @classmethod
    def register(
        cls, name: str, *, corpus: str, what: str, location: str, zweck: Zweck = Zweck()
    ) -> "Holder":
        """Registers a holder, before it is given anything."""
        options = ["--corpus", corpus, "--what", what, "--location", location]
        zweck.run("holder", "register", name, *options)
        return cls(name, corpus, zweck)

    @classmethod
    def find(cls, name: str, *, zweck: Zweck = Zweck()) -> "Holder":
        """A holder that was registered before."""
        return cls(name, zweck.run("holder", "show", name)["corpus"], zweck)

    def show(self) -> Any:
        """What is known of it: its exports, and whether a removal waits for it."""
        return self.zweck.run("holder", "show", self.name)

    def export(self, folder: Place) -> Export:
        """Gets the corpus as it is now into a new folder."""
        options = ["--holder", self.name, "--to", os.fspath(folder), "--compression", "gzip"]
        self.zweck.run("corpus", "export", self.corpus, *options)
        return Export(Path(folder))

    def removals(self) -> Removals:
        """What it has to let go."""
        found = self.zweck.run("holder", "removals", self.name)
        again = {(one["split"], one["shard"]): one["slice"] for one in found["again_from"]}
        return Removals([ToGo(**one) for one in found["documents"]], again)

    def release(
        self,
        export: Export,
        *,
        artefacts: Iterable[Place],
        learned: LearnedFrom,
        deleted: Iterable[int] = (),
        evidence: Optional[Place] = None,
    ) -> Any:
        """Shows that it is made of `learned`, which are documents of the newest export, and of nothing
        else; of the exports in `deleted` nothing is left.

        The evidence (`NAME.evidence`, `NAME.documents`) is written into the folder `evidence`, in or
        below which the artefacts have to lie; by default that is the one that they share. Raises ZweckError with the reason if it does not count.
        """
        paths = [Path(one).resolve() for one in artefacts]
        if not paths:
            raise ZweckError("there is no artefact to show")
        parents = [path.parent for path in paths]
        folder = Path(evidence).resolve() if evidence else Path(os.path.commonpath(parents))
        documents, file = (folder / f"{self.name}.{kind}" for kind in ("documents", "evidence"))
        if documents in paths or file in paths:
            raise ZweckError(f"an artefact has the name of the evidence, {documents} or {file}")
        try:
            learned.write(documents)
            shown = [_shown(path, folder) for path in paths]
            claim = {
                "format": 1,
                "holder": self.name,
                "export": export.number,
                "artefacts": shown,
                "documents": documents.name,
                "deleted": sorted(deleted),
            }
            file.write_text(json.dumps(claim, indent=2) + "\n", encoding="utf-8")
        except (OSError, ValueError) as error:
            raise ZweckError(f"making the evidence: {error}") from error
        return self.zweck.run("holder", "release", self.name, "--evidence", os.fspath(file))

    def retire(self, note: str) -> None:
        """Takes it from the list, because nothing of it is left; `note` says how that is known."""
        self.zweck.run("holder", "retire", self.name, "--note", note, "--yes")


def _shown(path: Path, folder: Path) -> "dict[str, Any]":
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BUFFER):
            digest.update(block)
    return digest.hexdigest()
