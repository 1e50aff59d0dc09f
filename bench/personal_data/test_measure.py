"""Tests of the measuring itself: python3 test_measure.py."""

import unittest

from german import test_set as make_test_set
from rules import is_card, is_iban, real_values
from score import INTERNATIONAL, Marked, Span, byte_span, false_by_look_alike, score


def marked(text, kind, value, **more):
    start = text.index(value)
    span = byte_span(text, kind, start, start + len(value))
    return Marked(text, [span], **more)


class Rules(unittest.TestCase):
    def test_published_examples(self):
        for value, expect in (
            ("DE89 3704 0044 0532 0130 00", True),
            ("GB29NWBK60161331926819", True),
            ("gb29nwbk60161331926819", True),
            ("DE88 3704 0044 0532 0130 00", False),
            ("DE8937040044053201300", False),
            ("XX89370400440532013000", False),
        ):
            self.assertEqual(is_iban(value), expect, value)
        for value, expect in (
            ("4111 1111 1111 1111", True),
            ("378282246310005", True),
            ("4111 1111 1111 1112", False),
            ("0", False),
        ):
            self.assertEqual(is_card(value), expect, value)

    def test_values_are_seen_where_nothing_is_marked(self):
        text = "Mail an ä@example.org oder http://example.org/ von 192.0.2.7, an CH93 0076 2011 6238 5295 7 und GB29"
        self.assertEqual(
            [(kind, text[start:end]) for kind, start, end in real_values(text)],
            [
                ("email", "ä@example.org"),
                ("url", "http://example.org/"),
                ("ip", "192.0.2.7"),
                ("iban", "CH93 0076 2011 6238 5295 7"),
            ],
        )


class Scoring(unittest.TestCase):
    def check(self, entry, hits, expect):
        rows, _ = score([entry], [hits])
        row = rows[entry.marks[0].kind]
        self.assertEqual((row.found, row.exact, row.missed, row.touched, row.false), expect)

    def test_a_hit_must_cover_all_of_the_mark(self):
        entry = marked("Grüße an anna@example.org!", "email", "anna@example.org")
        mark = entry.marks[0]
        self.assertEqual((mark.start, mark.end), (11, 27))
        self.check(entry, [Span("email", 11, 27)], (1, 1, 0, 0, 0))
        self.check(entry, [Span("email", 10, 28)], (1, 0, 0, 0, 0))
        self.check(entry, [Span("email", 11, 20), Span("email", 20, 27)], (0, 0, 1, 1, 0))
        self.check(entry, [Span("url", 11, 27)], (0, 0, 1, 0, 0))
        self.check(entry, [Span("email", 0, 4)], (0, 0, 1, 0, 1))

    def test_a_span_may_not_cut_a_character(self):
        for start, end, expect in (
            (0, 4, True),
            (0, 3, False),
            (2, 4, True),
            (3, 4, False),
            (4, 4, False),
            (4, 5, True),
            (4, 6, False),
            (-1, 4, False),
        ):
            self.assertEqual(Span("email", start, end).lies_in("Grün"), expect, (start, end))

    def test_a_hit_of_another_kind_is_false_and_says_on_what(self):
        rows, _ = score([marked("an anna@example.org", "email", "anna@example.org")], [[Span("url", 8, 19)]])
        self.assertEqual((rows["url"].false, dict(rows["url"].false_on)), (1, {"email": 1}))

    def test_an_invalid_mark_is_neither_missed_nor_false(self):
        entry = marked("DE88370400440532013000", "iban", "DE88370400440532013000")
        self.check(entry, [], (0, 0, 0, 0, 0))
        self.check(entry, [Span("iban", 0, 22)], (0, 0, 0, 0, 0))

    def test_an_optional_mark_is_never_missed(self):
        entry = Marked("x anna@example.org", [Span("email", 2, 18, "within-url", True)])
        self.check(entry, [], (0, 0, 0, 0, 0))
        self.check(entry, [Span("email", 2, 18)], (0, 0, 0, 0, 0))

    def test_phones_in_international_form_have_a_row_of_their_own(self):
        rows, _ = score(
            [marked("+49 30 23125000", "phone", "+49 30 23125000"), marked("030 23125000", "phone", "030 23125000")],
            [[], []],
        )
        self.assertEqual((rows["phone"].missed, rows[INTERNATIONAL].missed), (2, 1))


class GermanSet(unittest.TestCase):
    def test_it_is_the_same_for_the_same_seed(self):
        self.assertEqual(make_test_set(7, 20), make_test_set(7, 20))
        self.assertNotEqual(make_test_set(7, 20), make_test_set(8, 20))

    def test_a_finder_of_just_the_marks_is_perfect_and_of_nothing_misses_all(self):
        texts = [
            Marked(entry["text"], [Span(**span) for span in entry["spans"]], entry["look_alike"])
            for entry in make_test_set(3, 50)
        ]
        rows, _ = score(texts, [entry.marks for entry in texts])
        self.assertEqual(
            [(row.found, row.exact, row.missed, row.false) for kind, row in rows.items() if kind != INTERNATIONAL],
            [(50, 50, 0, 0)] * 7,
        )
        rows, _ = score(texts, [[] for _ in texts])
        self.assertEqual({row.missed for kind, row in rows.items() if kind != INTERNATIONAL}, {50})

    def test_nothing_is_marked_in_a_look_alike(self):
        texts = [Marked(entry["text"], entry["spans"], entry["look_alike"]) for entry in make_test_set(3, 50)]
        alike = [entry for entry in texts if entry.look_alike]
        self.assertEqual(len(alike), 350)
        self.assertEqual([entry.marks for entry in alike], [[]] * 350)
        texts_of, _ = false_by_look_alike(texts, [[] for _ in texts])
        self.assertEqual(sum(texts_of.values()), 350)


if __name__ == "__main__":
    unittest.main()
