"""A German test set for finders of personal data: python3 german.py [--seed N] [--each N] > german.jsonl.

JSON lines {"text", "spans": [{"kind", "start", "end", "form"}], "look_alike"}, bytes of UTF-8. There are `each` values
of every kind, all valid by construction, and as many texts of look-alikes in which nothing is to be found. A span with
`"optional": true` lies in a wider one (the e-mail address in a URL). `git@host:path` counts as a look-alike: the
account `git` is no person's and the whole is the address of a repository. A version with four numbers is one, too.
"""

import argparse
import json
import random

from german_links import ip, url, within
from german_look_alikes import LOOK_ALIKES
from german_phones import phone
from german_values import card, digits, email, iban, name, postal_address
from german_words import FIRMS, TOWNS
from rules import VALID, real_values

SENTENCES = {
    "email": (
        "Schreibt mir gern an {}.",
        "E-Mail: {}",
        "Rückfragen bitte an {}, danke!",
        "Bewerbungen nimmt {name} entgegen ({}).",
        "Ihr erreicht {name} unter {} – wir freuen uns.",
        "{name} <{}>",
        "Mail an {} genügt",
        "Kontakt: {} | XING | LinkedIn",
        "Wer Interesse hat: {}",
        "cc: {}; bitte antworten",
    ),
    "phone": (
        "Tel.: {}",
        "Telefon {}",
        "Mobil {}",
        "Fax: {}",
        "Ruf mich an: {}",
        "Ihr erreicht {name} unter {}.",
        "Handy: {} (auch WhatsApp)",
        "Für Rückfragen bin ich unter {} erreichbar.",
        "{name}, Vertrieb, T {}",
        "Die Durchwahl von {name} ist {}, bitte nicht vor 9 Uhr.",
        "☎ {}",
        "Einfach durchklingeln ({})!",
    ),
    "iban": (
        "IBAN: {}",
        "Bitte überweist den Beitrag auf {}.",
        "Bankverbindung {name}, IBAN {}",
        "Spendenkonto: {} (Stichwort Hochwasser)",
        "Kontonummer neu: {}, gültig ab Mai",
        "Überweisung an {name}: {}",
    ),
    "card": (
        "Kreditkarte: {}",
        "Meine Karte {} wurde gesperrt.",
        "Die Kartennummer von {name} lautet {}.",
        "Bitte belastet {} (gültig bis 09/27).",
        "Zahlung mit {} fehlgeschlagen",
        "Visa/Mastercard {} – Prüfziffer separat",
    ),
    "ip": (
        "Zugriff von {} um 14:03 Uhr.",
        "IP-Adresse: {}",
        "Der Server {} antwortet nicht.",
        "Anmeldung von {name} ({}) erkannt",
        "ping {}",
        'Im Log steht {} - - "GET / HTTP/1.1" 200',
        "Letzte Anmeldung von {}",
    ),
    "url": (
        "Hier ist der Link: {}",
        "Bitte bestätigen: {}",
        "Mein Zugang ist {} – nicht weitergeben!",
        "Siehe {}.",
        "Link ({}) läuft morgen ab.",
        "{name} hat {} geteilt",
        "<{}>",
    ),
    "postal-address": (
        "Anschrift: {}",
        "{name}, {}",
        "Wir sind umgezogen: {}",
        "Treffpunkt ist {}.",
        "Post bitte an {name}, {}",
        "Mein neues Büro: {} – kommt vorbei!",
        "Seit Mai wohnt {name} hier: {}.",
        "Impressum\n{name}\n{}",
    ),
}
MAKERS = {
    "email": email,
    "phone": phone,
    "iban": iban,
    "card": card,
    "ip": ip,
    "url": url,
    "postal-address": postal_address,
}
LUCKY = "-passing-luhn"
ROLES = ("Leiterin Einkauf", "Geschäftsführer", "Beraterin", "Vertrieb Süd", "Rechtsanwältin", "Prüfingenieur")
GREETINGS = ("Mit freundlichen Grüßen", "Viele Grüße", "Beste Grüße")


class Writer:
    """Puts a text together and keeps where its values lie."""

    def __init__(self):
        self.text, self.spans = "", []

    def say(self, words):
        self.text += words
        return self

    def mark(self, kind, form, value):
        start = len(self.text)
        self.spans += [self.span(kind, form, value, start, 0, len(value))]
        self.spans += [
            self.span(inner, "within-url", value, start, low, high) | {"optional": True}
            for inner, low, high in within(kind, value)
        ]
        return self.say(value)

    def span(self, kind, form, value, start, low, high):
        before = len((self.text[:start] + value[:low]).encode())
        return {"kind": kind, "start": before, "end": before + len(value[low:high].encode()), "form": form}

    def entry(self, look_alike=None):
        return {"text": self.text, "spans": self.spans, "look_alike": look_alike}


def test_set(seed, each):
    """Every value once: a fifth of the e-mails, phones and addresses in signatures, the others in sentences."""
    chance = random.Random(seed)
    values = {kind: [make(chance) for _ in range(each)] for kind, make in MAKERS.items()}
    for kind, made in values.items():
        check(kind, made)
    entries = [signature(chance, values) for _ in range(each // 5)]
    entries += [sentence(chance, kind, *value) for kind, made in values.items() for value in made]
    names = list(LOOK_ALIKES)
    entries += [look_alike(chance, names[number % len(names)]) for number in range(each * len(MAKERS))]
    chance.shuffle(entries)
    return entries


def check(kind, made):
    """What a rule can judge must pass it; written-out e-mails have no such rule."""
    for form, value in made:
        plain = form.split("-")[0]
        if plain not in ("at", "aet") and not VALID[kind](value):
            raise ValueError(f"made an invalid {kind}: `{value}`")


def sentence(chance, kind, form, value):
    before, after = chance.choice(SENTENCES[kind]).replace("{name}", name(chance)).split("{}")
    return Writer().say(before).mark(kind, form, value).say(after).entry()


def signature(chance, values):
    """A signature as under a mail: it takes a value each off the lists of e-mails, phones and addresses."""
    writer = Writer().say(f"{chance.choice(GREETINGS)}\n{name(chance)}\n{chance.choice(ROLES)}\n")
    writer.say(f"{chance.choice(FIRMS).replace('-', ' ').title()} GmbH\n").mark(
        "postal-address", *values["postal-address"].pop()
    )
    writer.say(f"\n{chance.choice(('Tel.: ', 'Fon ', 'T ', 'Mobil: ', 'Telefon: '))}").mark(
        "phone", *values["phone"].pop()
    )
    writer.say(f"\n{chance.choice(('E-Mail: ', 'Mail ', '', 'E '))}").mark("email", *values["email"].pop())
    town = chance.choice(TOWNS["DE"])[2]
    return writer.say(
        f"\nAmtsgericht {town}, HRB {digits(chance, 5, '123456789')} · USt-IdNr. DE{digits(chance, 9, '123')}"
    ).entry()


def look_alike(chance, kind):
    """One look-alike; a number in it that passes Luhn's check by chance is told by the name of the kind."""
    text = LOOK_ALIKES[kind](chance)
    lucky = any(found == "card" for found, _, _ in real_values(text)) and not kind.endswith(LUCKY)
    return Writer().say(text).entry(kind + LUCKY * lucky)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=1000)
    options = parser.parse_args()
    for entry in test_set(options.seed, options.each):
        print(json.dumps(entry, ensure_ascii=False))
