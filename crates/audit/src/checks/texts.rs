//! What stands in the texts of the corpus, whoever wrote them.

use std::collections::{BTreeSet, HashSet};

use crate::{Code, Findings, Place, names::Kind, text, verify::Audit};

/// Rows in which a name or an address was found, by file and row.
pub(crate) type WithNames = BTreeSet<(String, i64)>;

pub(crate) fn check(audit: &Audit<'_>, findings: &mut Findings) -> WithNames {
    let mut with_names = WithNames::new();
    let earlier = audit.earlier.documents().filter(|one| is_prose(&one.category));
    let mut seen: HashSet<_> = earlier.map(|one| words(&one.text)).collect();
    for shard in &audit.corpus.shards {
        for (number, document) in (0..).zip(shard.rows.iter().flatten()) {
            let place = Place::row(&shard.path, number);
            findings.checked.masks += document.text.matches(text::MASK).count() as u64;
            for kind in forbidden(audit, &document.text) {
                with_names.insert((shard.path.clone(), number));
                report(kind, place.clone(), findings);
            }
            if is_prose(&document.category) && !seen.insert(words(&document.text)) {
                let what = "another row has the same words, here or in what it goes on from";
                findings.violation(Code::DuplicateText, place, what);
            }
        }
    }
    with_names
}

/// Names the finding that a text has somebody's name or address.
pub(crate) fn report(kind: Kind, place: Place, findings: &mut Findings) {
    match kind {
        Kind::Name => {
            let what = "it has a name of somebody who must not be named";
            findings.violation(Code::NameInText, place, what);
        }
        Kind::Email => {
            let what = "it has an address of somebody who objected";
            findings.violation(Code::EmailInText, place, what);
        }
    }
}

/// Facts of a career may be the same for many; prose that is the same is there once.
fn is_prose(category: &str) -> bool {
    !matches!(category, "positions" | "education" | "skills")
}

/// Equal for texts that differ in white space only.
pub(crate) fn words(text: &str) -> blake3::Hash {
    let words: Vec<_> = text.split_whitespace().collect();
    blake3::hash(words.join(" ").as_bytes())
}

fn forbidden(audit: &Audit<'_>, text: &str) -> BTreeSet<Kind> {
    let found = audit.named.finder.forbidden.find(text).into_iter();
    // Two columns that meet at the end of a paragraph are not a name that either of them has; one
    // column with a name over two paragraphs is seen where rows are held against the lake.
    let inside = |start, end| text.get(start..end).is_none_or(|name: &str| !name.contains("\n\n"));
    found.filter(|one| inside(one.start, one.end)).map(|one| one.kind).collect()
}
