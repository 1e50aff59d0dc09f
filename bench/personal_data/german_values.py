"""Makes e-mail addresses, accounts, cards and postal addresses; email, iban, card, postal_address: (form, value)."""

from german_words import FIRMS, FIRST, LAST, STREET_HEADS, STREET_NAMED, STREET_STEMS, STREET_WHOLE, TOWNS
from rules import IBAN_LENGTH, passes_luhn, remainder_97

COUNTRIES = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz"}
TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ö": "Oe", "Ü": "Ue", "Ä": "Ae", "ß": "ss"})


def digits(chance, count, first="0123456789"):
    return chance.choice(first) + "".join(chance.choice("0123456789") for _ in range(count - 1))


def name(chance):
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def grouped(text, sizes, separator=" "):
    """The text cut into pieces of these sizes; the last size is repeated to the end."""
    pieces, sizes = [], list(sizes)
    while text:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        pieces.append(text[:size])
        text = text[size:]
    return separator.join(pieces)


def email(chance):
    first, last = (part.lower().translate(TRANSCRIBED) for part in name(chance).split())
    firm, end = chance.choice(FIRMS), chance.choice(("de", "de", "de", "com", "net", "org", "at", "ch", "eu"))
    local = chance.choice(
        (
            f"{first}.{last}",
            f"{first[0]}.{last}",
            f"{last}",
            f"{first}_{last}",
            f"{first}-{last}",
            f"{first}{chance.randint(1, 99)}",
            "info",
            "bewerbung",
            "kontakt",
        )
    )
    host = chance.choice(
        (f"{firm}.{end}", f"{firm}.{end}", f"mail.{firm}.{end}", f"example.{chance.choice(('com', 'org', 'net'))}")
    )
    umlaut = f"{chance.choice(LAST).lower()}-söhne.{end}"
    forms = {
        "plain": f"{local}@{host}",
        "plus-tag": f"{local}+{chance.choice(('xing', 'newsletter', 'jobs2024'))}@{host}",
        "capitals": f"{first.title()}.{last.title()}@{host.title()}",
        "digits": f"{last}{digits(chance, 4)}@{host}",
        "umlaut-domain": f"{local}@{umlaut}",
        "umlaut-local": f"{chance.choice(('jürgen', 'sören', 'käthe', 'günter'))}.{last}@{host}",
        "punycode": f"{local}@xn--{firm.replace('-', '')}-{digits(chance, 3)}a.{end}",
        "long-top-level": f"{local}@{firm}.{chance.choice(('berlin', 'online', 'digital', 'consulting'))}",
        "reserved-top-level": f"{local}@{firm}.example",
        "subdomains": f"{local}@post.{chance.choice(('nord', 'sued'))}.{firm}.{end}",
        "at-punkt": f"{local} (at) {firm} (punkt) {end}",
        "at-dot": f"{local} [at] {firm} [dot] {end}",
        "at-alone": f"{local}(at){firm}.{end}",
        "aet": f"{local} (ät) {firm} (punkt) {end}",
    }
    weights = {"plain": 8, "plus-tag": 3, "umlaut-domain": 2, "at-punkt": 2}
    form = chance.choices(list(forms), [weights.get(form, 1) for form in forms])[0]
    return form, forms[form]


ACCOUNT_LETTERS = {"NL": 4, "GB": 4, "IE": 4}


def account(chance, country):
    """A country, two check digits by MOD 97-10 and an account of the country's length."""
    letters = "".join(chance.choice("ABCDEFGHKLMNPRSTUVW") for _ in range(ACCOUNT_LETTERS.get(country, 0)))
    rest = letters + digits(chance, IBAN_LENGTH[country] - 4 - len(letters))
    return f"{country}{98 - remainder_97(f'{country}00{rest}'):02}{rest}"


def iban(chance):
    country = chance.choices(
        ("DE", "AT", "CH", "LI", "LU", "NL", "BE", "ES", "PL", "GB"), (50, 12, 12, 2, 4, 5, 4, 4, 3, 4)
    )[0]
    value = account(chance, country)
    forms = {
        "fours": grouped(value, [4]),
        "together": value,
        "lower": value.lower(),
        "lower-fours": grouped(value, [4]).lower(),
        "no-break-spaces": grouped(value, [4], "\u00a0"),
        "country-apart": f"{value[:2]} {grouped(value[2:], [2, 4])}",
    }
    form = chance.choices(list(forms), (40, 30, 10, 8, 8, 4))[0]
    return f"{country}-{form}", forms[form]


CARDS = {
    "visa": (("4",), 16),
    "mastercard": (("51", "52", "53", "54", "55", "2221", "2720"), 16),
    "amex": (("34", "37"), 15),
    "diners": (("36", "305"), 14),
    "discover": (("6011", "65"), 16),
    "jcb": (("3528", "3589"), 16),
    "maestro": (("5018", "6759", "6763"), 16),
    "maestro-short": (("5018", "6759"), 12),
    "unionpay": (("62",), 16),
    "visa-19": (("4",), 19),
}


def with_luhn(number, passing=True):
    """The digits and one more, with which Luhn's check passes or, on demand, fails."""
    check = next(check for check in "0123456789" if passes_luhn(number + check))
    return number + (check if passing else str((int(check) + 3) % 10))


def card_number(chance, brand, passing=True):
    prefixes, length = CARDS[brand]
    prefix = chance.choice(prefixes)
    return with_luhn(prefix + digits(chance, length - len(prefix) - 1), passing)


def card_forms(number):
    sizes = [4, 6, 5] if len(number) in (14, 15) else [4]
    return {"together": number, "spaces": grouped(number, sizes), "hyphens": grouped(number, sizes, "-")}


def card(chance):
    brand = chance.choices(list(CARDS), (30, 25, 10, 5, 5, 4, 10, 3, 5, 3))[0]
    forms = card_forms(card_number(chance, brand))
    form = chance.choices(list(forms), (40, 45, 15))[0]
    return f"{brand}-{form}", forms[form]


def secret(chance, count, letters="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"):
    return "".join(chance.choice(letters) for _ in range(count))


def hexadecimal(chance, count):
    return secret(chance, count, "0123456789abcdef")


def street(chance):
    return chance.choices(
        (
            chance.choice(STREET_STEMS) + chance.choice(STREET_HEADS),
            chance.choice(STREET_NAMED) + chance.choice(STREET_HEADS),
            chance.choice(STREET_WHOLE),
            f"{chance.choice(FIRST)}-{chance.choice(LAST)}-{chance.choice(('Straße', 'Weg', 'Platz', 'Str.'))}",
        ),
        (45, 15, 32, 8),
    )[0]


def house(chance):
    number = chance.randint(1, 148)
    return chance.choice(
        (
            f"{number}",
            f"{number}",
            f"{number}",
            f"{number}{chance.choice('abcd')}",
            f"{number} {chance.choice('abc')}",
            f"{number}-{number + 2}",
            f"{number}/{chance.randint(1, 9)}",
        )
    )


def postal_address(chance):
    country = chance.choices(("DE", "AT", "CH"), (76, 12, 12))[0]
    code, _, town = chance.choice(TOWNS[country])
    line, prefix = f"{street(chance)} {house(chance)}", {"DE": "D", "AT": "A", "CH": "CH"}[country]
    box = grouped(digits(chance, chance.choice((4, 6)), "123456789"), [2])
    forms = {
        "one-line": f"{line}, {code} {town}",
        "prefix": f"{line}, {prefix}-{code} {town}",
        "lines": f"{line}\n{code} {town}",
        "floor": f"{line}, {chance.choice(('2. OG', 'Hinterhaus', 'EG rechts', '3. Stock'))}, {code} {town}",
        "no-comma": f"{line} {code} {town}",
        "country": f"{line}, {code} {town}, {COUNTRIES[country]}",
        "bullet": f"{line} · {code} {town}",
        "street-only": f"{line}",
        "box": f"Postfach {box}, {code} {town}",
        "box-lines": f"Postfach {box}\n{code} {town}",
        "code-first": f"{code} {town}, {line}",
        "in-town": f"{line} in {code} {town}",
        "lower": f"{line}, {code} {town}".lower(),
    }
    form = chance.choices(list(forms), (26, 10, 14, 4, 6, 6, 4, 8, 5, 2, 6, 6, 3))[0]
    return f"{country}-{form}", forms[form]
