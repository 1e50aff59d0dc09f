"""Tells what run.sh measured: python3 bench/texts/table.py speed|bars RESULTS, or agree TEXTS OURS KEPT.

bars: a line COMMAND|BAR|MEASURED|MET for each bar. speed: medians (least and most) of all runs, as
a table. agree: how many texts both Zweck by its rules for web pages (OURS, of `zweck recipe try`)
and datatrove's filters (KEPT, ids) keep.
"""

import argparse
import collections
import json
import statistics


def medians(results):
    """All runs by peer and step, and the median of their seconds."""
    runs = collections.defaultdict(list)
    for row in lines(results):
        if "peer" not in row:
            row |= {"peer": "Zweck", "seconds": row["bytes"] / 1e6 / row["megabytes_a_cpu_second"]}
        runs[row["peer"], row["step"]].append(row)
    seconds = {key: statistics.median(row["seconds"] for row in rows) for key, rows in runs.items()}
    add_sums(runs, seconds)
    return runs, seconds


#: What rensa is given here was made before the clock ran, or is less work: no equal step.
UNEQUAL = ("ready", "words")


def bars(results):
    """The whole chain 30 times datatrove's and 3 times dolma's, and no equal step of a peer's faster."""
    _, seconds = medians(results)
    times = {}
    for (peer, step), taken in seconds.items():
        ours = ("Zweck", counterpart(step))
        if peer != "Zweck" and ours in seconds and not any(word in step for word in UNEQUAL):
            times[peer, step] = taken / seconds[ours]
    for peer, bar in (("datatrove", 30), ("dolma", 3)):
        chains = [many for (whose, step), many in times.items() if whose == peer and "chain" in step]
        bar_line(f"the whole chain, to {peer}", f"at least {bar} times", min(chains, default=0), bar)
    for peer in sorted({peer for peer, _ in times}):
        steps = {step: many for (whose, step), many in times.items() if whose == peer and "chain" not in step}
        if steps:
            nearest = min(steps, key=steps.get)
            bar_line(f"{peer}'s nearest step: {nearest}", "not behind", steps[nearest], 1)


def bar_line(what, bar, times, least):
    print(f"bench/texts/run.sh, {what}|{bar}|{times:.3g} times|{str(times >= least).lower()}")


def speed(results):
    runs, seconds = medians(results)
    print("| whose | step | MB per CPU second | texts per CPU second | seen | Zweck, times as fast |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (peer, step), rows in runs.items():
        size, texts = rows[0]["bytes"] / 1e6, rows[0]["texts"]
        each = sorted(size / row["seconds"] for row in rows)
        ours = ("Zweck", counterpart(step))
        times = f"{seconds[peer, step] / seconds[ours]:.3g}" if peer != "Zweck" and ours in seconds else ""
        middle = size / seconds[peer, step]
        # Some programs tell a length or a sum of hashes, so that no work can be left out.
        seen = rows[0]["seen"] if rows[0]["seen"] <= texts else ""
        print(
            f"| {peer} | {step} | {middle:.3g} ({each[0]:.3g}–{each[-1]:.3g}) | {texts / seconds[peer, step]:,.0f} "
            f"| {seen} | {times} |"
        )


def add_sums(runs, seconds):
    """A recipe holds no signatures, so those of a corpus cost what both take."""
    recipe, minhash = runs.get(("Zweck", "recipe")), runs.get(("Zweck", "minhash"))
    if recipe and minhash:
        key = ("Zweck", "recipe and minhash, added")
        pairs = zip(recipe, minhash, strict=True)
        runs[key] = [one | {"step": key[1], "seconds": one["seconds"] + two["seconds"]} for one, two in pairs]
        seconds[key] = statistics.median(row["seconds"] for row in runs[key])


def counterpart(step):
    """Which step of Zweck's does the work of a peer's."""
    if step.startswith("chain and minhash"):
        return "recipe and minhash, added"
    if step.startswith("chain"):
        return "recipe"
    if step.split("-")[0] in ("gopher", "c4", "fineweb"):
        return "quality"
    return step.split(" ")[0].rstrip(",")


def agree(texts, ours, kept):
    ids = [row["id"] for row in lines(texts)]
    left_out = {number: row["left_out"] for number, row in zip(ids, lines(ours), strict=True)}
    passed = {number for number, why in left_out.items() if why is None}
    with open(kept, encoding="utf-8") as file:
        peers = set(file.read().split())
    both = len(passed & peers)
    print(f"\n{len(ids)} texts: {both} are kept by both, {len(ids) - len(passed | peers)} by neither,")
    print(f"{len(passed - peers)} only by Zweck {sorted(passed - peers)[:9]},")
    only = collections.Counter(left_out[number] for number in peers - passed)
    print(f"{len(peers - passed)} only by datatrove, dropped here for {dict(only.most_common())}")


def lines(path):
    with open(path, encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "bars", "agree"])
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    {"speed": speed, "bars": bars, "agree": agree}[options.what](*options.files)


if __name__ == "__main__":
    main()
