"""Measures finders of personal data: python3 bench/personal_data/measure.py SET --finder NAME=COMMAND [--show] [--bar NAME].

SET is Presidio's synth_dataset_v2.json or the JSON lines of german.py. There may be many finders, each
a COMMAND that reads JSON lines {"text"} and answers each with {"found": [{"kind", "start", "end"}]}, byte offsets into
UTF-8; peers.py is such a command for every peer. A marked span is found where one hit of its kind covers
all of it; a hit is false where it overlaps no mark of its kind. Speed is text over processor time, the time of an empty
run taken off.
"""

import argparse
import json
import math
import os
import resource
import shlex
import subprocess
import sys
import tempfile
from collections import Counter

from rules import is_international_phone
from score import (
    CERTAIN,
    INTERNATIONAL,
    KINDS,
    Row,
    Span,
    context,
    false_by_look_alike,
    read,
    score,
    unmarked_but_real,
)

FALSE_HITS_ALLOWED = 2
INTERNATIONAL_MISSES_ALLOWED = 2
LEAST_SECONDS = 1.0
MOST_BYTES = 300_000_000


def main():
    options = arguments()
    texts = read(options.set)
    size = sum(len(marked.text.encode()) for marked in texts)
    print(f"{len(texts)} texts, {size} bytes\n")
    report = {"set": os.path.basename(options.set), "texts": len(texts), "bytes": size, "finders": {}}
    report["unmarked_but_real"] = tell_unmarked(texts)
    results = {}
    for name, command in options.finder:
        answered, seconds = run(command, lines_of(texts))
        answers = [hits_of(line, marked) for line, marked in zip(answered.splitlines(), texts, strict=True)]
        results[name] = score(texts, answers), false_by_look_alike(texts, answers)
        speed = megabytes_a_second(command, texts, size, seconds)
        report["finders"][name] = finder_report(command, speed, *results[name])
        print(f"{name}: {speed:.3f} MB per CPU second", file=sys.stderr)
    tell_kinds(results)
    tell_forms(results)
    tell_look_alikes(results)
    tell_speed(report)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, ensure_ascii=False, indent=1)
    met = not options.bar or holds_bar(results[options.bar][0][0])
    if options.show:
        tell_places(texts, results)
    sys.exit(0 if met else 1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("set")
    parser.add_argument(
        "--finder", action="append", default=[], metavar="NAME=COMMAND", type=lambda text: text.split("=", 1)
    )
    parser.add_argument("--show", action="store_true", help="list every miss and every false hit with its context")
    parser.add_argument("--json", metavar="FILE", help="write all numbers there")
    parser.add_argument("--bar", metavar="NAME", help="exit with 1 where this finder misses the bar of Presidio's set")
    return parser.parse_args()


def lines_of(texts):
    return "".join(json.dumps({"text": marked.text}, ensure_ascii=False) + "\n" for marked in texts).encode()


def run(command, lines, repeat=1):
    """The bytes answered to the lines, given `repeat` times over, and the processor seconds that took."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        for _ in range(repeat):
            given.write(lines)
        given.seek(0)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(shlex.split(command), stdin=given, stdout=answered, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        answered.seek(0)
        answers = answered.read()
    asked, got = repeat * lines.count(b"\n"), answers.count(b"\n")
    if asked != got:
        sys.exit(f"`{command}` gave {got} answers to {asked} lines")
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def hits_of(line, marked):
    hits = [Span(hit["kind"], hit["start"], hit["end"]) for hit in json.loads(line)["found"]]
    for hit in hits:
        if not hit.lies_in(marked.text):
            sys.exit(
                f"a hit from {hit.start} to {hit.end} is empty, ends outside or cuts a character of `{marked.text}`"
            )
    return hits


def megabytes_a_second(command, texts, size, seconds):
    """The set is given often enough for LEAST_SECONDS of work, so that the clock's grain does not show."""
    _, started = run(command, b"")
    repeat = 1
    while seconds - started < LEAST_SECONDS and repeat * size < MOST_BYTES:
        repeat = min(
            math.ceil(repeat * 1.5 * LEAST_SECONDS / max(seconds - started, 0.01)), math.ceil(MOST_BYTES / size)
        )
        _, seconds = run(command, lines_of(texts), repeat)
    return repeat * size / 1e6 / max(seconds - started, 1e-9)


def finder_report(command, speed, scored, looked):
    rows, forms = scored
    return {
        "command": command,
        "megabytes_a_cpu_second": round(speed, 4),
        "kinds": {name: counts(row) for name, row in rows.items()},
        "forms": {name: counts(row) for name, row in sorted(forms.items())},
        "hits_on_look_alikes": {name: hits for name, hits in looked[1].items() if hits},
    }


def counts(row):
    return {name: value for name, value in vars(row).items() if name != "places"}


def tell_unmarked(texts):
    """Prints what its own check confirms though no mark of its kind covers it: an error of the marks, or chance.

    Look-alikes are left out: some are chosen to pass a check. Of what lies on another mark only the number is told.
    """
    unmarked = [(number, span, on) for number, span, on in unmarked_but_real(texts) if not texts[number].look_alike]
    alone = [(number, span) for number, span, on in unmarked if not on]
    print(
        f"unmarked but real by an independent check: {len(alone)} on no mark, "
        f"{len(unmarked) - len(alone)} on a mark of another kind"
    )
    for number, span in alone:
        print(f"  text {number}, {span.kind}: {context(texts[number], span)}")
    on_another = Counter(f"{span.kind} in {kind}" for _, span, on in unmarked for kind in on)
    print(
        "  on another: " + (", ".join(f"{count} {what}" for what, count in on_another.most_common()) or "none") + "\n"
    )
    return {"on_no_mark": len(alone), "on_another": on_another}


def tell_kinds(results):
    print("found / missed (of them cut short) / false (of them on another mark; real by its own check); exact")
    for kind in (*KINDS, INTERNATIONAL, "location"):
        rows = {name: scored[0][kind] for name, (scored, _) in results.items() if kind in scored[0]}
        if not rows:
            continue
        first = max(rows.values(), key=lambda row: row.marked)
        print(f"{kind}: {first.marked} marked, {first.valid} valid")
        for name, row in rows.items():
            print(
                f"  {name:20} {row.found:6} / {row.missed:5} ({row.touched}) / {row.false:5} "
                f"({sum(row.false_on.values())}; {row.false_but_real}); {row.exact}"
            )
    print()


def tell_forms(results):
    names = sorted({form for (_, forms), _ in (scored for scored in results.values()) for form in forms})
    if not names:
        return
    print("found by form:", ", ".join(results))
    for form in names:
        rows = [forms.get(form, Row()) for (_, forms), _ in results.values()]
        print(f"  {form:44} {rows[0].valid:5} " + " ".join(f"{row.found:6}" for row in rows))
    print()


def tell_look_alikes(results):
    texts_of = next((texts_of for _, (texts_of, _) in results.values()), {})
    if not texts_of:
        return
    print("hits on look-alikes (all false):")
    for look_alike, number in sorted(texts_of.items()):
        hits = "; ".join(
            f"{name} " + ", ".join(f"{count} {kind}" for kind, count in hits_of[look_alike].items())
            for name, (_, (_, hits_of)) in results.items()
            if hits_of[look_alike]
        )
        print(f"  {look_alike:28} {number:5} texts: {hits or 'none'}")
    print()


def tell_speed(report):
    print(
        "MB per CPU second: "
        + ", ".join(f"{name} {finder['megabytes_a_cpu_second']}" for name, finder in report["finders"].items())
    )


def tell_places(texts, results):
    for number, marked in enumerate(texts):
        for mark in marked.marks:
            if not mark.form and mark.kind == "phone" and is_international_phone(mark.value(marked.text)):
                print(f"set\t{INTERNATIONAL}\tmarked\ttext {number}\t\t{context(marked, mark)}")
    for name, ((rows, _), _) in results.items():
        for kind in KINDS:
            for what, number, span in rows[kind].places:
                print(
                    f"{name}\t{kind}\t{what}\ttext {number}\t{span.form or texts[number].look_alike or ''}\t"
                    f"{context(texts[number], span)}"
                )


def holds_bar(rows):
    """Prints every line of the bar, met or not."""
    lines = [(f"every valid {kind} found", rows[kind].missed == 0) for kind in CERTAIN]
    lines += [
        (f"at most {FALSE_HITS_ALLOWED} false hits of {kind}", rows[kind].false <= FALSE_HITS_ALLOWED)
        for kind in CERTAIN
    ]
    lines.append(
        (
            f"at most {INTERNATIONAL_MISSES_ALLOWED} of {rows[INTERNATIONAL].valid} {INTERNATIONAL}, missed",
            rows[INTERNATIONAL].missed <= INTERNATIONAL_MISSES_ALLOWED,
        )
    )
    for line, met in lines:
        print(f"{'met' if met else 'NOT MET'}: {line}")
    return all(met for _, met in lines)


if __name__ == "__main__":
    main()
