#!/usr/bin/env python3
"""What the corpus of a real Stack Exchange site keeps after a seeded tenth of its authors objected.

Knows nothing of Zweck's code: it reads the XML of the dump, makes its own truth (who objected, who
takes part in which thread, who is called what), and looks for what should not be in the corpus.

    bench/stack_exchange.py --zweck BINARY --dump FOLDER --state FOLDER [--seed 7] [--sample FILE]

Writes the figures to standard output, as JSON. --sample writes 200 occurrences of objectors' names
(masked and kept) with their surroundings to a file, to be labelled by somebody who reads it; it
holds text of the dump and is not to be kept. Needs Python 3.11 and pyarrow.
"""

import collections
import html
import json
import pathlib
import random
import re
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree

import pyarrow.parquet as parquet

from real_data import (
    MASK, PURPOSE, fold, make_state, parser, sensitive_share, write_objections, zweck,
)

SOURCE = "stack-exchange"


def rows(dump, table):
    for _, element in ElementTree.iterparse(dump / f"{table}.xml"):
        if element.tag == "row":
            yield dict(element.attrib)
            element.clear()


def plain(markup):
    """Text of HTML, roughly: enough to find words in it."""
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


class Site:
    """The dump, as its own program sees it."""

    def __init__(self, dump):
        self.names = {r["Id"]: r["DisplayName"] for r in rows(dump, "Users") if r["Id"] != "-1"}
        self.texts = {}  # item → (author, text)
        self.near = collections.defaultdict(set)  # item → those who write beside it
        self.thread = {}  # item → question
        posts = {r["Id"]: r for r in rows(dump, "Posts")}
        around = collections.defaultdict(set)
        wide = collections.defaultdict(set)
        for r in posts.values():
            author = r.get("OwnerUserId")
            question = r.get("ParentId", r["Id"])
            self.thread["post", r["Id"]] = question
            if author and author != "-1":
                kind = "post" if r["PostTypeId"] in "12" else "article"
                text = f"{r.get('Title', '')}\n{plain(r['Body'])}"
                self.texts[kind, r["Id"]] = (author, text)
                around[question].add(author)
                around[r["Id"]].add(author)
                wide[question].add(author)
        comments = [r for r in rows(dump, "Comments") if "UserId" in r]
        for r in comments:
            post = posts.get(r["PostId"], {})
            self.texts["comment", r["Id"]] = (r["UserId"], r["Text"])
            around[r["PostId"]].add(r["UserId"])
            wide[post.get("ParentId", r["PostId"])].add(r["UserId"])
            self.thread["comment", r["Id"]] = post.get("ParentId", r["PostId"])
        post_of = {("comment", r["Id"]): r["PostId"] for r in comments}
        for item in self.texts:
            at = post_of.get(item, item[1])
            self.near[item] = around[at] | wide[self.thread.get(item, at)]

    def authors(self):
        return sorted({author for author, _ in self.texts.values()}, key=int)


def prepare(arguments, objectors):
    declaration = make_state(arguments, "posts")
    declared = ["--declare", declaration] if arguments.declare else []
    zweck(arguments, "import", str(arguments.dump), "--format", SOURCE, *declared)
    name = f"{SOURCE}:{arguments.dump.name}"
    return write_objections(arguments, [f"{name}:{author}" for author in objectors])


def corpus(arguments):
    folder = arguments.state / "corpora" / "site"
    manifest = json.loads((folder / "manifest.json").read_text())
    lineage = parquet.read_table(next(folder.glob("lineage.*.parquet"))).to_pylist()
    texts = {}
    for path in folder.glob("*/*.parquet"):
        for place, row in enumerate(parquet.read_table(path).to_pylist()):
            texts[str(path.relative_to(folder)), place] = row
    return manifest, lineage, texts


def bare(text):
    """Text without accents, as long as it was."""
    return "".join(unicodedata.normalize("NFKD", c)[0] for c in text)


def own_form(name):
    return "@" + fold(name).replace(" ", "").rstrip(".'-")


def look(site, objectors, texts):
    """What is left of objectors' names, and what was masked, over all kept texts."""
    full = {fold(site.names[o]): o for o in objectors if len(fold(site.names[o]).split()) >= 2}
    others = {fold(n) for i, n in site.names.items() if i not in objectors}
    forms = collections.defaultdict(set)
    for number, name in site.names.items():
        forms[own_form(name)].add(number)
    sole = {form for form, who in forms.items() if who <= objectors}
    left = dict.fromkeys(["masks", "full names", "forms that only objectors have"], 0)
    places = []
    full_pattern = re.compile(
        r"(?<!\w)(" + "|".join(map(re.escape, sorted(full, key=len, reverse=True))) + r")(?!\w)"
    )
    for place, row in texts.items():
        text = fold(row["text"])
        left["masks"] += row["text"].count(MASK)
        for found in full_pattern.finditer(text):
            left["full names"] += 1
            places.append((place, found.group(1), "full name"))
        for found in re.finditer(r"@[\w.'-]+", text):
            form = found.group(0).rstrip(".'-")
            # `@First Last` addresses somebody else who is called so
            longer = text[found.start() + 1 :]
            if any(longer.startswith(name) for name in others if name.startswith(form[1:] + " ")):
                continue
            if form in sole:
                left["forms that only objectors have"] += 1
                places.append((place, form, "form"))
    left["of those, full names shared with somebody who did not object"] = sum(
        1 for _, name, kind in places if kind == "full name" and name in others
    )
    return left, places


def thread_forms(site, objectors):
    """@forms in the dump, in texts of those who did not object, that the thread resolves."""
    found = []
    for item, (author, text) in site.texts.items():
        if author in objectors:
            continue
        for match in re.finditer(r"@([\w.'-]+)", text):
            form = fold(match.group(1)).rstrip(".'-_")
            form = form.removesuffix("'s")
            near = [n for n in site.near[item] if n != author and n in site.names]
            joined = {n: fold(site.names[n]).replace(" ", "") for n in near}
            exact = [n for n in near if joined[n] == form]
            begins = [n for n in near if len(form) >= 3 and joined[n].startswith(form)]
            meant = exact or begins
            if meant and all(n in objectors for n in meant):
                found.append((item, match.start(), match.group(0)))
    return found


def lake_items(state):
    """(member, item) → the external address and the text as the lake has it."""
    items = {}
    for path in sorted((state / "lake" / "items").rglob("*.parquet")):
        if "_delta_log" in path.parts:
            continue
        columns = ["member_number", "item", "kind", "external", "title", "text"]
        for row in parquet.read_table(path, columns=columns).to_pylist():
            items[row["member_number"], row["item"]] = row
    return items


def masked_spans(original, masked):
    """Where the masks stand in the original: characters from and to; none if it is another text."""
    first, *parts = masked.split(MASK)
    if not original.startswith(first):
        return None
    spans, at = [], len(first)
    for number, part in enumerate(parts, 1):
        # what follows the last mask ends the text, however short it is
        is_last = number == len(parts)
        start = len(original) - len(part) if is_last else original.find(part, at + 1)
        if start <= at or not original.startswith(part, start):
            return None
        spans.append((at, start))
        at = start + len(part)
    return spans if at == len(original) else None


def sample(site, objectors, state, lineage, texts, seed):
    """200 places: words of objectors' names that stand in their threads unmasked, and masked ones."""
    items = lake_items(state)
    masked, kept = [], []
    for row in lineage:
        found = items.get((row["member_number"], row["item"]))
        if found is None or row["table"] != "items":
            continue
        address = (found["kind"], found["external"])
        shown = texts[row["file"], row["row"]]["text"]
        original = "\n\n".join(part for part in [found["title"], found["text"]] if part)
        spans = masked_spans(original, shown)
        if spans is None:
            sys.exit(f"{':'.join(address)}: the corpus has another text than the lake")
        masked += [(address, start, end, original) for start, end in spans]
        near = [n for n in site.near.get(address, ()) if n in objectors]
        words = {bare(word).lower() for n in near for word in site.names[n].split()}
        for word in sorted(word for word in words if len(word) >= 3):
            pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
            for match in re.finditer(pattern, bare(original), re.IGNORECASE):
                if not any(start <= match.start() < end for start, end in spans):
                    kept.append((address, match.start(), match.end(), original))
    # the corpus lies in the order of a key that every state draws anew
    for places in [masked, kept]:
        places.sort(key=lambda place: (place[0][0], int(place[0][1]), place[1]))
    choose = random.Random(seed)
    picked = [("kept", *one) for one in choose.sample(kept, min(100, len(kept)))]
    picked += [("masked", *one) for one in choose.sample(masked, min(200 - len(picked), len(masked)))]
    for treatment, address, start, end, original in picked:
        near = sorted(site.names[n] for n in site.near.get(address, ()) if n in objectors)
        yield {
            "treatment": treatment, "item": ":".join(address), "start": start, "end": end,
            "word": original[start:end], "before": original[max(0, start - 120):start],
            "after": original[end:end + 120], "objectors in the thread": near,
        }, (len(masked), len(kept))


def main():
    options = parser(__doc__, "--dump")
    options.add_argument("--sample", type=pathlib.Path)
    options.add_argument("--no-declaration", dest="declare", action="store_false")
    arguments = options.parse_args()
    site = Site(arguments.dump)
    authors = site.authors()
    objectors = set(random.Random(arguments.seed).sample(authors, len(authors) // 10))
    choices = prepare(arguments, objectors)
    figures = {"authors": len(authors), "objectors": len(objectors)}
    if not arguments.declare:
        report = zweck(arguments, "gate", "report", "--purpose", PURPOSE)
        figures["kept without a declaration"] = sum(
            table["kept"] for table in report["accounting"]["tables"].values()
        ) if "accounting" in report else report
        print(json.dumps(figures))
        return
    figures["under the shipped policy"] = sensitive_share(arguments)
    # first the corpus, then the objections: it has to follow
    zweck(arguments, "corpus", "build", "site", "--purpose", PURPOSE)
    before = corpus(arguments)
    zweck(arguments, "choose", "--from", choices)
    zweck(arguments, "removal", "run")
    manifest, lineage, texts = corpus(arguments)
    figures["documents before"] = len(before[1])
    figures["documents after"] = len(lineage)
    numbers = {}
    for author in authors:
        shown = zweck(arguments, "member", "show", f"{SOURCE}:{arguments.dump.name}:{author}")
        numbers[shown["account"]["member"]] = author
    of_objectors = [row for row in lineage if numbers.get(row["member_number"]) in objectors]
    figures["rows of objectors in the corpus"] = len(of_objectors)
    left, places = look(site, objectors, texts)
    figures.update(left)
    wanted = thread_forms(site, objectors)
    figures["@forms that the thread resolves to objectors"] = len(wanted)
    # such a form has gone if nowhere in the corpus it stands before the words that follow it
    whole = "\n".join(fold(row["text"]) for row in texts.values())
    missed, followed = [], 0
    for item, start, form in wanted:
        around = fold(site.texts[item][1][start : start + len(form) + 25])
        after = around.removeprefix(fold(form))
        followed += after != "" and after in whole
        if around in whole:
            missed.append((item, start))
    figures["of those, with their following words in the corpus"] = followed
    figures["of those, still in the corpus"] = len(missed)
    figures["missed"] = [f"{kind}:{number}@{start}" for (kind, number), start in missed]
    figures["left in"] = [f"{file}#{row}: {kind}" for (file, row), _, kind in places][:20]
    if arguments.sample:
        with arguments.sample.open("w") as file:
            for one, population in sample(
                site, objectors, arguments.state, lineage, texts, arguments.seed
            ):
                print(json.dumps(one, ensure_ascii=False), file=file)
                figures["masked places, unmasked words"] = population
    print(json.dumps(figures, indent=1, default=str))


if __name__ == "__main__":
    main()
