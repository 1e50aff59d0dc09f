"""Says of a value whether it can be what it looks like: check digits, lengths, shapes; apart from any finder."""

import ipaddress
import re

# https://www.swift.com/standards/data-standards/iban-international-bank-account-number
IBAN_LENGTH = {
    "AD": 24,
    "AE": 23,
    "AL": 28,
    "AT": 20,
    "AZ": 28,
    "BA": 20,
    "BE": 16,
    "BG": 22,
    "BH": 22,
    "BR": 29,
    "BY": 28,
    "CH": 21,
    "CR": 22,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "DO": 28,
    "EE": 20,
    "EG": 29,
    "ES": 24,
    "FI": 18,
    "FO": 18,
    "FR": 27,
    "GB": 22,
    "GE": 22,
    "GI": 23,
    "GL": 18,
    "GR": 27,
    "GT": 28,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IL": 23,
    "IQ": 23,
    "IS": 26,
    "IT": 27,
    "JO": 30,
    "KW": 30,
    "KZ": 20,
    "LB": 28,
    "LC": 32,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MD": 24,
    "ME": 22,
    "MK": 19,
    "MR": 27,
    "MT": 31,
    "MU": 30,
    "NL": 18,
    "NO": 15,
    "PK": 24,
    "PL": 28,
    "PS": 29,
    "PT": 25,
    "QA": 29,
    "RO": 24,
    "RS": 22,
    "SA": 24,
    "SC": 31,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "ST": 25,
    "SV": 28,
    "TL": 23,
    "TN": 24,
    "TR": 26,
    "UA": 29,
    "VA": 22,
    "VG": 24,
    "XK": 20,
}
EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
INTERNATIONAL = re.compile(r"\+|00")


def passes_luhn(digits):
    """Luhn's sum over a string of digits, ISO/IEC 7812-1 annex B."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def remainder_97(account):
    """The remainder of ISO 7064 MOD 97-10 after the first four characters were moved to the end."""
    moved = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97


def is_iban(value):
    account = re.sub(r"\s", "", value).upper()
    if not re.fullmatch(r"[A-Z]{2}\d\d[0-9A-Z]+", account):
        return False
    return len(account) == IBAN_LENGTH.get(account[:2]) and remainder_97(account) == 1


def is_card(value):
    digits = re.sub(r"[\s.-]", "", value)
    return digits.isdecimal() and 12 <= len(digits) <= 19 and passes_luhn(digits)


def is_ip(value):
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def is_international_phone(value):
    return bool(INTERNATIONAL.match(value))


VALID = {
    "email": lambda value: bool(EMAIL.fullmatch(value)),
    "iban": is_iban,
    "card": is_card,
    "ip": is_ip,
    "url": lambda value: bool(re.match(r"(?i)https?://\S+\.\S", value)),
    "phone": lambda value: 6 <= sum(character.isdigit() for character in value) <= 18,
    "postal-address": lambda value: bool(value.strip()),
}

# A coarse look at the text that knows no marks: what it sees and VALID confirms is real, marked or not.
SEEN = {
    "email": re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]*[^\W_]"),
    "url": re.compile(r"(?i)https?://\S+"),
    "ip": re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*)(?![\w:])"),
    "iban": re.compile(r"(?<!\w)[A-Za-z]{2}\s?\d\d"),
    "card": re.compile(r"(?<![\w.])\d(?:[ -]?\d){11,18}(?![\w])"),
    "phone": re.compile(r"(?<![\w.+])(?:\+|00)\d[\d ()/.-]{6,}\d"),
}


def real_values(text):
    """Yields (kind, start, end) in characters of everything in the text that is real by its own check.

    Digits of an account number are no card and no phone.
    """
    accounts = []
    for kind, pattern in SEEN.items():
        for match in pattern.finditer(text):
            start, end = match.start(), account_end(text, match.start()) if kind == "iban" else match.end()
            if VALID[kind](text[start:end]) and not any(low < end and start < high for low, high in accounts):
                accounts += [(start, end)] * (kind == "iban")
                yield kind, start, end


def account_end(text, start):
    """Where an account number that starts here has the length of its country, white space not counted."""
    length = IBAN_LENGTH.get(text[start : start + 2].upper(), 0)
    places = [place for place in range(start, min(len(text), start + 2 * length)) if not text[place].isspace()]
    return places[length - 1] + 1 if 0 < length <= len(places) else start
