"""Hands the changes of a PostgreSQL database over to Zweck, each exactly once.

    connector.py snapshot | zweck import --source platform -
    connector.py follow -- zweck import --follow --source platform

`snapshot` writes what the tables hold, one event a line. `follow` reads the changes that the
server decodes from its log (the plugin test_decoding, which comes with PostgreSQL), hands them to
the command behind `--`, and moves the replication slot on to what that command says is durable.
Changes that were not acknowledged are read again after a crash; Zweck knows them by their ids.

Needs Python's standard library and psql. Connection settings are those of psql: PGHOST, PGDATABASE
and so on. The functions `account` and `post` are the part to make your own.
"""

import argparse
import collections
import json
import queue
import signal
import subprocess
import sys
import threading

# How many changes are read at once; a transaction is never cut.
CHANGES = 5_000
# How long the log is left alone once nothing was new in it, in seconds.
PAUSE = 0.5

AUDIENCE = {"everyone": "public", "members": "network", "contacts": "connections"}
STATE = {"open": "active", "blocked": "restricted", "left": "closed"}


# --- your platform in Zweck's words (docs/events.md) -----------------------------------------


def account(row, gone):
    """The event of an account; whoever is gone has closed it."""
    return {
        "kind": "member",
        "member": row["id"],
        "name": row["name"],
        "region": row["country"],
        "age": {"true": "adult", "false": "minor"}.get(row["adult"]),
        "status": "closed" if gone else STATE.get(row["state"], "restricted"),
        "created": instant(row["joined"]),
    }


def post(row, gone):
    """The event of a post. An audience that nobody mapped is nobody."""
    if gone:
        return {"kind": "delete", "member": row["author"], "of": "post", "id": row["id"]}
    return {
        "kind": "post",
        "member": row["author"],
        "id": row["id"],
        "text": row["body"],
        "language": row["language"],
        "visibility": AUDIENCE.get(row["audience"], "private"),
        "created": instant(row["written"]),
        "updated": instant(row["edited"]),
    }


# Tables that are not named here, such as private messages, are never read.
TABLES = {"public.account": account, "public.post": post}


# --- PostgreSQL --------------------------------------------------------------------------------


class Fault(Exception):
    """Something that has to be put right before going on."""


def psql(statement):
    """The rows of a statement, each a list of texts or None."""
    # COPY writes one row a line, whatever its values hold; the session speaks ISO dates in UTC.
    script = (
        "SET timezone TO 'UTC'; SET datestyle TO 'ISO'; SET client_encoding TO 'UTF8';"
        f" COPY ({statement}) TO STDOUT"
    )
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", script]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode != 0:
        raise Fault(ran.stderr.strip())
    return [[unescaped(value) for value in line.split("\t")] for line in ran.stdout.split("\n")[:-1]]


ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unescaped(value):
    """A value as COPY writes it."""
    if value == "\\N":
        return None
    parts = value.split("\\\\")
    for place, part in enumerate(parts):
        for letter, meaning in ESCAPES.items():
            part = part.replace("\\" + letter, meaning)
        parts[place] = part
    return "\\".join(parts)


def instant(text):
    """RFC 3339 of a timestamptz in UTC, as the log or JSON has it; None stays None."""
    if text is None:
        return None
    offset = "+00:00" if text.endswith("+00:00") else "+00"
    return text.replace(" ", "T").removesuffix(offset) + "Z"


def number_of(lsn):
    """A place in the log, such as 0/16B3748, as a number."""
    high, low = lsn.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def changes(slot):
    """The committed changes that wait: (place of the commit, instant, [(table, row, gone)])."""
    rows = psql(
        "SELECT lsn, data FROM pg_logical_slot_peek_changes("
        f"'{slot}', NULL, {CHANGES}, 'include-timestamp', 'on', 'skip-empty-xacts', 'on')"
    )
    inside = []
    for lsn, data in rows:
        if data.startswith("BEGIN"):
            inside = []
        elif data.startswith("COMMIT"):
            at = data[data.index("(at ") + 4 : -1]
            yield lsn, instant(at), inside
        else:
            inside += change(data)


def change(data):
    """One line of test_decoding, as a list of one change or none."""
    table, _, rest = data.removeprefix("table ").partition(": ")
    verb, _, rest = rest.partition(": ")
    if table not in TABLES:
        return []
    if verb == "TRUNCATE":
        raise Fault(f"{table} was truncated, and the log does not say which rows are gone")
    if rest.startswith("(no-tuple-data)") or (verb != "INSERT" and not is_full(verb, rest)):
        raise Fault(f"{table} needs: ALTER TABLE {table} REPLICA IDENTITY FULL")
    old, new = {}, rest
    if verb == "UPDATE":
        old, new = columns(rest.removeprefix("old-key: "))
        new = new.removeprefix("new-tuple: ")
    row, _ = columns(new)
    # A long value that an update left alone is not in the log again.
    row = {name: old[name] if value is UNCHANGED else value for name, value in row.items()}
    if verb == "DELETE":
        # What was null is not in the log.
        return [(table, collections.defaultdict(lambda: None, row), True)]
    return [(table, row, False)]


def is_full(verb, rest):
    """Whether the log has the whole old row, which says whose it was."""
    return rest.startswith("old-key: ") if verb == "UPDATE" else rest.count("]:") > 1


UNCHANGED = object()


def columns(text):
    """Columns up to the end or to the new tuple: (values by name, the rest of the text)."""
    values = {}
    while text and not text.startswith("new-tuple: "):
        name, text = word(text)
        # The type stands in brackets and may have brackets of its own, as in tags[text[]]:
        text = text[text.index("]:") + 2 :]
        values[name], text = literal(text)
        text = text.removeprefix(" ")
    return values, text


def word(text):
    """A column's name, quoted where it has to be."""
    if not text.startswith('"'):
        end = text.index("[")
        return text[:end], text[end:]
    return quoted(text, '"')


def literal(text):
    """A value: quoted, null, left alone, or plain as numbers are."""
    if text.startswith("'"):
        return quoted(text, "'")
    plain, _, rest = text.partition(" ")
    known = {"null": None, "unchanged-toast-datum": UNCHANGED}
    return known.get(plain, plain), rest


def quoted(text, quote):
    """What stands between quotes; a quote inside is doubled."""
    end = 1
    while True:
        end = text.index(quote, end)
        if text[end : end + 2] != quote * 2:
            return text[1:end].replace(quote * 2, quote), text[end + 1 :]
        end += 2


# --- the two commands --------------------------------------------------------------------------


def snapshot():
    """Writes what the tables hold. Whatever the log says later counts more: its order is greater."""
    for table, event in TABLES.items():
        for key, at, text in psql(f"SELECT t.id, now(), row_to_json(t) FROM {table} t"):
            row = {name: as_text(value) for name, value in json.loads(text).items()}
            words = event(row, False)
            write(sys.stdout, f"snapshot {table} {key}", instant(at), 0, words)


def as_text(value):
    """A value of JSON as the log would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)


def write(stream, name, at, order, words):
    event = {"event": name, "at": at, "order": order, **words}
    stream.write(json.dumps(event, ensure_ascii=False) + "\n")


def follow(slot, once, command):
    """Hands changes over until a signal comes, or, if asked to, until none is left."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    pipe = subprocess.PIPE
    # The command gets no Ctrl-C of the terminal: it ends when its input does.
    child = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, encoding="utf-8", start_new_session=True
    )
    said = queue.Queue()
    threading.Thread(target=listen, args=(child.stdout, said), daemon=True).start()
    lines, handed_over = 0, 0
    while not stopped.is_set():
        # The slot has moved to what is durable, so this is what comes after it.
        place = None
        for lsn, at, inside in changes(slot):
            for index, (table, row, gone) in enumerate(inside):
                write(child.stdin, f"{lsn} {index}", at, number_of(lsn), TABLES[table](row, gone))
                lines += 1
            place = lsn
        child.stdin.flush()
        if place is not None:
            if lines > handed_over:
                wait_for(lines, child, said)
            psql(f"SELECT pg_replication_slot_advance('{slot}', '{place}')")
            handed_over = lines
        elif once:
            break
        else:
            stopped.wait(PAUSE)
    child.stdin.close()
    print(f"{handed_over} changes handed over", file=sys.stderr)
    return child.wait()


def listen(stream, said):
    for line in stream:
        committed = json.loads(line).get("committed")
        if committed:
            said.put(committed["line"])
    said.put(None)


def wait_for(lines, child, said):
    """Until the command has said that everything is durable."""
    done = 0
    while done < lines:
        done_now = said.get()
        if done_now is None:
            raise Fault(f"the command ended with {child.wait()} before everything was durable")
        done = done_now


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("snapshot", help="write what the tables hold")
    following = actions.add_parser("follow", help="hand changes over")
    following.add_argument("--slot", default="zweck", help="the replication slot")
    following.add_argument("--once", action="store_true", help="end when no change is left")
    following.add_argument("command", nargs="+", help="what takes the events, behind --")
    given = parser.parse_args()
    try:
        if given.action == "snapshot":
            snapshot()
            return 0
        return follow(given.slot, given.once, given.command)
    except Fault as fault:
        print(f"error: {fault}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
