//! Positions, education and skills of a member, the newest first.

use std::cmp::Reverse;

use gate::Table;
use policy::Category;

use super::templates::Templates;
use crate::{Document, DocumentId};

/// As many lines of each as somebody would read.
const MOST_POSITIONS: usize = 20;
const MOST_EDUCATION: usize = 10;
const MOST_SKILLS: usize = 30;

/// The first letters of the months, in German and English.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän"],
    &["feb"],
    &["mar", "mär"],
    &["apr"],
    &["may", "mai"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// What a member did, the newest first.
pub(super) struct Career<'a> {
    positions: Vec<&'a Document>,
    education: Vec<&'a Document>,
    skills: Vec<&'a Document>,
}

impl<'a> Career<'a> {
    pub(super) fn of(documents: &'a [(Table, Document)]) -> Self {
        let sorted = |table: Table| {
            let of = documents.iter().filter(move |(of, _)| *of == table);
            let mut of: Vec<_> = of.map(|(_, document)| document).collect();
            of.sort_by_cached_key(|document| (Reverse(start(document)), document.document));
            of
        };
        Self {
            positions: sorted(Table::Positions),
            education: sorted(Table::Education),
            skills: sorted(Table::Skills),
        }
    }

    /// The newest position, and the one before it, where it is known which those are.
    pub(super) fn step(&self) -> Option<(&'a Document, &'a Document)> {
        let [job, last, ..] = self.positions.as_slice() else { return None };
        (start(job)? > start(last)?).then_some((job, last))
    }

    /// The career in words, and the documents that they are of; `without` one position. None if there
    /// is neither a position nor an education.
    pub(super) fn written(
        &self,
        templates: &Templates,
        without: Option<&Document>,
    ) -> Option<(String, Vec<DocumentId>)> {
        let is_there =
            |one: &&&Document| without.is_none_or(|without| without.document != one.document);
        let positions = self.positions.iter().filter(is_there).take(MOST_POSITIONS);
        let education = self.education.iter().take(MOST_EDUCATION);
        let lines = |documents: &mut dyn Iterator<Item = &&'a Document>| {
            let lines = documents.filter_map(|one| Some((one.document, line(one, templates)?)));
            lines.collect::<Vec<_>>()
        };
        let [positions, education] =
            [lines(&mut positions.into_iter()), lines(&mut education.into_iter())];
        if positions.is_empty() && education.is_empty() {
            return None;
        }
        let mut documents = Vec::new();
        let mut blocks = Vec::new();
        for (heading, lines) in [(templates.positions, positions), (templates.education, education)]
        {
            if !lines.is_empty() {
                let (of, lines): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
                documents.extend(of);
                blocks.push(format!("{heading}\n- {}", lines.join("\n- ")));
            }
        }
        let skills: Vec<_> = self.skills.iter().take(MOST_SKILLS).collect();
        if !skills.is_empty() {
            documents.extend(skills.iter().map(|skill| skill.document));
            let names: Vec<_> = skills.iter().filter_map(|one| one.words_of("name")).collect();
            blocks.push(format!("{} {}", templates.skills, names.join(", ")));
        }
        Some((blocks.join("\n\n"), documents))
    }
}

/// A position or an education in one line; `None` if it has neither name nor place.
pub(super) fn line(document: &Document, templates: &Templates) -> Option<String> {
    let columns = ["title", "employer", "degree", "field", "school"];
    let words: Vec<_> = columns.iter().filter_map(|column| document.words_of(column)).collect();
    if words.is_empty() {
        return None;
    }
    let lasts = document.category == Category::Positions;
    let time = match (document.words_of("started"), document.words_of("ended")) {
        (Some(started), Some(ended)) => format!(" ({started} – {ended})"),
        (Some(started), None) if lasts => format!(" ({started} – {})", templates.today),
        (Some(started), None) => format!(" ({started})"),
        (None, _) => String::new(),
    };
    Some(format!("{}{time}", words.join(", ")))
}

/// A position as it is offered: without its time.
pub(super) fn offer(position: &Document) -> Option<String> {
    let (title, employer) = (position.words_of("title")?, position.words_of("employer")?);
    Some(match position.words_of("description") {
        Some(description) => format!("{title}, {employer}\n{description}"),
        None => format!("{title}, {employer}"),
    })
}

/// Year and month of a start, in the words of a source: `2019`, `Mar 2019`, `2019-03-01`.
fn start(document: &Document) -> Option<(u16, usize)> {
    let words = document.words_of("started")?.to_lowercase();
    let parts = || words.split(|one: char| !one.is_alphanumeric());
    let year = parts().find(|part| part.len() == 4).and_then(|part| part.parse().ok())?;
    let named =
        |part: &str| MONTHS.iter().position(|names| names.iter().any(|n| part.starts_with(n)));
    let numbered = |part: &str| part.parse::<usize>().ok().filter(|month| (1..=12).contains(month));
    let month = parts().find_map(named).map(|month| month + 1);
    let month = month.or_else(|| parts().filter(|part| part.len() == 2).find_map(numbered));
    Some((year, month.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_words_of_sources() {
        let check = |words: &str, expected: Option<(u16, usize)>| {
            let position = Document::of_words(1, Category::Positions, &[("started", words)]);
            assert_eq!(start(&position), expected, "{words}");
        };
        check("2019", Some((2019, 0)));
        check("Mar 2019", Some((2019, 3)));
        check("März 2019", Some((2019, 3)));
        check("2019-03-01", Some((2019, 3)));
        check("03/2019", Some((2019, 3)));
        check("1 December 2019", Some((2019, 12)));
        check("last year", None);
    }
}
