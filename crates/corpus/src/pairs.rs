//! Task pairs: what a member would ask of an assistant, and what the member wrote, or was written to.
//!
//! A pair is made of documents of one member, which lie in one cell: whoever lets the documents go
//! lets the pair go. The words around them are templates in German and English.

mod bullets;
mod career;
mod templates;

use std::{collections::BTreeMap, fmt, str::FromStr};

use gate::{NAME_MASK, Table};
use policy::{Category, MemberNumber};
use serde::Serialize;
use text::redaction;

use self::{
    career::Career,
    templates::{Templates, fill},
};
use crate::{Cell, Corpus, CorpusError, Document, DocumentId, Result};

/// Fewer notes than these are no notes of a text.
const LEAST_BULLETS: usize = 2;

/// What an assistant is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// A career becomes the line below a name.
    Headline,
    /// A career becomes what a member says about itself.
    About,
    /// A position becomes a description of what was done there.
    Description,
    /// Notes become a post.
    Post,
    /// A heading and notes become an article.
    Article,
    /// A job, and the career that led to it, become a recruiter's message. Private messages never
    /// come in, so the message is a template's; the member took the job.
    Message,
}

/// Words to learn an answer from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// What is asked for.
    pub task: Task,
    /// In which language: `de` or `en`.
    pub language: &'static str,
    /// The documents that it is made of; first the one that the answer is of.
    pub documents: Vec<DocumentId>,
    /// What is asked.
    pub prompt: String,
    /// What is answered.
    pub completion: String,
}

impl Task {
    /// Every task.
    pub const ALL: &'static [Self] =
        &[Self::Headline, Self::About, Self::Description, Self::Post, Self::Article, Self::Message];

    /// The stable name, in words joined by hyphens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::About => "about",
            Self::Description => "description",
            Self::Post => "post",
            Self::Article => "article",
            Self::Message => "message",
        }
    }
}

/// That no task has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no task is called `{0}`; there are headline, about, description, post, article and message"
)]
pub struct UnknownTask(String);

impl FromStr for Task {
    type Err = UnknownTask;

    fn from_str(name: &str) -> Result<Self, UnknownTask> {
        let found = Self::ALL.iter().find(|task| task.name() == name);
        found.copied().ok_or_else(|| UnknownTask(name.to_owned()))
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Corpus {
    /// Every task pair, cell by cell, sorted by the document that its answer is of and by task. In
    /// memory are the documents of one cell.
    ///
    /// # Errors
    /// As [`Self::for_each_owned`]; what `visit` says.
    pub fn for_each_pair<E: From<CorpusError>>(
        &self,
        mut visit: impl FnMut(Cell, &Pair) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut open: Option<(Cell, Members)> = None;
        self.for_each_owned(|cell, owner, document| {
            if let Some((done, members)) = open.take_if(|(open, _)| *open != cell) {
                visit_all(done, &members, &mut visit)?;
            }
            let (_, members) = open.get_or_insert_with(|| (cell, Members::default()));
            members.entry(owner.member).or_default().push((owner.table, document));
            Ok::<(), E>(())
        })?;
        match open {
            Some((cell, members)) => visit_all(cell, &members, &mut visit),
            None => Ok(()),
        }
    }
}

/// The documents of one cell.
type Members = BTreeMap<MemberNumber, Vec<(Table, Document)>>;

fn visit_all<E>(
    cell: Cell,
    members: &Members,
    visit: &mut impl FnMut(Cell, &Pair) -> Result<(), E>,
) -> Result<(), E> {
    let mut pairs: Vec<_> = members.values().flat_map(|documents| pairs(documents)).collect();
    pairs.sort_unstable_by_key(|pair| (pair.documents.first().copied(), pair.task));
    pairs.iter().try_for_each(|pair| visit(cell, pair))
}

/// The pairs that the documents of one member make.
fn pairs(documents: &[(Table, Document)]) -> Vec<Pair> {
    let of = |table: Table| documents.iter().filter(move |(of, _)| *of == table);
    let member = Member {
        career: Career::of(documents),
        templates: usual_language(documents).and_then(Templates::of),
    };
    let profiles = of(Table::Profiles)
        .flat_map(|(_, profile)| [member.headline(profile), member.about(profile)]);
    let positions = of(Table::Positions).map(|(_, position)| member.description(position));
    let items = of(Table::Items).map(|(_, item)| member.item(item));
    profiles.chain(positions).chain(items).chain([member.message()]).flatten().collect()
}

/// The language of the profile where it is German or English, else the one of the two in which the
/// member writes more.
fn usual_language(documents: &[(Table, Document)]) -> Option<&'static str> {
    let language = |document: &Document| language_of(document).map(|templates| templates.language);
    let profile = documents.iter().find(|(table, _)| *table == Table::Profiles);
    profile.and_then(|(_, profile)| language(profile)).or_else(|| {
        let mut counts = BTreeMap::<_, usize>::new();
        for language in documents.iter().filter_map(|(_, document)| language(document)) {
            *counts.entry(language).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(language, _)| language)
    })
}

fn language_of(document: &Document) -> Option<&'static Templates> {
    document.language.as_deref().and_then(Templates::of)
}

/// A model would learn to write what stands for somebody's name or address.
fn is_masked(words: &str) -> bool {
    words.contains(NAME_MASK) || redaction::stands_in(words)
}

/// What is known of a member when pairs are made.
struct Member<'a> {
    career: Career<'a>,
    /// Of the language in which the member writes.
    templates: Option<&'static Templates>,
}

impl Member<'_> {
    /// Those of the document's language, and of the member's where it is not known.
    fn templates(&self, document: &Document) -> Option<&'static Templates> {
        match document.language {
            Some(_) => language_of(document),
            None => self.templates,
        }
    }

    fn headline(&self, profile: &Document) -> Option<Pair> {
        let templates = self.templates(profile)?;
        let (career, documents) = self.career.written(templates, None)?;
        let prompt = fill(templates.headline, &[("career", &career)]);
        let completion = profile.words_of("headline")?;
        pair(Task::Headline, templates, (profile, documents), prompt, completion)
    }

    fn about(&self, profile: &Document) -> Option<Pair> {
        let templates = self.templates(profile)?;
        let (career, documents) = self.career.written(templates, None)?;
        let career = match profile.words_of("headline") {
            Some(headline) => format!("{headline}\n\n{career}"),
            None => career,
        };
        let prompt = fill(templates.about, &[("career", &career)]);
        pair(Task::About, templates, (profile, documents), prompt, profile.words_of("about")?)
    }

    fn description(&self, position: &Document) -> Option<Pair> {
        let templates = self.templates(position)?;
        let line = career::line(position, templates)?;
        let prompt = fill(templates.description, &[("position", &line)]);
        let completion = position.words_of("description")?;
        pair(Task::Description, templates, (position, Vec::new()), prompt, completion)
    }

    fn item(&self, item: &Document) -> Option<Pair> {
        let templates = self.templates(item)?;
        let text = item.words_of("text")?;
        let bullets = bullets::of(text, templates);
        if bullets.len() < LEAST_BULLETS {
            return None;
        }
        let bullets = bullets.join("\n");
        let (task, prompt) = match (item.category, item.words_of("title")) {
            (Category::Posts, _) => (Task::Post, fill(templates.post, &[("bullets", &bullets)])),
            (Category::Articles, Some(title)) => {
                let filled = [("title", title), ("bullets", bullets.as_str())];
                (Task::Article, fill(templates.article, &filled))
            }
            _ => return None,
        };
        pair(task, templates, (item, Vec::new()), prompt, text)
    }

    /// The newest position is the job, the one before it is what the message speaks of.
    fn message(&self) -> Option<Pair> {
        let (job, last) = self.career.step()?;
        let templates = self.templates(job)?;
        let (career, documents) = self.career.written(templates, Some(job))?;
        let offered = career::offer(job)?;
        let prompt = fill(templates.message, &[("job", &offered), ("career", &career)]);
        let filled = [
            ("title", job.words_of("title")?),
            ("employer", job.words_of("employer")?),
            ("last", last.words_of("title")?),
        ];
        let messages = templates.messages;
        let which = job.document.as_i64().unsigned_abs() % (messages.len().max(1) as u64);
        let message = messages.get(usize::try_from(which).unwrap_or_default())?;
        pair(Task::Message, templates, (job, documents), prompt, &fill(message, &filled))
    }
}

fn pair(
    task: Task,
    templates: &Templates,
    (answered, others): (&Document, Vec<DocumentId>),
    prompt: String,
    completion: &str,
) -> Option<Pair> {
    let mut documents = vec![answered.document];
    documents.extend(others.into_iter().filter(|other| *other != answered.document));
    (!is_masked(completion)).then(|| Pair {
        task,
        language: templates.language,
        documents,
        prompt,
        completion: completion.to_owned(),
    })
}

#[cfg(test)]
mod tests;
