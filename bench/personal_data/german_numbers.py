"""Sentences with numbers that look like personal data and are none: each function makes one."""

from german_values import account, card_forms, card_number, digits, grouped, secret
from german_words import TOWNS
from rules import passes_luhn

MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()


def invoice(chance):
    number = chance.choice(
        (
            f"RE-{digits(chance, 4)}-{digits(chance, 5)}",
            f"2024/{digits(chance, 6)}",
            f"R{digits(chance, 9)}",
            digits(chance, 10, "123456789"),
        )
    )
    return chance.choice(
        (
            f"Die Rechnung Nr. {number} ist noch offen.",
            f"Rechnungsnummer: {number}, fällig in 14 Tagen.",
            f"Bitte bei der Zahlung {number} angeben.",
        )
    )


def article(chance):
    number = chance.choice(
        (
            f"{digits(chance, 3)}-{digits(chance, 4)}-{digits(chance, 2)}",
            digits(chance, 8),
            f"{digits(chance, 2)}.{digits(chance, 4)}.{digits(chance, 3)}",
        )
    )
    return chance.choice(
        (
            f"Artikelnummer {number} ist ausverkauft.",
            f"Art.-Nr.: {number} (Lager Süd)",
            f"Wir bestellen noch einmal {number} nach.",
        )
    )


def gtin(chance, luhn):
    """A GTIN-13 of a German prefix with a right check digit, of which Luhn's check is right, too, or is not."""
    while True:
        body = f"4{chance.randint(0, 40):02}{digits(chance, 9)}"
        weighed = sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body))
        number = body + str(-weighed % 10)
        if passes_luhn(number) == luhn:
            break
    number = chance.choice((number, f"{number[0]} {number[1:7]} {number[7:]}"))
    return chance.choice(
        (
            f"EAN {number} steht auf der Packung.",
            f"GTIN: {number}",
            f"Der Strichcode {number} wird an der Kasse nicht erkannt.",
        )
    )


def isbn(chance):
    body = f"978{chance.randint(0, 9)}{digits(chance, 8)}"
    check = -sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(body)) % 10
    number = chance.choice(
        (f"978-3-{body[4:8]}-{body[8:12]}-{check}", f"{body}{check}", f"3-{body[4:8]}-{body[8:12]}-X")
    )
    return chance.choice(
        (
            f"Das Buch hat die ISBN {number}.",
            f"ISBN: {number}, gebunden, 24 Euro",
            f"Mein Buch (ISBN {number}) ist erschienen!",
        )
    )


def order(chance):
    number = chance.choice(
        (
            f"{digits(chance, 3)}-{digits(chance, 7)}-{digits(chance, 7)}",
            f"A{digits(chance, 12)}",
            digits(chance, 9, "123456789"),
            f"#{digits(chance, 6)}",
        )
    )
    return chance.choice(
        (
            f"Ihre Bestellung {number} ist unterwegs.",
            f"Bestell-Nr. {number} wurde storniert.",
            f"Auftrag {number} liegt im Warenkorb.",
        )
    )


def customer_like_phone(chance):
    number = chance.choice((f"030{digits(chance, 7)}", f"0171{digits(chance, 7)}", f"49{digits(chance, 10)}"))
    return chance.choice(
        (
            f"Kundennummer {number} bitte immer angeben.",
            f"Ihre Vertragsnummer lautet {number}.",
            f"Sendungsnummer: {number}",
        )
    )


def date(chance):
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1980, 2026)
    value = chance.choice(
        (
            f"{day:02}.{month:02}.{year}",
            f"{day}. {MONTHS[month - 1]} {year}",
            f"{year}-{month:02}-{day:02}",
            f"{day:02}/{month:02}/{year}",
            f"{day}.{month}.{year % 100:02}",
            f"{year}{month:02}{day:02}",
            f"{day:02}-{month:02}-{year}",
        )
    )
    return chance.choice(
        (f"Der Termin ist am {value}.", f"Stand: {value}", f"Vom {value} bis auf Weiteres geschlossen.")
    )


def period(chance):
    year = chance.randint(1990, 2020)
    value = chance.choice(
        (
            f"{year}-{year + 4}",
            f"{year}/{year % 100 + 1:02}",
            f"01/{year} – 12/{year + 3}",
            f"01.04.{year} - 31.03.{year + 2}",
        )
    )
    return f"{value}: Projektleitung bei einem Mittelständler in {chance.choice(TOWNS['DE'])[2]}."


def time_of_day(chance):
    hour, minute, second = chance.randint(0, 23), chance.randint(0, 59), chance.randint(0, 59)
    value = chance.choice(
        (
            f"{hour:02}:{minute:02}:{second:02}",
            f"{hour}.{minute:02} Uhr",
            f"{hour:02}:{minute:02}",
            f"2024-03-12T{hour:02}:{minute:02}:{second:02}+01:00",
        )
    )
    return chance.choice(
        (f"Beginn {value}, Ende offen.", f"Letzter Eintrag um {value}.", f"Log [{value}] Dienst gestartet")
    )


def amount(chance):
    value = chance.choice(
        (
            f"{chance.randint(1, 999)}.{digits(chance, 3)},{digits(chance, 2)} Euro",
            f"€ {digits(chance, 4, '123456789')},-",
            f"{chance.randint(1, 99)}.{digits(chance, 3)}.{digits(chance, 3)} EUR",
            f"CHF {chance.randint(1, 9)}'{digits(chance, 3)}'{digits(chance, 3)}.00",
            f"{digits(chance, 6, '123456789')} €",
        )
    )
    return chance.choice(
        (f"Der Umsatz stieg auf {value}.", f"Gehalt: {value} brutto im Jahr", f"Wir haben {value} eingesammelt!")
    )


def large_number(chance):
    value = chance.choice(
        (
            grouped(digits(chance, 12, "123456789"), [3], "."),
            grouped(digits(chance, 9, "123456789"), [3]),
            digits(chance, 11, "23456789"),
        )
    )
    return chance.choice((f"Insgesamt wurden {value} Datensätze verarbeitet.", f"Das sind {value} Zeichen."))


def postal_codes(chance):
    codes = [chance.choice(TOWNS["DE"])[0] for _ in range(3)]
    return chance.choice(
        (
            f"Geliefert wird in die Gebiete {codes[0]}, {codes[1]} und {codes[2]}.",
            f"PLZ {codes[0]} bis {codes[1]}: Vertrieb Nord",
            f"Die Postleitzahl {codes[0]} war falsch.",
        )
    )


def case_number(chance):
    value = chance.choice(
        (
            f"{chance.randint(1, 20)} O {chance.randint(1, 500)}/{chance.randint(10, 24)}",
            f"{chance.randint(1, 6)} StR {chance.randint(1, 500)}/20",
            f"VI ZR {chance.randint(1, 500)}/18",
            f"{digits(chance, 3)} Js {digits(chance, 5)}/21",
            f"C-{chance.randint(100, 700)}/19",
        )
    )
    return chance.choice((f"Aktenzeichen {value}, Urteil vom Mai", f"Az.: {value} beim Landgericht"))


def trade_register(chance):
    town, register = chance.choice(TOWNS["DE"])[2], chance.choice(("HRB", "HRA"))
    number = digits(chance, chance.choice((4, 5, 6)), "123456789")
    return f"Amtsgericht {town}, {register} {number}{chance.choice(('', ' B'))}"


def vat_number(chance):
    value = chance.choice(
        (
            f"DE{digits(chance, 9, '123')}",
            f"DE {grouped(digits(chance, 9, '123'), [3])}",
            f"ATU{digits(chance, 8)}",
            f"CHE-{grouped(digits(chance, 9, '123'), [3], '.')} MWST",
        )
    )
    return chance.choice((f"USt-IdNr.: {value}", f"Umsatzsteuer-ID gemäß § 27a UStG: {value}"))


def tax_number(chance):
    value = chance.choice(
        (
            f"{digits(chance, 2, '123')}/{digits(chance, 3)}/{digits(chance, 5)}",
            f"{digits(chance, 3, '123')}/{digits(chance, 4)}/{digits(chance, 4)}",
            grouped(digits(chance, 11, "123456789"), [2, 3]),
        )
    )
    return chance.choice(
        (f"Steuernummer {value}", f"St.-Nr.: {value}, Finanzamt {chance.choice(TOWNS['DE'])[2]}", f"Steuer-ID {value}")
    )


def broken_iban(chance):
    value = account(chance, chance.choice(("DE", "AT", "CH")))
    broken = f"{value[:2]}{(int(value[2:4]) + chance.randint(1, 40)) % 97 + 2:02}{value[4:]}"
    if broken == value:
        broken = value[:-1] + str((int(value[-1]) + 1) % 10)
    return f"Die IBAN {chance.choice((broken, grouped(broken, [4])))} hat eine falsche Prüfziffer."


def broken_card(chance):
    forms = card_forms(card_number(chance, chance.choice(("visa", "mastercard", "amex")), passing=False))
    return chance.choice(
        ("Die Nummer {} wird abgelehnt.", "Seriennummer {} auf der Rückseite", "Referenz {} im Kontoauszug")
    ).format(chance.choice(list(forms.values())))


def device_number_luhn(chance):
    number = card_number(chance, "visa").replace("4", "8", 1)[:14]
    number += next(check for check in "0123456789" if passes_luhn(number + check))
    return chance.choice((f"IMEI {number} steht unter dem Akku.", f"Die IMEI lautet {number}."))


def serial(chance):
    return chance.choice(
        (
            f"Seriennummer {secret(chance, 12).upper()}",
            f"S/N {digits(chance, 4)}-{digits(chance, 4)}-{digits(chance, 4)}",
            f"Inventarnummer {digits(chance, 7)}",
            f"Charge {digits(chance, 2)}/{digits(chance, 5)}",
        )
    )


def insurance_number(chance):
    return chance.choice(
        (
            f"Rentenversicherung {digits(chance, 2)} {digits(chance, 6)} {chance.choice('ABKM')} {digits(chance, 3)}",
            f"BIC {secret(chance, 4).upper()}DEFF{secret(chance, 3).upper()}",
            f"BLZ {digits(chance, 8, '1234567')}",
        )
    )
