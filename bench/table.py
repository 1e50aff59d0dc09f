"""From results to tables.

usage: table.py check FILE       fails if engines kept different rows
       table.py tables FOLDER    prints the tables of docs/benchmarks.md
       table.py bars FOLDER      prints a line for each bar: command|bar|measured|true or false
       table.py sources FILE     the same for what bench/sources.sh printed
"""

import json
import os
import statistics
import sys

ENGINES = ["zweck", "duckdb", "polars"]
MISSING = "not measured"
# 1 and 50 M members, by member and in random order
TABLES = 4
ORDERS = {"member": "by member", "random": "random"}


def lines(folder, topic):
    path = os.path.join(folder, f"{topic}.jsonl")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def check(path):
    folder, name = os.path.split(path)
    expected = {}
    for line in lines(folder, name.removesuffix(".jsonl")):
        sums = line["result"]["sums"]
        reference = expected.setdefault(line["case"], sums)
        if sums != reference:
            sys.exit(f"{line['case']}: {line['engine']} keeps other rows: {sums}, not {reference}")
    for case, sums in expected.items():
        print(f"{case}: every engine keeps the same {sums['rows']:,} rows")


def case_name(case):
    members, order = case.split(":")
    return f"{int(members) // 1_000_000} M members, {ORDERS[order]}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def cpu_times(folder):
    """Seconds of each run, by table, task and engine."""
    times = {}
    for line in lines(folder, "gate"):
        key = (line["case"], line["task"], line["engine"])
        times.setdefault(key, []).append(line["result"]["cpu_seconds"])
    return times


def gate(folder):
    times = cpu_times(folder)
    cells = sorted({(case, task) for case, task, _ in times}, key=lambda one: (one[0], len(one[1]), one[1]))
    rows = []
    for case, task in cells:
        row = [case_name(case), task.replace("-", " ")]
        for engine in ENGINES:
            runs = times.get((case, task, engine), [])
            spread = f"{statistics.median(runs):.2f} ({min(runs):.2f}–{max(runs):.2f})" if runs else "–"
            row.append(spread)
        row.append(max(len(times.get((case, task, engine), [])) for engine in ENGINES))
        rows.append(row)
    if rows:
        print("CPU seconds of all threads, median (least–most):\n")
        table(["table", "work", *ENGINES, "runs"], rows)


def equal(folder):
    rows = []
    for line in lines(folder, "equal"):
        sums = line["result"]["sums"]
        rows.append(
            [case_name(line["case"]), line["engine"], f"{sums['rows']:,}", sums["members"],
             sums["items"], sums["created"], " ".join(str(one) for one in sums["bytes"])]
        )
    if rows:
        head = ["table", "by", "rows", "Σ member", "Σ item & (2³² − 1)", "Σ created, s",
                "Σ bytes of kind, language, title, text"]
        table(head, rows)


def instruction_counts(folder):
    """By table and columns, with and without the gate."""
    counts = {}
    for line in lines(folder, "instructions"):
        task, columns = line["task"].split(":")
        key = (line["case"], columns)
        counts.setdefault(key, {})[task] = line["result"]["instructions"]
    return counts


def instructions(folder):
    rows = []
    for (case, columns), of in instruction_counts(folder).items():
        scan, gated = of.get("count-scan"), of.get("count-gate")
        more = f"{(gated / scan - 1) * 100:+.1f} %" if scan and gated else "–"
        show = lambda one: f"{one / 1e9:.3f}" if one else "–"
        rows.append([case_name(case), columns, show(scan), show(gated), more])
    if rows:
        print("Thousand million instructions, one thread:\n")
        table(["table", "columns", "scan", "scan + gate", "more"], rows)


def choices(folder):
    for line in lines(folder, "choices")[-1:]:
        result = line["result"]
        names = {
            "bare_append_microseconds": "bare append of 256 bytes + fdatasync",
            "choice_microseconds": "choice, until it is acknowledged",
            "seen_by_another_process_microseconds_after_acknowledgement":
                "until another process refuses by it, from the acknowledgement",
        }
        marks = ["p50", "p90", "p99", "p999", "max"]
        table(
            ["microseconds", *marks],
            [[name, *(result[key][mark] for mark in marks)] for key, name in names.items()],
        )
        bare, choice = (result[key]["p99"] for key in list(names)[:2])
        print(f"99th percentiles: a choice takes {choice / bare:.2f} times a bare append.\n")
        one, many = "choices_a_second_from_many_callers", "choices_a_second_in_batches_of_1000"
        print(f"Choices a second: {result[one]:,.0f} from {result['members']:,} callers at once,")
        print(f"{result[many]:,.0f} in batches of 1,000.\n")


def answers(folder):
    for line in lines(folder, "answers")[-1:]:
        result = line["result"]
        rows = [
            [purpose["name"], ", ".join(f"{share / 100:g}" for share in purpose["of_10000"]),
             f"{size / 1e6:.1f}"]
            for purpose, size in zip(result["purposes"], result["bytes"])
        ]
        rows.append(["together", "", f"{result['total_bytes'] / 1e6:.1f}"])
        head = ["purpose", "members who share an answer, %; the last are decided row by row", "MB"]
        table(head, rows)


def bar(command, what, measured, met):
    print(f"bench/run.sh {command}|{what}|{measured}|{'true' if met else 'false'}")


def instructions_bar(folder):
    more = [
        (of["count-gate"] / of["count-scan"] - 1) * 100
        for (_, columns), of in instruction_counts(folder).items()
        if columns == "decided" and len(of) == 2
    ]
    measured = f"{min(more):+.2f} to {max(more):+.2f} %, {len(more)} tables" if more else MISSING
    bar("instructions", "scan + gate: at most +5 %", measured, len(more) == TABLES and max(more) <= 5)


def equal_bar(folder):
    sums = {}
    for line in lines(folder, "equal"):
        sums.setdefault(line["case"], []).append(line["result"]["sums"])
    met = len(sums) == TABLES and all(one == of[0] for of in sums.values() for one in of)
    rows = sum(of[0]["rows"] for of in sums.values())
    measured = f"{rows:,} rows, {len(sums)} tables" if sums else MISSING
    bar("equal", "all keep the same rows", measured, met)


def gate_bar(folder, task, what):
    medians = {}
    for (case, its_task, engine), runs in cpu_times(folder).items():
        if its_task == task:
            medians.setdefault(case, {})[engine] = statistics.median(runs)
    cases = list(medians.values())
    worst = max((of["zweck"] / min(of["duckdb"], of["polars"]) for of in cases), default=None)
    measured = f"{worst:.2f} × the faster, {len(cases)} tables" if cases else MISSING
    bar("gate", what, measured, len(cases) == TABLES and worst <= 1)


def choice_bars(folder):
    results = [line["result"] for line in lines(folder, "choices")]
    seen = "seen_by_another_process_microseconds_after_acknowledgement"
    values = {
        "at most 2 × p99 of an append": (
            [one["choice_microseconds"]["p99"] / one["bare_append_microseconds"]["p99"] for one in results],
            lambda median: (f"{median:.2f} ×", median <= 2),
        ),
        "seen elsewhere within 100 ms": (
            [one[seen]["p99"] / 1000 for one in results],
            lambda median: (f"p99 {median:.1f} ms", median <= 100),
        ),
        "10,000 choices a second in batches": (
            [one["choices_a_second_in_batches_of_1000"] for one in results],
            lambda median: (f"{median:,.0f}", median >= 10_000),
        ),
    }
    for what, (runs, judge) in values.items():
        measured, met = judge(statistics.median(runs)) if runs else (MISSING, False)
        bar("choices", what, measured, met)


def answers_bar(folder):
    sizes = [line["result"]["total_bytes"] for line in lines(folder, "answers")]
    measured = f"{sizes[-1] / 1e6:.1f} MB" if sizes else MISSING
    bar("answers", "a billion members under 500 MB", measured, bool(sizes) and sizes[-1] < 500e6)


def bars(folder):
    equal_bar(folder)
    instructions_bar(folder)
    gate_bar(folder, "gate", "scan + gate: less CPU than both")
    gate_bar(folder, "write-gate", "scan + gate + write: not above")
    answers_bar(folder)
    choice_bars(folder)


def sources(path):
    """A line for each source: MB a CPU second, Zweck's and the plain readers' (medians)."""
    readers = {"ours": "Zweck", "plain": "Rust", "python": "Python"}
    speeds, rows = {}, {}
    with open(path) as file:
        for line in map(json.loads, filter(str.strip, file)):
            speeds.setdefault(line["kind"], {}).setdefault(line["reader"], []).append(line["megabytes_a_second"])
            rows.setdefault(line["kind"], set()).add(line["rows"])
    for kind, of in speeds.items():
        # a plain reader of XML knows no speeches
        same = kind == "bundestag" or len(rows[kind]) == 1
        measured = ", ".join(f"{name} {statistics.median(of.get(reader, [0])):.0f}" for reader, name in readers.items())
        print(f"bench/sources.sh: {kind}|MB/s of CPU, the same rows|{measured}|"
              f"{'true' if same and len(of) == len(readers) else 'false'}")
    if not speeds:
        print(f"bench/sources.sh|MB/s of CPU, the same rows|{MISSING}|false")


def main():
    task, path = sys.argv[1:3]
    if task == "check":
        check(path)
    elif task == "bars":
        bars(path)
    elif task == "sources":
        sources(path)
    else:
        for topic in (equal, instructions, gate, choices, answers):
            topic(path)


main()
