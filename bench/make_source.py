"""Writes a source of a made-up network of about a given size, always the same.

python3 bench/make_source.py ndjson|linkedin|stack-exchange|members MEGABYTES|ROWS TARGET

`members` makes events of ROWS items by ROWS/20 members, the rows of a member together.
"""

import csv
import io
import json
import os
import random
import sys
import zipfile
from xml.sax.saxutils import quoteattr

WORDS = """bridge road river city work people team build plan design test load steel stone water
light season market letter answer question method result number system paper garden window house
school summer winter north south east west early later always never often twice almost rather quite
measure weigh count draw carry lift bend break mend paint write read learn teach speak listen""".split()
FIRST = "Anna Ben Carla David Erna Fritz Greta Hans Ida Jonas Karla Leo Mara Nils Olga Paul".split()
LAST = "Adler Bauer Claus Dorn Ebert Falk Gruber Horn Imhof Jung Keller Lang Moser Nagel".split()


class Network:
    def __init__(self):
        self.chance = random.Random(7)
        self.texts = [self.words(14) for _ in range(4_000)]

    def words(self, count):
        return " ".join(self.chance.choices(WORDS, k=count))

    def text(self):
        return f"{self.chance.choice(self.texts)}, {self.chance.choice(self.texts)} " \
            f"{self.chance.randrange(1 << 40):x}."

    def name(self, number):
        return f"{FIRST[number % 16]} {LAST[number // 16 % 14]} {number}"

    def at(self, number):
        minute = number // 40 % 2_000_000
        day, minute = divmod(minute, 1440)
        return (f"{2024 - day // 336:04}-{1 + day // 28 % 12:02}-{1 + day % 28:02}",
                f"{minute // 60:02}:{minute % 60:02}:{number % 60:02}")


def ndjson(size, target):
    network, written, number, members, items = Network(), 0, 0, 0, []
    chance = network.chance
    with open(target, "w", encoding="utf-8") as file:
        while written < size:
            day, time = network.at(number)
            event = {"event": f"e{number}", "at": f"{day}T{time}Z"}
            kind = chance.random()
            if kind < 0.05 or not members:
                event |= {"kind": "member", "member": f"m{members}", "name": network.name(members),
                          "region": "DE", "age": "adult", "status": "active"}
                members += 1
            else:
                member = f"m{chance.randrange(members)}"
                event |= {"member": member, "id": f"i{number}", "visibility": "public"}
                if kind < 0.55 or not items:
                    event |= {"kind": "post", "text": network.text()}
                    items.append((member, f"i{number}"))
                    if len(items) > 50_000:
                        items[chance.randrange(50_000)] = items.pop()
                else:
                    author, item = chance.choice(items)
                    first = network.name(int(author[1:])).split()[0]
                    event |= {"kind": "comment", "text": f"@{first} {network.text()}",
                              "parent": {"member": author, "kind": "post", "id": item}}
            written += file.write(json.dumps(event) + "\n")
            number += 1


def members(rows, target):
    network = Network()
    with open(target, "w", encoding="utf-8") as file:
        for number in range(rows):
            member, place = divmod(number, 20)
            day, time = network.at(number)
            event = {"event": f"e{number}", "at": f"{day}T{time}Z", "member": f"m{member}"}
            if place == 0:
                file.write(json.dumps(event | {"event": f"a{member}", "kind": "member",
                                               "name": network.name(member), "region": "DE",
                                               "age": "adult", "status": "active"}) + "\n")
            event |= {"kind": "post", "id": f"i{number}", "visibility": "public",
                      "text": network.text()}
            file.write(json.dumps(event) + "\n")


def linkedin(size, target):
    network = Network()
    tables = [
        ("Profile.csv", ["First Name", "Last Name", "Headline", "Summary", "Geo Location",
                         "Websites"], 1, lambda n: ["Ada", "Beispiel", "Engineer", "", "", ""]),
        ("Shares.csv", ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl",
                        "Visibility"], 0.5, lambda n: [
            " ".join(network.at(n)), link("share", n), network.text(), "", "", "MEMBER_NETWORK"]),
        ("Comments.csv", ["Date", "Link", "Message"], 0.3, lambda n: [
            " ".join(network.at(n)), link("share" if n % 4 == 0 else "activity", n),
            network.text()]),
        ("Reactions.csv", ["Date", "Type", "Link"], 0.2, lambda n: [
            " ".join(network.at(n)), "LIKE", link("activity", n)]),
    ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, header, share, row in tables:
            with archive.open(name, "w", force_zip64=True) as entry:
                text = io.TextIOWrapper(entry, "utf-8", newline="", write_through=False)
                out, number = csv.writer(text, lineterminator="\n"), 0
                written = 0
                out.writerow(header)
                while written < (share * size if share < 1 else 1):
                    values = row(number)
                    out.writerow(values)
                    written += sum(map(len, values)) + len(values)
                    number += 1
                text.flush()
                text.detach()


def link(kind, number):
    return f"https://www.linkedin.com/feed/update/urn%3Ali%3A{kind}%3A{7_200_000_000_000_000_000 - number}"


def stack_exchange(size, target):
    network, chance = Network(), random.Random(8)
    os.makedirs(target, exist_ok=True)

    def table(name, share, row):
        written = number = 0
        with open(f"{target}/{name}.xml", "w", encoding="utf-8") as file:
            file.write(f'<?xml version="1.0" encoding="utf-8"?>\n<{name.lower()}>\n')
            while written < share * size:
                number += 1
                day, time = network.at(number)
                row_now = row(number, f"{day}T{time}.000")
                pairs = " ".join(f"{key}={quoteattr(str(value))}" for key, value in row_now.items())
                written += file.write(f"  <row {pairs} />\n")
            file.write(f"</{name.lower()}>\n")
        return number

    users = table("Users", 0.1, lambda n, at: {
        "Id": n, "CreationDate": at, "DisplayName": network.name(n), "AboutMe": network.words(5)})
    body = lambda: f"<p>{network.text()}</p><p>{network.text()}</p>"

    def post(n, at):
        values = {"Id": n, "PostTypeId": 1 if n % 3 == 1 else 2, "CreationDate": at,
                  "Body": body(), "OwnerUserId": 1 + chance.randrange(users)}
        return values | ({"Title": network.words(6)} if n % 3 == 1 else
                         {"ParentId": n - (n - 1) % 3})

    posts = table("Posts", 0.6, post)
    table("Comments", 0.3, lambda n, at: {
        "Id": n, "PostId": 1 + chance.randrange(posts), "Text": network.text(),
        "CreationDate": at, "UserId": 1 + chance.randrange(users)})


if __name__ == "__main__":
    kind, amount, path = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    if kind == "members":
        members(int(amount), path)
    else:
        {"ndjson": ndjson, "linkedin": linkedin, "stack-exchange": stack_exchange}[kind](
            int(amount * 1_000_000), path)
