#!/usr/bin/env python3
"""What the corpus of real plenary protocols keeps after a seeded tenth of the speakers objected.

Knows nothing of Zweck's code: it reads the XML of the protocols, makes its own truth (who spoke, who
interjected in which speech, who is addressed by surname), and looks for what should not be there.

    bench/bundestag.py --zweck BINARY --protocols FOLDER --state FOLDER [--seed 7]

Writes figures to standard output as JSON. Needs Python 3.11 and pyarrow.
"""

import argparse
import collections
import json
import random
import re
import xml.etree.ElementTree as ElementTree

import pyarrow.parquet as parquet

from real_data import (
    MASK, PURPOSE, fold, make_state, parser, sensitive_share, write_objections, zweck,
)

PARTY = r"(SPD|CDU/CSU|FDP|AfD|DIE LINKE|BÜNDNIS 90/DIE GRÜNEN|[Ff]raktionslos)"
ADDRESS = r"(?:Herrn?|Frau|Kolleg(?:e|en|in)|Abgeordneten?r?)"


def tidy(text):
    return " ".join((text or "").split())


class Protocols:
    """The protocols that are well formed, as this program sees them."""

    def __init__(self, folder):
        self.broken, roots = [], []
        for path in sorted(folder.glob("*.xml")):
            try:
                roots.append(ElementTree.parse(path).getroot())
            except ElementTree.ParseError as fault:
                self.broken.append(f"{path.name}: {fault}")
        names = collections.defaultdict(lambda: collections.defaultdict(set))
        self.surnames = {}
        for root in roots:
            for speaker in root.iter("redner"):
                entry = speaker.find("name")
                parts = [tidy(entry.findtext(tag)) for tag in ("vorname", "namenszusatz", "nachname")]
                words = " ".join(part for part in parts if part).split()
                while words and words[0].endswith("."):
                    words.pop(0)
                if speaker.get("id"):
                    names[speaker.get("id")][" ".join(words)].add(tidy(entry.findtext("fraktion")))
                    self.surnames[speaker.get("id")] = parts[-1]
        # an id under which two names have no word in common says of nobody who speaks
        self.names = {
            number: known for number, known in names.items()
            if not any(set(a.split()).isdisjoint(b.split()) for a in known for b in known)
        }
        by_name = collections.defaultdict(set)
        for number, known in self.names.items():
            for name, parties in known.items():
                for party in parties - {""}:
                    by_name[name, party].add(number)
        self.counts = collections.Counter()
        self.speeches = {}  # rede → (speaker, text, interjectors)
        for root in roots:
            inside = {id(k) for speech in root.iter("rede") for k in speech.iter("kommentar")}
            for comment in root.iter("kommentar"):
                if id(comment) not in inside:
                    self.interjectors(comment, by_name)
            for speech in root.iter("rede"):
                self.read(speech, by_name)

    def interjectors(self, comment, by_name):
        text, found = tidy("".join(comment.itertext())), set()
        for match in re.finditer(rf"\[{PARTY}\]", text):
            before = text[: match.start()]
            if ":" in re.split(r" – |^\(", before)[-1]:
                continue
            before = re.sub(r"\s*\[[^\]]*\]$", "", before.rstrip())
            ends = [
                number for (name, party), numbers in by_name.items()
                if party == match.group(1) and re.search(rf"(^|[ (]){re.escape(name)}$", before)
                for number in numbers
            ]
            kind = {0: "nobody known", 1: "one known speaker"}.get(len(set(ends)), "several")
            self.counts[f"interjections: {kind}"] += 1
            found |= set(ends) if len(set(ends)) == 1 else set()
        return found

    def read(self, speech, by_name):
        self.counts["speeches"] += 1
        holder, main, words, interjected = None, None, [], set()
        for child in speech:
            if child.tag == "name":
                holder = None
            elif child.tag == "kommentar":
                interjected |= self.interjectors(child, by_name)
            elif child.get("klasse") == "redner":
                holder = child.find(".//redner").get("id")
                main = main or holder
            elif child.get("klasse") in ("J", "J_1", "O", "Z") and holder and holder == main:
                for note in child.iter("fussnote"):
                    note.text = None
                words.append("".join(child.itertext()))
        if main in self.names:
            self.speeches[speech.get("id")] = (main, "\n\n".join(words), interjected - {main})


def revealing(arguments, kind):
    """How many items of a kind the lake notes as sensitive, and how many there are."""
    def keys(table, wanted):
        found = set()
        for path in (arguments.state / "lake" / table).glob("**/*.parquet"):
            rows = parquet.ParquetFile(path).read().to_pylist()
            found |= {(row["member_number"], row["item"]) for row in rows if wanted(row)}
        return found

    items = keys("items", lambda row: row["kind"] == kind)
    return {"sensitive": len(items & keys("sensitive", lambda _: True)), "of": len(items)}


def corpus(arguments):
    folder = arguments.state / "corpora" / "speeches"
    lineage = parquet.read_table(next(folder.glob("lineage.*.parquet"))).to_pylist()
    texts = [row["text"] for path in folder.glob("*/*.parquet")
             for row in parquet.read_table(path).to_pylist()]
    return lineage, texts


def addressed(protocols, objectors):
    """Where a speech addresses an objector who interjected in it: the words around the surname."""
    found = []
    for main, text, interjected in protocols.speeches.values():
        if main in objectors:
            continue
        for one in interjected & objectors:
            surname = re.escape(protocols.surnames[one])
            for match in re.finditer(rf"{ADDRESS}\s+(?:Dr\.\s+)?{surname}(?!\w)", text):
                found.append(text[match.start() : match.end() + 25])
    return found


def main():
    arguments = parser(__doc__, "--protocols").parse_args()
    protocols = Protocols(arguments.protocols)
    speakers = sorted(protocols.names)
    objectors = set(random.Random(arguments.seed).sample(speakers, len(speakers) // 10))
    figures = {"not well formed": protocols.broken, **protocols.counts}
    figures["speakers"], figures["objectors"] = len(speakers), len(objectors)
    shipped = argparse.Namespace(**vars(arguments) | {"state": arguments.state.parent / "shipped"})
    declaration = make_state(shipped, "speeches")
    import_all = (
        "import", str(arguments.protocols), "--format", "bundestag", "--declare", declaration
    )
    zweck(shipped, *import_all)
    figures["under the shipped policy"] = sensitive_share(shipped) | {
        "speeches": revealing(shipped, "post"), "questions": revealing(shipped, "comment")
    }
    # speeches are the German corpus of a policy that admits what was made public
    make_state(arguments, "speeches", "made-public")
    report = zweck(arguments, *import_all)["reports"][0]
    choices = write_objections(arguments, [f"bundestag:{one}" for one in sorted(objectors)])
    figures["import"] = {
        word: {"read": row["read"], "accepted": row["accepted"], "refused": row["refused"]}
        for word, row in report["tables"].items()
    }
    figures["mentions of the import"] = report["lake"].get("mentions", {}).get("added", 0)
    # first the corpus, then the objections: it has to follow
    zweck(arguments, "corpus", "build", "speeches", "--purpose", PURPOSE)
    wanted = addressed(protocols, objectors)
    lineage, texts = corpus(arguments)
    before = fold("\n".join(texts))
    figures["documents before"] = len(lineage)
    figures["objectors addressed after an interjection"] = len(wanted)
    figures["of those, in the corpus before"] = sum(fold(words) in before for words in wanted)
    zweck(arguments, "choose", "--from", choices)
    zweck(arguments, "removal", "run")
    zweck(arguments, "corpus", "verify", "speeches")
    lineage, texts = corpus(arguments)
    after = fold("\n".join(texts))
    figures["documents after"] = len(lineage)
    numbers = {
        zweck(arguments, "member", "show", f"bundestag:{one}")["account"]["member"]
        for one in objectors
    }
    figures["rows of objectors in the corpus"] = sum(
        row["member_number"] in numbers for row in lineage
    )
    figures["masks"] = sum(text.count(MASK) for text in texts)
    full = {fold(name) for one in objectors for name in protocols.names[one]}
    figures["full names of objectors left"] = sum(
        len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", after)) for name in full
    )
    figures["of those addressed, still in the corpus"] = sum(fold(words) in after for words in wanted)
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
