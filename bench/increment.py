#!/usr/bin/env python3
"""What a hundredth more documents costs, beside a whole build.

Makes posts of the words of a real Stack Exchange site, their order shuffled, so that there are as many
as are asked for and none is nearly another one. Imports them and builds a corpus; imports a hundredth
more, half of them by members who are there already; builds a corpus that goes on from the first, and,
to compare, all of it whole. Each build is run --runs times, in turns. Prints one JSON object: seconds of
CPU and by the clock (medians), and the documents of each.

    bench/increment.py --zweck BINARY --dump FOLDER --state FOLDER [--documents 400000] [--runs 3]

--bar 0.03 ends with 1 if the part costs more of the whole than that, in CPU or by the clock.
"""

import json
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import time

from real_data import PURPOSE, make_state, parser, zweck

HERE = pathlib.Path(__file__).parent
ITEMS_OF_MEMBER = 20


def texts(dump):
    made = subprocess.run([sys.executable, HERE / "texts" / "plain_texts.py", str(dump)],
                          capture_output=True, text=True, check=True)
    words = [json.loads(line)["text"].split() for line in made.stdout.splitlines()]
    return [one for one in words if 40 <= len(one) <= 400]


def write(path, words, numbers, author, chance):
    seen = set()
    with path.open("w", encoding="utf-8") as file:
        for number in numbers:
            member = author(number)
            event = {"member": f"m{member}", "at": "2026-10-01T00:00:00Z"}
            if member not in seen:
                seen.add(member)
                file.write(json.dumps(event | {"event": f"e{number}", "kind": "member",
                                               "name": f"Name{member} Family{member}"}) + "\n")
            text = list(words[chance.randrange(len(words))])
            chance.shuffle(text)
            file.write(json.dumps(event | {"event": f"p{number}", "kind": "post", "id": f"p{number}",
                                           "created": "2026-09-01T00:00:00Z",
                                           "text": " ".join(text)}) + "\n")


def timed(work):
    """Seconds of CPU of the processes that end meanwhile, seconds by the clock, and the result."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    result = work()
    clock, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock, result


def main():
    options = parser(__doc__, "--dump")
    options.add_argument("--documents", type=int, default=400_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--bar", type=float)
    arguments = options.parse_args()
    chance = random.Random(arguments.seed)
    words, most = texts(arguments.dump), arguments.documents
    more, members = most // 100, most // ITEMS_OF_MEMBER
    declaration = make_state(arguments, "posts")
    events = arguments.state.parent / "events.ndjson"

    def take_in(numbers, author):
        write(events, words, numbers, author, chance)
        zweck(arguments, "import", str(events), "--declare", declaration)
        events.unlink()

    def build(name, *options):
        seconds = timed(lambda: zweck(arguments, "corpus", "build", name, "--purpose", PURPOSE, *options))
        counts = seconds[2]["manifest"]["documents"]["tables"]["items"]
        return {"CPU": seconds[0], "clock": seconds[1], "rows": counts["rows_in"], "documents": counts["kept"]}

    take_in(range(most), lambda number: number // ITEMS_OF_MEMBER)
    build("base")
    take_in(range(most, most + more), lambda number: chance.randrange(members) if number % 2
            else members + number // ITEMS_OF_MEMBER)
    zweck(arguments, "removal", "run")
    runs = [(build("more", "--after", "base"), build("whole")) for _ in range(arguments.runs)]

    def median(place):
        return {key: round(statistics.median(run[place][key] for run in runs), 2) for key in runs[0][place]}

    part, whole = median(0), median(1)
    shares = {key: round(part[key] / whole[key], 4) for key in ["CPU", "clock"]}
    print(json.dumps({"part": part, "whole": whole, "share": shares}, indent=2))
    if arguments.bar is not None and max(shares.values()) >= arguments.bar:
        sys.exit(1)


main()
