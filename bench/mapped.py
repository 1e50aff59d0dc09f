#!/usr/bin/env python3
"""What two real sources without an importer of their own become by a mapping and by events.

Knows nothing of Zweck's code. Makes Parquet tables, mappings and events of the blog of codefor-de
(German, Markdown) and of the programme of europython-2022 (English, JSON), builds a corpus of each,
lets the two authors object whom the others name most, runs the removals, and looks at what is left.

    bench/mapped.py --zweck BINARY --data FOLDER --state FOLDER [--texts FOLDER]

Writes the figures to standard output, as JSON. --texts writes every document of the corpora, before
and after, and what was left out, for somebody who reads it; that is text of the sources and is not to
be kept. Needs Python 3.11 and pyarrow.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import re
import struct
import subprocess

import pyarrow
import pyarrow.parquet as parquet

from real_data import AT, PURPOSE, fold, make_state, parser, write_objections, zweck

BLOG, CONFERENCE = "codefor-de", "europython-2022"
ORGANISATION = r"(?i)(code for|ok ?lab|cfg community|community$)"
MARKUP = {
    "tags of HTML": r"</?[a-zA-Z][^<>\n]*>",
    "shortcodes": r"\{\{[<%].*?[>%]\}\}",
    "links of Markdown": r"!?\[[^\]\n]*\]\([^)\n]*\)",
    "headings of Markdown": r"(?m)^#{1,6} ",
    "emphasis of Markdown": r"(?<![*\w])\*\*?[^*\s][^*\n]*\*\*?(?![*\w])",
    "entities of HTML": r"&(?:[a-z]+|#\d+);",
}


class Source:
    """One source as this program sees it: who writes, under which accounts, and what."""

    def __init__(self, name, kind):
        self.name, self.kind = name, kind
        self.people = {}  # id → name
        self.joint = {}  # account of several → their ids
        self.items = {}  # item → columns of its row
        self.counts = collections.Counter()

    def count(self, people):
        kind = {0: "without an author", 1: "with one author"}.get(len(people), "with several authors")
        self.counts[f"items {kind}"] += 1

    def account(self, people):
        """The account under which these people write: nobody's, one's own, or one for all of them.

        An item has one author; what several wrote goes under an account for the objection of each.
        """
        self.people.update(people)
        if len(people) > 1:
            key = "+".join(sorted(people))
            self.joint[key] = sorted(people)
            return key
        return next(iter(people), None)

    def accounts(self):
        joint = {
            key: " & ".join(filter(None, (self.people[one] for one in who)))
            for key, who in self.joint.items()
        }
        return self.people | joint

    def of(self, person):
        return [person] + [key for key, who in self.joint.items() if person in who]

    def named(self, text_of):
        """By person: in how many texts of others the full name stands."""
        counts = collections.Counter()
        for person, name in self.people.items():
            if len(name.split()) < 2:
                continue
            whole = re.compile(rf"(?<!\w){re.escape(fold(name))}(?!\w)")
            mine = self.of(person)
            counts[person] = sum(
                1 for author, text in text_of if author not in mine and whole.search(fold(text))
            )
        return counts


def front_matter(text):
    """The keys of a post that stand on one line, and what follows them."""
    parts = re.split(r"(?m)^---\s*$", text, maxsplit=2)
    if len(parts) < 3:
        return {}, text
    keys = {}
    for line in parts[1].splitlines():
        found = re.match(r" ?([a-z_]+):\s*(.*)$", line)
        if found:
            value = found.group(2).strip()
            quoted = re.match(r"(['\"])(.*)\1", value)
            keys[found.group(1)] = quoted.group(2) if quoted else re.sub(r"\s+#.*$", "", value)
    return keys, parts[2].strip()


def authors(line):
    """The people of an `author:` line, without what they belong to."""
    line = re.sub(r"\([^)]*\)|\bet al\b\.?", "", line)
    line = re.sub(r"\s-\s(OK ?Lab|Code for)\s+\w+", "", line)
    names = [" ".join(name.split()) for name in re.split(r",|&|\bund\b", line)]
    return {
        fold(name).replace(" ", "-"): name
        for name in names if name and not re.match(ORGANISATION, name)
    }


def read_blog(folder):
    source = Source(BLOG, "article")
    for path in sorted((folder / "blog").glob("*.md")):
        keys, body = front_matter(path.read_text(encoding="utf-8"))
        people = authors(keys.get("author", ""))
        source.count(people)
        day = re.match(r"\d{4}-\d\d-\d\d", path.name)
        source.items[path.stem] = {
            "author": source.account(people),
            "title": keys.get("title"),
            "text": body,
            "language": keys.get("lang"),
            "created": keys.get("date") or (day and f"{day.group(0)}T00:00:00Z"),
            "draft": {"true": True, "false": False}.get(keys.get("draft")),
            "excerpt": keys.get("excerpt"),
        }
    return source


def read_conference(folder):
    source = Source(CONFERENCE, "post")
    source.speakers = {}
    sessions = {one["code"]: one for one in json.loads((folder / "list.json").read_text())}
    published = json.loads((folder / "sessions_data.json").read_text())
    source.counts["only in the list of proposals"] = len(
        set(sessions) - {one["code"] for one in published}
    )
    sessions.update({one["code"]: one for one in published})
    for code, session in sorted(sessions.items()):
        people = {one["code"]: one["name"] for one in session["speakers"]}
        source.count(people)
        source.speakers.update({one["code"]: one for one in session["speakers"]})
        parts = [session["abstract"], session["description"]]
        source.items[code] = {
            "author": source.account(people),
            "title": session["title"],
            "text": "\n\n".join(part for part in parts if part),
            "created": session.get("start"),
            "session": session["submission_type"],
        }
    return source


def write_table(path, rows, schema):
    """A Parquet file; `rows` is key → columns, and the key is the column `id`."""
    columns = {
        name: pyarrow.array(
            [key if name == "id" else row.get(name) for key, row in rows.items()], kind
        ) for name, kind in schema.items()
    }
    parquet.write_table(pyarrow.table(columns), path)


BLOG_SCHEMA = {
    "id": pyarrow.string(), "author": pyarrow.string(), "title": pyarrow.string(),
    "text": pyarrow.string(), "language": pyarrow.string(), "created": pyarrow.string(),
    "draft": pyarrow.bool_(), "excerpt": pyarrow.string(),
}
BLOG_MAPPING = f"""name   = "articles"
source = "{BLOG}"

[items]
path       = "articles.parquet"
author     = "author"
item       = "id"
kind       = {{ always = "article" }}
title      = "title"
text       = "text"
language   = "language"
created    = {{ column = "created", unit = "text" }}
visibility = {{ column = "draft", values = {{ false = "public", true = "private" }} }}
unused     = {{ excerpt = "articles" }}

[members]
path   = "members.parquet"
member = "id"
name   = "name"
"""
CONFERENCE_SCHEMA = {
    "id": pyarrow.string(), "author": pyarrow.string(), "title": pyarrow.string(),
    "text": pyarrow.string(), "created": pyarrow.string(), "session": pyarrow.string(),
}
CONFERENCE_MAPPING = f"""name   = "sessions"
source = "{CONFERENCE}"

[items]
path    = "sessions.parquet"
author  = "author"
item    = "id"
kind    = {{ always = "post" }}
title   = "title"
text    = "text"
created = {{ column = "created", unit = "text" }}
unused  = {{ session = "key" }}
"""


def events(source):
    """Speakers as events: the account, the profile, and whom they work for."""
    at = "2022-07-01T00:00:00Z"
    for key, name in source.accounts().items():
        yield {"event": f"member-{key}", "kind": "member", "member": key, "at": at, "name": name}
        speaker = source.speakers.get(key, {})
        profile = {"about": speaker.get("biography"), "website": speaker.get("homepage")}
        if any(profile.values()):
            yield {"event": f"profile-{key}", "kind": "profile", "member": key, "at": at} | profile
        if speaker.get("affiliation"):
            yield {"event": f"position-{key}", "kind": "position", "member": key, "at": at,
                   "id": "affiliation", "employer": speaker["affiliation"]}


def bring_in(arguments, source, folder, declaration):
    if source.name == BLOG:
        write_table(folder / "articles.parquet", source.items, BLOG_SCHEMA)
        members = {key: {"name": name} for key, name in source.accounts().items()}
        write_table(folder / "members.parquet", members, {"id": pyarrow.string(), "name": pyarrow.string()})
        mapping = folder / "articles.toml"
        mapping.write_text(BLOG_MAPPING)
        imported = None
    else:
        path = folder / "speakers.ndjson"
        path.write_text("".join(json.dumps(one) + "\n" for one in events(source)))
        imported = zweck(
            arguments, "import", str(path), "--source", source.name, "--declare", declaration
        )
        write_table(folder / "sessions.parquet", source.items, CONFERENCE_SCHEMA)
        mapping = folder / "sessions.toml"
        mapping.write_text(CONFERENCE_MAPPING)
    zweck(arguments, "attach", "check", str(mapping))
    attached = zweck(arguments, "attach", "add", str(mapping), "--declare", declaration)
    return imported, attached


def corpus(arguments):
    """The documents by (member, item, table), and the manifest."""
    folder = arguments.state / "corpora" / "look"
    manifest = json.loads((folder / "manifest.json").read_text())
    tables = {}
    documents = {}
    for row in parquet.read_table(next(folder.glob("lineage.*.parquet"))).to_pylist():
        if row["file"] not in tables:
            tables[row["file"]] = parquet.read_table(folder / row["file"]).to_pylist()
        address = row["member_number"], row["item"], row["table"]
        documents[address] = tables[row["file"]][row["row"]]
    return manifest, documents


def decided(arguments, source):
    """By item: its address in the corpus, and what the gate says of it and why."""
    known = {}
    for item, row in source.items.items():
        if row["author"] is None:
            continue
        shown = zweck(
            arguments, "gate", "explain", "--member", f"{source.name}:{row['author']}",
            "--item", f"{source.kind}:{item}", "--purpose", PURPOSE,
        )
        decision = shown["decisions"][0]
        known[item] = {
            "address": (shown["member"], shown["item"], "items"),
            "reasons": decision["reasons"], "reveals": decision["reveals"],
        }
    return known


def run(arguments, *command):
    """The exit code of a command that may fail, and what it says."""
    environment = dict(os.environ, ZWECK_STATE=str(arguments.state))
    done = subprocess.run(
        [arguments.zweck, "--at", AT, *command],
        env=environment, capture_output=True, text=True, check=False,
    )
    return done.returncode, done.stdout + done.stderr


def verified(arguments):
    code, said = run(arguments, "corpus", "verify", "look")
    return "nothing found" if code == 0 else said


def reasons(manifest):
    """Rows left out by the gate and by the recipe, by reason; masks, languages, replaced places."""
    total = {"gate": collections.Counter(), "recipe": collections.Counter(),
             "languages": collections.Counter(), "replaced": collections.Counter()}
    counts = collections.Counter()
    for table in manifest["rows"]["tables"].values():
        counts["rows in"] += table["rows_in"]
        total["gate"].update(table["left_out"])
    for table in manifest["documents"]["tables"].values():
        counts["documents"] += table["kept"]
        counts["masks"] += table["masks"]
        total["recipe"].update(table["left_out"])
        total["languages"].update(table["languages"])
        total["replaced"].update(table["redacted"])
    return counts | total


def markup(texts):
    """By kind of markup: in how many documents it stands, and how often."""
    found = {kind: [len(re.findall(pattern, text)) for text in texts] for kind, pattern in MARKUP.items()}
    return {kind: {"documents": sum(n > 0 for n in of), "places": sum(of)} for kind, of in found.items()}


def calendars(texts):
    """Calendar files within links, and those that say a place with a postal code."""
    places = [
        base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-8", "replace")
        for text in texts
        for code in re.findall(r"data:text/calendar;base64,([A-Za-z0-9+/]*)", text)
    ]
    coded = [place for place in places if re.search(r"LOCATION[^:\n]*:.*\b\d{5} [A-ZÄÖÜ]", place)]
    return {"files": len(places), "with a postal code": len(coded)}


def names_left(source, objectors, documents):
    """Where the full names of objectors stand, in the texts and in their links."""
    left = collections.Counter()
    for person in objectors:
        name = re.escape(fold(source.people[person]))
        for row in documents.values():
            text = fold(row["text"])
            left["full names"] += len(re.findall(rf"(?<!\w){name}(?!\w)", text))
            # as in the address of a profile: first-last, first.last, firstlast
            joined = name.replace(r"\ ", "[-_.+]?")
            left["names written together"] += len(re.findall(joined, text))
            last = re.escape(fold(source.people[person]).split()[-1])
            left["last words of names"] += len(re.findall(rf"(?<!\w){last}(?!\w)", text))
    return left


def write_texts(folder, source, known, before, after):
    folder.mkdir(parents=True, exist_ok=True)
    for one in sorted(source.items):
        of = known.get(one, {})
        address = of.get("address")
        for word, documents in [("before", before), ("after", after)]:
            row = documents.pop(address, None)
            if row:
                (folder / f"{one}.{word}.txt").write_text(f"{row['language']}\n{row['text']}\n")
        if address is None or of["reasons"]:
            text = source.items[one]["text"]
            (folder / f"{one}.left.txt").write_text(json.dumps(of) + f"\n{text}\n")
    for word, documents in [("before", before), ("after", after)]:
        with (folder / f"others.{word}.jsonl").open("w") as file:
            for address, row in sorted(documents.items()):
                print(json.dumps([address, row["language"], row["text"]], ensure_ascii=False), file=file)


def rows(report):
    """What came in and what was refused, by table."""
    return {word: {"read": row["read"], "accepted": row["accepted"], "refused": row["refused"]}
            for word, row in report["tables"].items()}


def look(arguments, source):
    folder = arguments.state / source.name
    mine = argparse.Namespace(**vars(arguments) | {"state": folder / "state"})
    declaration = make_state(mine, "rows")
    imported, attached = bring_in(mine, source, folder, declaration)
    figures = {
        **source.counts, "people": len(source.people), "accounts of several": len(source.joint),
        "came in": {
            "events": imported and rows(imported["reports"][0]),
            **{word: rows(attached["attached"][0][word])
               for word in ["items", "members"] if attached["attached"][0].get(word)},
        },
        "not understood": attached["attached"][0]["not_understood"],
    }
    zweck(mine, "corpus", "build", "look", "--purpose", PURPOSE)
    manifest, before = corpus(mine)
    known = decided(mine, source)
    figures["before"] = reasons(manifest) | {"verify": verified(mine)}
    left_out = collections.defaultdict(list)
    for item, of in known.items():
        if of["reasons"] or of["address"] not in before:
            left_out[",".join(of["reasons"]) or "recipe"].append(item)
    figures["left out"] = left_out
    figures["reveals"] = {item: of["reveals"] for item, of in known.items() if of["reveals"]}
    items = {item: before[of["address"]] for item, of in known.items() if of["address"] in before}
    figures["told another language than the source"] = [
        item for item, row in items.items()
        if source.items[item].get("language") not in (None, row["language"])
    ]
    figures["markup in items"] = markup([row["text"] for row in items.values()])
    figures["calendars in items"] = calendars([row["text"] for row in items.values()])
    named = source.named([(source.items[item]["author"], row["text"]) for item, row in items.items()])
    objectors = [person for person, _ in sorted(named.items(), key=lambda one: (-one[1], one[0]))[:2]]
    accounts = [account for person in objectors for account in source.of(person)]
    figures["objectors"] = {
        "texts of others with their full names": sum(named[person] for person in objectors),
        "accounts": len(accounts),
        "items of these accounts": sum(row["author"] in accounts for row in source.items.values()),
    }
    choices = write_objections(mine, [f"{source.name}:{one}" for one in accounts])
    zweck(mine, "choose", "--from", choices)
    zweck(mine, "removal", "run")
    manifest, after = corpus(mine)
    figures["after"] = reasons(manifest) | {"verify": verified(mine)}
    numbers = {
        zweck(mine, "member", "show", f"{source.name}:{one}")["account"]["member"] for one in accounts
    }
    figures["rows of objectors in the corpus"] = sum(member in numbers for member, _, _ in after)
    figures["left of their names"] = names_left(source, objectors, after)
    if arguments.texts:
        write_texts(arguments.texts / source.name, source, known, dict(before), dict(after))
    return figures


def text_column(values):
    """A column of text whose bytes nobody looked at: pyarrow alone would refuse these."""
    ends = [0]
    for value in values:
        ends.append(ends[-1] + len(value))
    buffers = [None, pyarrow.py_buffer(struct.pack(f"<{len(ends)}i", *ends)),
               pyarrow.py_buffer(b"".join(values))]
    return pyarrow.Array.from_buffers(pyarrow.string(), len(values), buffers)


def attacks(arguments):
    """By fault: the exit codes of `attach check` and `attach add`, or of `import`, and the last words."""
    folder = arguments.state / "faults"
    mine = argparse.Namespace(**vars(arguments) | {"state": folder / "state"})
    declaration = make_state(mine, "rows")
    texts = ["Der erste Text.", "Straße und Platz.", "Der dritte Text."]
    latin = [text.encode("latin-1") for text in texts]
    sound = {
        "id": ["a", "b", "c"], "author": ["x", "x", "y"], "title": texts, "text": texts,
        "created": ["2020-01-01"] * 3, "session": ["talk"] * 3,
    }
    none = pyarrow.nulls(3, pyarrow.string())
    faults = {
        "a column that is not there": ({}, ('text    = "text"', 'text    = "body"')),
        "authors missing in some rows": ({"author": ["x", None, None]}, None),
        "authors missing in all rows": ({"author": none}, None),
        "two authors as two rows of one id": ({"id": ["a", "a", "c"], "author": ["x", "y", "x"]}, None),
        "text that is not UTF-8": ({"text": text_column(latin)}, None),
        "text as bytes": ({"text": pyarrow.array(latin, pyarrow.binary())}, None),
        "a list of authors": ({"author": [["x", "y"], ["x"], ["y"]]}, None),
    }
    found = {}
    for number, (fault, (columns, change)) in enumerate(faults.items()):
        parquet.write_table(pyarrow.table(sound | columns), folder / f"fault-{number}.parquet")
        mapping = CONFERENCE_MAPPING.replace("sessions.parquet", f"fault-{number}.parquet")
        for name in ["sessions", CONFERENCE]:
            mapping = mapping.replace(f'"{name}"', f'"fault-{number}"')
        path = folder / f"fault-{number}.toml"
        path.write_text(mapping.replace(*change) if change else mapping)
        check, said = run(mine, "attach", "check", str(path))
        add, more = run(mine, "attach", "add", str(path), "--declare", declaration)
        says = [line for line in (said if check else more).splitlines() if line.strip()]
        found[fault] = {"check": check, "add": add,
                        "says": [line.replace(f"{folder}/", "") for line in says[-4:]]}
    event = '{"event":"1","kind":"post","member":"x","at":"2022-07-01T00:00:00Z","id":"a","text":"Straße"}'
    (folder / "latin.ndjson").write_bytes(event.encode("latin-1") + b"\n")
    code, said = run(mine, "import", str(folder / "latin.ndjson"), "--source", "latin")
    found["an event that is not UTF-8"] = {
        "import": code, "says": [line for line in said.splitlines() if line.strip()][-2:]
    }
    return found


def main():
    options = parser(__doc__, "--data")
    options.add_argument("--texts", type=pathlib.Path)
    arguments = options.parse_args()
    figures = {
        source.name: look(arguments, source)
        for source in [read_blog(arguments.data / BLOG), read_conference(arguments.data / CONFERENCE)]
    }
    figures["faults"] = attacks(arguments)
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
