"""Makes addresses of machines and URLs with something secret in them: each function gives (form, value)."""

import ipaddress
import re

from german_values import TRANSCRIBED, digits, hexadecimal, secret
from german_words import FIRMS, FIRST, LAST

DOCUMENTATION = ("192.0.2.", "198.51.100.", "203.0.113.")


def global_address(chance):
    while True:
        address = ipaddress.IPv4Address(chance.getrandbits(32))
        if address.is_global and not address.is_multicast:
            return str(address)


def ip(chance):
    six = ipaddress.IPv6Address((0x2001_0DB8 << 96) | chance.getrandbits(96))
    short = ipaddress.IPv6Address((0x2001_0DB8 << 96) | (chance.getrandbits(16) << 64) | chance.getrandbits(12) + 1)
    forms = {
        "v4": global_address(chance),
        "v4-documentation": chance.choice(DOCUMENTATION) + str(chance.randint(1, 254)),
        "v6": str(six),
        "v6-full": six.exploded,
        "v6-capitals": str(six).upper(),
        "v6-short": str(short),
        "v6-mapped": "::ffff:" + global_address(chance),
        "v6-link-local": f"fe80::{chance.getrandbits(16):x}:{chance.getrandbits(16):x}",
    }
    form = chance.choices(list(forms), (45, 20, 8, 6, 5, 8, 4, 4))[0]
    return form, forms[form]


def url(chance):
    end = chance.choice(("de", "com", "at", "ch", "io"))
    host = f"{chance.choice(('www.', 'app.', 'portal.', ''))}{chance.choice(FIRMS)}.{end}"
    path = chance.choice(("login", "konto/bestaetigen", "bewerbung", "dokumente/vertrag.pdf", "api/v2/profil"))
    mail = f"{chance.choice(FIRST).lower().translate(TRANSCRIBED)}@{chance.choice(FIRMS)}.de"
    token = f"eyJ{secret(chance, 20)}.{secret(chance, 30)}.{secret(chance, 22)}"
    forms = {
        "token": f"https://{host}/{path}?token={hexadecimal(chance, 32)}",
        "access-token": f"https://{host}/{path}?lang=de&access_token={token}",
        "fragment": f"https://{host}/rueckruf#access_token={secret(chance, 40)}&expires_in=3600",
        "email": f"https://{host}/{path}?email={mail}",
        "email-encoded": f"https://{host}/abmelden?email={mail.replace('@', '%40')}&id={digits(chance, 6)}",
        "session": f"http://{host}/{path};jsessionid={hexadecimal(chance, 32).upper()}",
        "php-session": f"https://{host}/index.php?PHPSESSID={hexadecimal(chance, 26)}",
        "basic": f"https://{chance.choice(LAST).lower().translate(TRANSCRIBED)}:{secret(chance, 12)}@{host}/{path}",
        "s3": f"https://{chance.choice(FIRMS)}.s3.eu-central-1.amazonaws.com/lebenslauf.pdf"
        f"?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential=AKIA{secret(chance, 16).upper()}%2F20240312%2Feu-central-1%2Fs3%2Faws4_request"
        f"&X-Amz-Expires=3600&X-Amz-Signature={hexadecimal(chance, 64)}",
        "api-key": f"https://api.{host}/v1/jobs?api_key={secret(chance, 24)}",
        "reset": f"https://{host}/passwort/neu/{hexadecimal(chance, 40)}",
        "umlaut-host": f"https://www.{chance.choice(LAST).lower()}-söhne.de/einladung?code={secret(chance, 10)}",
        "port": f"http://{host}:8443/{path}?sid={hexadecimal(chance, 16)}",
        "address-host": f"http://{global_address(chance)}/admin?key={secret(chance, 18)}",
        "share": f"https://{host}/s/{secret(chance, 22)}?usp=sharing",
    }
    form = chance.choice(list(forms))
    return form, forms[form]


def within(kind, value):
    """Places of what is real inside a URL: an e-mail or an address of a machine, by kind and characters."""
    for inner, pattern in (("email", r"(?<==)[\w.-]+(?:@|%40)[\w.-]+"), ("ip", r"(?<=//)\d+\.\d+\.\d+\.\d+")):
        if kind == "url":
            for match in re.finditer(pattern, value):
                yield inner, match.start(), match.end()
