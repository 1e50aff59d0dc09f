"""Sentences with code, names on networks and at-signs that look like personal data and are none."""

from german_values import digits, grouped, hexadecimal
from german_words import FIRMS, FIRST, LAST, TOWNS


def colour(chance):
    blue, grey, number = hexadecimal(chance, 6), hexadecimal(chance, 3), digits(chance, 4, "123456789")
    return f"Unser Blau ist #{blue}, das Grau #{grey} (RAL {number})."


def mac_address(chance):
    value = grouped(hexadecimal(chance, 12), [2], chance.choice((":", "-")))
    return f"Das Gerät mit der MAC {chance.choice((value, value.upper()))} fehlt im Inventar."


def commit(chance):
    return chance.choice(
        (
            f"Behoben in {hexadecimal(chance, 40)}.",
            f"Siehe Commit {hexadecimal(chance, 8)} im Hauptzweig.",
            f"sha256:{hexadecimal(chance, 64)}",
        )
    )


def unique_identifier(chance):
    return f"Vorgang {grouped(hexadecimal(chance, 32), [8, 4, 4, 4, 12], '-')} ist abgeschlossen."


def matrix_product(chance):
    return chance.choice(
        (
            "Mit `A@B` multipliziert man Matrizen.",
            "In numpy schreibt man x@y.T statt dot(x, y.T).",
            "loss = (W@x + b - y)**2",
            f"C{chance.randint(1, 9)} = A@B.T @ v",
            "K = Q@K.transpose(1, 2)",
        )
    )


def decorator(chance):
    return chance.choice(
        (
            "@property\ndef name(self):",
            "@app.route('/kunden')\ndef kunden():",
            f"@pytest.mark.parametrize('n', [{chance.randint(1, 9)}])",
            "@dataclass(frozen=True)",
            "@Override public void start()",
            "@media (max-width: 600px)",
        )
    )


def handle(chance):
    return chance.choice(
        (
            f"Danke an @{chance.choice(FIRST).lower()}_{chance.choice(LAST).lower()} für den Hinweis!",
            f"Folgt @{chance.choice(FIRMS).replace('-', '_')} für mehr.",
            f"@{chance.choice(FIRST)} {chance.choice(LAST)} wie siehst du das?",
        )
    )


def npm_scope(chance):
    version = f"{chance.randint(1, 9)}.{chance.randint(0, 20)}.{chance.randint(0, 9)}"
    return f"npm install @{chance.choice(FIRMS)}/kern@{version}"


def git_remote(chance):
    return chance.choice(
        (
            "git clone git@github.com:{0}/werkzeug.git",
            "origin  git@gitlab.com:{0}/portal.git (fetch)",
            "Das Repo liegt unter git@github.com:{0}/doku.git.",
        )
    ).format(chance.choice(FIRMS))


def image_digest(chance):
    return f"docker pull {chance.choice(FIRMS)}/dienst@sha256:{hexadecimal(chance, 64)}"


def at_price(chance):
    return chance.choice(
        (
            f"{chance.randint(2, 90)} Stück @ {chance.randint(1, 9)},50 Euro",
            f"Meetup @ {chance.choice(TOWNS['DE'])[2]} heute um 18 Uhr",
            f"5@{chance.randint(10, 99)} gekauft",
        )
    )


def file_name(chance):
    return chance.choice(
        (
            "Die Startseite liegt in index.html.",
            "Wir nutzen Node.js und Vue.js im Frontend.",
            "Bitte main.rs und Cargo.toml anpassen.",
            f"Anhang: Vertrag_{digits(chance, 4)}.pdf",
            "Mit ASP.NET und Socket.io gebaut.",
            "z.B. README.md lesen.Danach starten",
            "foo.bar.baz() wirft",
        )
    )


def code_path(chance):
    return chance.choice(
        (
            "std::vector<int>::iterator läuft durch",
            "use crate::text::spans;",
            "java.util.concurrent.Future wartet",
            "a::b::c ist ein Pfad",
            "List::of liefert",
            f"Faktor 1:{chance.randint(2, 500)}:{chance.randint(2, 90)} im Modell",
        )
    )


def written_out_at(chance):
    return f"{chance.choice(FIRST)} (at) work, das Foto zum {chance.randint(2, 40)}. Jubiläum (Punkt für Punkt)"
