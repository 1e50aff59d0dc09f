"""Makes plain texts of a Stack Exchange dump: python3 bench/texts/plain_texts.py DUMP > texts.jsonl

Title and body of every post and the text of every comment, one JSON line {"id", "text"} each, in the order of the dump.
Markup goes, paragraphs and lines of code stay apart; empty texts are left out.
"""

import argparse
import html.parser
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

BREAKS = {"br", "li", "tr", "hr"}
BLOCKS = {"p", "pre", "blockquote", "ul", "ol", "table", "div", "h1", "h2", "h3", "h4", "h5", "h6"}


class Plain(html.parser.HTMLParser):
    """Collects the words of a piece of HTML, with line ends where a browser has them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pieces = []

    def handle_starttag(self, tag, attributes):
        self.pieces.append("\n\n" if tag in BLOCKS else "\n" if tag in BREAKS else "")

    def handle_endtag(self, tag):
        self.pieces.append("\n\n" if tag in BLOCKS else "")

    def handle_data(self, data):
        self.pieces.append(data)


def plain(markup):
    parser = Plain()
    parser.feed(markup)
    parser.close()
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", "".join(parser.pieces)).strip()


def rows(dump, table):
    for _, element in ElementTree.iterparse(dump / f"{table}.xml"):
        if element.tag == "row":
            yield dict(element.attrib)
            element.clear()


def texts(dump):
    for row in rows(dump, "Posts"):
        yield f"post-{row['Id']}", f"{row.get('Title', '')}\n\n{plain(row.get('Body', ''))}".strip()
    for row in rows(dump, "Comments"):
        yield f"comment-{row['Id']}", row.get("Text", "").strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump", type=pathlib.Path, help="the folder with Posts.xml and Comments.xml")
    for number, text in texts(parser.parse_args().dump):
        if text:
            sys.stdout.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
