"""Writes a feed of a made-up platform, always the same: accounts, posts, edits, deletions."""

import json
import random
import sys

WORDS = "bridge road river city work people team build plan design test load steel stone".split()


def main(events):
    chance = random.Random(1)
    members, items = [], []
    for number in range(events):
        kind = chance.random()
        if kind < 0.10 or not members:
            members.append(f"m{len(members)}")
            body = account(members[-1], "active")
        elif kind < 0.75 or not items:
            items.append((chance.choice(members), f"i{len(items)}"))
            body = post(chance, *items[-1], "public")
        elif kind < 0.90:
            body = post(chance, *chance.choice(items), chance.choice(["public", "private"]))
        elif kind < 0.97:
            member, item = chance.choice(items)
            body = {"kind": "delete", "member": member, "of": "post", "id": item}
        else:
            body = account(chance.choice(members), chance.choice(["active", "closed"]))
        print(json.dumps({"event": f"e{number}", "at": at(number), "order": number, **body}))


def account(member, status):
    words = {"name": f"Member {member}", "region": "DE", "age": "adult", "status": status}
    return {"kind": "member", "member": member, **words}


def post(chance, member, item, visibility):
    text = " ".join(chance.choices(WORDS, k=30))
    return {"kind": "post", "member": member, "id": item, "text": text, "visibility": visibility}


def at(number):
    day, second = divmod(number, 86_400)
    hours, minutes = divmod(second // 60, 60)
    return f"2026-01-{1 + day % 28:02}T{hours:02}:{minutes:02}:{second % 60:02}Z"


if __name__ == "__main__":
    main(int(sys.argv[1]))
