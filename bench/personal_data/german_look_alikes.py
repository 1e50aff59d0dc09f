"""What looks like personal data and is none, for german.py: each function makes one sentence."""

from german_code import (
    at_price,
    code_path,
    colour,
    commit,
    decorator,
    file_name,
    git_remote,
    handle,
    image_digest,
    mac_address,
    matrix_product,
    npm_scope,
    unique_identifier,
    written_out_at,
)
from german_numbers import (
    amount,
    article,
    broken_card,
    broken_iban,
    case_number,
    customer_like_phone,
    date,
    device_number_luhn,
    gtin,
    insurance_number,
    invoice,
    isbn,
    large_number,
    order,
    period,
    postal_codes,
    serial,
    tax_number,
    time_of_day,
    trade_register,
    vat_number,
)
from german_values import digits
from german_words import TOWNS


def opening_hours(chance):
    return (
        f"Mo-Fr {chance.randint(7, 10)}:00-{chance.randint(16, 20)}:30 und Sa 10-14 Uhr, Halle {chance.randint(1, 9)}"
    )


def version(chance):
    value = ".".join(str(chance.randint(0, 25)) for _ in range(4))
    return chance.choice(
        (
            f"Seit Version {value} läuft der Import.",
            f"Update auf v{value} eingespielt.",
            f"Bitte mindestens Release {value} verwenden.",
            f"Firmware {value} behebt den Fehler.",
        )
    )


def section(chance):
    value = ".".join(str(chance.randint(1, 12)) for _ in range(4))
    return chance.choice(
        (
            f"Siehe Abschnitt {value} der Norm.",
            f"Kapitel {value} beschreibt die Prüfung.",
            f"Ziffer {value} der Leistungsbeschreibung fehlt.",
        )
    )


def object_identifier(chance):
    return f"Die OID 1.3.6.1.4.1.{digits(chance, 5, '123456789')}.2.{chance.randint(1, 99)} gehört zum Drucker."


def broken_ip(chance):
    value = chance.choice(
        (
            f"{chance.randint(256, 999)}.{chance.randint(0, 255)}.1.1",
            f"10.0.{chance.randint(256, 400)}.3",
            f"{chance.randint(1, 200)}.{chance.randint(1, 200)}.{chance.randint(1, 200)}",
        )
    )
    return f"Die Eingabe {value} wird als ungültig abgelehnt."


def verse(chance):
    book, chapter = chance.choice(("Joh", "1 Kor", "Ps", "1. Mose", "Mt", "Röm")), chance.randint(1, 50)
    return f"{book} {chapter},{chance.randint(1, 30)}-{chance.randint(31, 40)} war der Taufspruch."


def norm(chance):
    value = chance.choice(
        (
            "DIN EN ISO 9001:2015",
            "ISO/IEC 27001:2022",
            "DIN 18040-2:2011-09",
            "DIN EN 1090-2",
            "IEC 61508-3",
            "VDI 2230 Blatt 1",
            "DIN EN ISO 13849-1:2016-06",
        )
    )
    return chance.choice((f"Zertifiziert nach {value} seit {chance.randint(2010, 2024)}.", f"Auditor für {value}"))


def law(chance):
    value = chance.choice(
        (
            f"§ {chance.randint(1, 2385)} Abs. {chance.randint(1, 5)} BGB",
            f"Art. {chance.randint(1, 99)} Abs. 1 lit. f DSGVO",
            f"§§ {chance.randint(1, 90)} ff. HGB",
            f"§ {chance.randint(1, 300)}a StGB",
        )
    )
    return chance.choice((f"Ein Anspruch aus {value} besteht nicht.", f"Rechtsgrundlage ist {value}."))


def house_number(chance):
    return chance.choice(
        (
            f"Hausnummer {chance.randint(1, 99)}{chance.choice('abc')} fehlt noch im Formular.",
            f"Treffpunkt ist Haus {chance.randint(1, 20)}, Eingang {chance.choice('ABC')}.",
            f"Raum {chance.randint(1, 4)}.{digits(chance, 2)}, Gebäude {chance.randint(1, 30)}",
            f"Zimmer {digits(chance, 3, '123')} im 2. OG",
        )
    )


def street_words(chance):
    number = chance.randint(2, 90)
    return chance.choice(
        (
            f"Auf der Straße standen {number} Leute.",
            f"Wir landeten auf Platz {number} von 120.",
            f"In der Allee stehen {number} Linden.",
            f"Am Markt gibt es {number} Stände.",
            f"Der Weg ist {number} Kilometer lang.",
            f"Ring {number} der Turbine ist gerissen.",
            f"Wir bauen Straße {number} der Fertigung um.",
            f"Das Ufer ist {number} Meter entfernt.",
        )
    )


def mathematics(chance):
    a, b, c = (chance.randint(2, 999) for _ in range(3))
    return chance.choice(
        (
            f"Es gilt {a} + {b} = {a + b}.",
            f"f(x) = {a}x² - {b}x + {c}",
            f"({a} - {b}) / {c} ergibt den Faktor.",
            f"{a}·10^{chance.randint(3, 12)} Teilchen",
            f"Bei {a}/{b} = {a / b:.9f} runden wir.",
        )
    )


def coordinates(chance):
    north, east = 47 + chance.random() * 7, 6 + chance.random() * 9
    value = chance.choice(
        (
            f"{north:.6f}, {east:.6f}",
            f"{int(north)}° {chance.randint(0, 59)}' {chance.randint(0, 59)}\" N, {int(east)}° 7' O",
            f"N{north:.5f} E{east:.5f}",
        )
    )
    return f"Treffpunkt bei {value}."


def ratio(chance):
    return chance.choice(
        (
            f"Das Spiel endete {chance.randint(0, 5)}:{chance.randint(0, 5)} (1:1).",
            f"Maßstab 1:{digits(chance, 5, '125')}",
            f"Bildformat {chance.randint(800, 4000)}x{chance.randint(600, 3000)} Pixel",
            f"{chance.randint(10, 99)}-{chance.randint(100, 200)} Personen je Kurs",
        )
    )


def flight(chance):
    return chance.choice(
        (
            f"LH {digits(chance, 4, '123456789')} landet um 9:40 Uhr.",
            f"ICE {digits(chance, 3, '5679')} nach {chance.choice(TOWNS['DE'])[2]}",
            f"Kennzeichen B-{chance.choice('ABCD')}X {digits(chance, 4, '123456789')}",
            f"B{chance.randint(1, 500)}, A{chance.randint(1, 99)} Richtung {chance.choice(TOWNS['DE'])[2]}",
        )
    )


LOOK_ALIKES = {
    "invoice-number": invoice,
    "article-number": article,
    "gtin": lambda chance: gtin(chance, False),
    "gtin-passing-luhn": lambda chance: gtin(chance, True),
    "isbn": isbn,
    "order-number": order,
    "customer-number-like-phone": customer_like_phone,
    "date": date,
    "period": period,
    "time": time_of_day,
    "opening-hours": opening_hours,
    "version-like-ip": version,
    "section-like-ip": section,
    "object-identifier": object_identifier,
    "invalid-ip": broken_ip,
    "amount": amount,
    "large-number": large_number,
    "bible-verse": verse,
    "norm": norm,
    "law": law,
    "house-number": house_number,
    "street-words": street_words,
    "postal-code": postal_codes,
    "case-number": case_number,
    "trade-register": trade_register,
    "vat-number": vat_number,
    "tax-number": tax_number,
    "mathematics": mathematics,
    "iban-wrong-check": broken_iban,
    "card-wrong-check": broken_card,
    "imei-passing-luhn": device_number_luhn,
    "coordinates": coordinates,
    "colour": colour,
    "mac-address": mac_address,
    "commit-hash": commit,
    "uuid": unique_identifier,
    "matrix-product": matrix_product,
    "decorator": decorator,
    "handle": handle,
    "npm-scope": npm_scope,
    "git-remote": git_remote,
    "image-digest": image_digest,
    "at-sign": at_price,
    "file-name": file_name,
    "code-path": code_path,
    "serial-number": serial,
    "ratio": ratio,
    "insurance-and-bank-number": insurance_number,
    "flight-and-road": flight,
    "at-in-brackets": written_out_at,
}
