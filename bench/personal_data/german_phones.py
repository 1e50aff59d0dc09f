"""Makes phone numbers as people in German-speaking countries write them: each function gives (form, number)."""

from german_values import digits, grouped
from german_words import TOWNS

# Numbers for media that the Bundesnetzagentur gives to nobody, its Mitteilung 148/2021:
# https://www.teltarif.de/drama-rufnummern-fiktiv-bundesnetzagentur-filme/news/84487.html
DRAMA_LANDLINE = (("30", "23125"), ("69", "90009"), ("40", "66969"), ("221", "4710"), ("89", "99998"))
DRAMA_MOBILE = (
    ("171", "39200", 2),
    ("176", "040690", 2),
    ("152", "28817386", 0),
    ("152", "28895456", 0),
    ("152", "54599371", 0),
    ("172", "9925904", 0),
    ("172", "9968532", 0),
    ("172", "9973185", 0),
    ("174", "9091317", 0),
    ("174", "9464308", 0),
)


def phone(chance):
    return chance.choices(
        (landline, mobile, austrian_phone, swiss_phone, british_phone, american_phone), (40, 30, 10, 10, 6, 4)
    )[0](chance)


def one_of(chance, kind, forms):
    form = chance.choice(list(forms))
    return f"{kind}-{form}", forms[form]


def landline(chance):
    area, number = chance.choice(DRAMA_LANDLINE)
    number, kind = number + digits(chance, 3), "drama"
    if chance.random() < 0.7:
        area, kind = chance.choice(TOWNS["DE"])[1], "landline"
        number = digits(chance, chance.choice((6, 7, 8) if len(area) < 4 else (4, 5, 6)), "23456789")
    pairs, threes, direct = grouped(number, [2]), grouped(number, [3]), chance.choice(("0", "12", "345"))
    forms = {
        "space": f"0{area} {number}",
        "slash": f"0{area}/{number}",
        "slash-spaced": f"0{area} / {threes}",
        "hyphen": f"0{area}-{number}",
        "brackets": f"(0{area}) {number}",
        "pairs": f"0{area} {pairs}",
        "direct": f"0{area} {number}-{direct}",
        "slash-direct": f"0{area}/{number}-{direct}",
        "dash": f"0{area} – {number}",
        "+49": f"+49 {area} {number}",
        "+49-zero": f"+49 (0){area} {number}-{direct}",
        "+49-zero-spaced": f"+49 (0) {area} / {pairs}",
        "+49-brackets": f"+49 ({area}) {number}",
        "+49-tight": f"+49{area}{number}",
        "+49-hyphens": f"+49-{area}-{number}",
        "+49-dots": f"+49.{area}.{number}",
        "+49-pairs": f"+49 {area} {pairs}",
        "0049": f"0049 {area} {number}",
        "0049-hyphens": f"0049-{area}-{number}",
        "0049-tight": f"0049{area}{number}",
        "0049-zero": f"0049 (0){area} {pairs}",
    }
    return one_of(chance, kind, forms)


def mobile(chance):
    area, number, free = chance.choice(DRAMA_MOBILE)
    number, kind = number + (digits(chance, free) if free else ""), "drama-mobile"
    if chance.random() < 0.7:
        area, kind = (
            chance.choice(
                ("151", "152", "157", "160", "162", "163", "170", "171", "172", "175", "176", "177", "178", "179")
            ),
            "mobile",
        )
        number = digits(chance, 7 if area[1] in "67" else 8, "23456789")
    threes, pairs = grouped(number, [3, 2]), grouped(number, [2])
    forms = {
        "slash": f"0{area}/{number}",
        "space": f"0{area} {number}",
        "hyphen": f"0{area}-{threes}",
        "tight": f"0{area}{number}",
        "pairs": f"0{area} {pairs}",
        "slash-spaced": f"0{area} / {threes}",
        "brackets": f"(0{area}) {number}",
        "dots": f"0{area}.{grouped(number, [3, 4], '.')}",
        "+49": f"+49 {area} {number}",
        "+49-zero": f"+49 (0){area} {threes}",
        "+49-zero-slash": f"+49 (0)171/{threes}".replace("171", area),
        "+49-tight": f"+49{area}{number}",
        "+49-hyphens": f"+49-{area}-{number}",
        "0049": f"0049 {area} {threes}",
        "0049-tight": f"0049{area}{number}",
    }
    return one_of(chance, kind, forms)


def austrian_phone(chance):
    area = chance.choice([town[1] for town in TOWNS["AT"]] + ["664", "676", "699"])
    number = digits(chance, 7, "23456789")
    threes = grouped(number, [3, 2])
    forms = {
        "space": f"0{area} {threes}",
        "slash": f"0{area}/{number}",
        "+43": f"+43 {area} {threes}",
        "+43-tight": f"+43{area}{number}",
        "+43-zero": f"+43 (0){area} {number}-{chance.randint(10, 99)}",
        "0043": f"0043 {area} {number}",
        "+43-slash": f"+43/{area}/{number}",
    }
    return one_of(chance, "austrian", forms)


def swiss_phone(chance):
    area = chance.choice([town[1] for town in TOWNS["CH"]] + ["76", "78", "79"])
    number = digits(chance, 7, "23456789")
    groups = grouped(number, [3, 2])
    forms = {
        "space": f"0{area} {groups}",
        "tight": f"0{area}{number}",
        "+41": f"+41 {area} {groups}",
        "+41-zero": f"+41 (0){area} {groups}",
        "+41-tight": f"+41{area}{number}",
        "0041": f"0041 {area} {groups}",
        "slash": f"0{area}/{groups}",
    }
    return one_of(chance, "swiss", forms)


def british_phone(chance):
    """Ofcom's numbers for drama: https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama."""
    last = digits(chance, 3)
    return "british-drama", chance.choice(
        (
            f"+44 20 7946 0{last}",
            f"+44 (0)20 7946 0{last}",
            f"+44 7700 900{last}",
            f"+447700900{last}",
            f"0044 161 496 0{last}",
            f"+44 113 496 0{last}",
        )
    )


def american_phone(chance):
    area, last = chance.choice(("202", "415", "646", "312")), f"01{digits(chance, 2)}"
    return "american-drama", chance.choice(
        (f"+1 {area}-555-{last}", f"+1 ({area}) 555-{last}", f"+1 {area} 555 {last}", f"001 {area} 555 {last}")
    )
