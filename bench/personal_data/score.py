"""Compares what a finder of personal data found in a set of texts with what is marked there."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from rules import VALID, is_international_phone, real_values

KINDS = ("email", "phone", "iban", "card", "ip", "url", "postal-address")
# Kinds of which a value alone can be checked.
CERTAIN = ("email", "iban", "card", "ip", "url")
PRESIDIO_KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "IP_ADDRESS": "ip",
    "DOMAIN_NAME": "url",
    "STREET_ADDRESS": "postal-address",
}
INTERNATIONAL = "phone, international form"


@dataclass(frozen=True)
class Span:
    """A place in a text, in bytes of UTF-8; an `optional` one lies in a wider mark, and missing it is no miss."""

    kind: str
    start: int
    end: int
    form: str = ""
    optional: bool = False

    def overlaps(self, other):
        return self.start < other.end and other.start < self.end

    def covers(self, other):
        return self.start <= other.start and other.end <= self.end

    def lies_in(self, text):
        """Whether it is not empty and starts and ends between characters."""
        raw = text.encode()
        starts = [
            place
            for place in (self.start, self.end)
            if place == len(raw) or raw[place : place + 1] and raw[place] & 0xC0 != 0x80
        ]
        return 0 <= self.start < self.end and len(starts) == 2

    def value(self, text):
        return text.encode()[self.start : self.end].decode()


@dataclass
class Marked:
    text: str
    marks: list
    look_alike: str | None = None

    def is_valid(self, mark):
        # A written-out "name (at) firma (punkt) de" and the like is valid by construction, so its set says.
        return bool(mark.form) or VALID[mark.kind](mark.value(self.text))


@dataclass
class Row:
    """Counts of one kind; `places` holds (what, text number, span) of every miss and every false hit."""

    marked: int = 0
    valid: int = 0
    found: int = 0
    exact: int = 0
    missed: int = 0
    touched: int = 0
    false: int = 0
    false_on: Counter = field(default_factory=Counter)
    false_but_real: int = 0
    places: list = field(default_factory=list)


def read(path):
    """Reads either Presidio's JSON list of texts or JSON lines {"text", "spans", "look_alike"}."""
    with open(path, encoding="utf-8") as file:
        if file.read(1) == "[":
            file.seek(0)
            return [from_presidio(entry) for entry in json.load(file)]
        file.seek(0)
        return [from_line(json.loads(line)) for line in file]


def from_presidio(entry):
    text = entry["full_text"]
    marks = [
        byte_span(
            text,
            PRESIDIO_KINDS.get(span["entity_type"], span["entity_type"]),
            span["start_position"],
            span["end_position"],
        )
        for span in entry["spans"]
    ]
    return Marked(text, marks)


def from_line(entry):
    marks = [
        Span(span["kind"], span["start"], span["end"], span.get("form", ""), span.get("optional", False))
        for span in entry["spans"]
    ]
    return Marked(entry["text"], marks, entry["look_alike"])


def byte_span(text, kind, start, end):
    """A span of bytes from places counted in characters."""
    return Span(kind, len(text[:start].encode()), len(text[:end].encode()))


def score(texts, answers):
    """A row for every kind, for phones in international form and, with names of forms, for every form of a kind."""
    rows, forms = defaultdict(Row), defaultdict(Row)
    for number, (marked, hits) in enumerate(zip(texts, answers, strict=True)):
        for mark in marked.marks:
            if mark.kind in KINDS and not mark.optional:
                for row in rows_of(rows, forms, marked, mark):
                    count_mark(row, number, marked, mark, hits)
        for hit in hits:
            count_hit(rows[hit.kind], number, marked, hit)
    return rows, forms


def rows_of(rows, forms, marked, mark):
    yield rows[mark.kind]
    if mark.kind == "phone" and is_international_phone(mark.value(marked.text)):
        yield rows[INTERNATIONAL]
    if mark.form:
        yield forms[f"{mark.kind}/{mark.form}"]


def count_mark(row, number, marked, mark, hits):
    same = [hit for hit in hits if hit.kind == mark.kind and hit.overlaps(mark)]
    row.marked += 1
    if not marked.is_valid(mark):
        return
    row.valid += 1
    row.exact += any((hit.start, hit.end) == (mark.start, mark.end) for hit in same)
    if any(hit.covers(mark) for hit in same):
        row.found += 1
        return
    row.missed += 1
    row.touched += bool(same)
    row.places.append(("missed" if not same else "cut short", number, mark))


def count_hit(row, number, marked, hit):
    if any(mark.kind == hit.kind and mark.overlaps(hit) for mark in marked.marks):
        return
    row.false += 1
    row.false_on.update({mark.kind for mark in marked.marks if mark.overlaps(hit)})
    row.false_but_real += hit.kind in CERTAIN and VALID[hit.kind](hit.value(marked.text))
    row.places.append(("false", number, hit))


def false_by_look_alike(texts, answers):
    """Of every kind of look-alike: how many texts there are, and how many hits of which kind they drew."""
    texts_of, hits_of = Counter(), defaultdict(Counter)
    for marked, hits in zip(texts, answers, strict=True):
        if marked.look_alike:
            texts_of[marked.look_alike] += 1
            hits_of[marked.look_alike].update(hit.kind for hit in hits if hit.kind in KINDS)
    return texts_of, hits_of


def unmarked_but_real(texts):
    """Yields (text number, span, kinds marked there) of what is real by its check and overlaps no mark of its kind."""
    for number, marked in enumerate(texts):
        for kind, start, end in real_values(marked.text):
            seen = byte_span(marked.text, kind, start, end)
            if not any(mark.kind == kind and mark.overlaps(seen) for mark in marked.marks):
                yield number, seen, sorted({mark.kind for mark in marked.marks if mark.overlaps(seen)})


def context(marked, span, width=40):
    """The text around a span on one line, the span itself in double angle brackets."""
    text = marked.text.encode()
    before, inside, after = (
        text[max(0, span.start - width) : span.start],
        text[span.start : span.end],
        text[span.end : span.end + width],
    )
    return "{}«{}»{}".format(*(part.decode(errors="ignore").replace("\n", "⏎") for part in (before, inside, after)))
