//! The archive that a member of LinkedIn gets, of a member who does not exist.

mod files;
mod zip;

use std::{io, path::Path};

pub use zip::{RawEntry, zip_of};

use crate::chance::Chance;

/// A word that stands in every private file of an archive, and nowhere else.
pub const PRIVATE_WORD: &str = "zqprivatezq";

/// The oddities of the format, each of which can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// Three lines of notes stand before the header of `Connections.csv`.
    pub prelude: bool,
    /// Line breaks in the commentary of posts stand in quotes.
    pub broken_quotes: bool,
    /// Quotes in comments and votes stand behind backslashes instead of being doubled.
    pub backslashes: bool,
    /// Some files end their lines with a carriage return, others do not.
    pub mixed_line_ends: bool,
    /// Files end with an empty line.
    pub trailing_line: bool,
    /// Some files start with a byte order mark.
    pub marks: bool,
    /// The names of some files end in the member's number.
    pub numbered_names: bool,
    /// Columns have the names of earlier years.
    pub older_columns: bool,
    /// Names of columns stand twice or are missing, and search queries hold bare commas.
    pub ragged_tables: bool,
    /// Articles that were never published lie among the others, one folder deeper.
    pub drafts: bool,
    /// Posts and comments in groups lie among the others.
    pub groups: bool,
    /// A post has a label that nobody has seen.
    pub unknown_label: bool,
    /// Messages, log-ins, payments, applications and contacts are in the archive.
    pub private_files: bool,
}

impl Quirks {
    /// The archive as it comes.
    pub const ALL: Self = Self {
        prelude: true,
        broken_quotes: true,
        backslashes: true,
        mixed_line_ends: true,
        trailing_line: true,
        marks: true,
        numbered_names: true,
        older_columns: true,
        ragged_tables: true,
        drafts: true,
        groups: true,
        unknown_label: true,
        private_files: true,
    };

    /// The archive as it should be.
    pub const NONE: Self = Self {
        prelude: false,
        broken_quotes: false,
        backslashes: false,
        mixed_line_ends: false,
        trailing_line: false,
        marks: false,
        numbered_names: false,
        older_columns: false,
        ragged_tables: false,
        drafts: false,
        groups: false,
        unknown_label: false,
        private_files: false,
    };
}

/// What one member has, as values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveMember {
    /// The number that newer archives append to the names of files.
    pub number: u64,
    /// First and last name.
    pub name: (String, String),
    /// What the member is, in a line.
    pub headline: String,
    /// The member's own description.
    pub about: String,
    /// Employer and title.
    pub positions: Vec<(String, String)>,
    /// Schools.
    pub schools: Vec<String>,
    /// Skills.
    pub skills: Vec<String>,
    /// The newest first.
    pub posts: Vec<ArchivePost>,
    /// The newest first; the first of them answers the member's own newest post.
    pub comments: Vec<ArchivePost>,
    /// Dates of reactions, the newest first.
    pub reactions: Vec<String>,
    /// Titles of published articles.
    pub articles: Vec<String>,
}

/// A post or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivePost {
    /// `YYYY-MM-DD HH:MM:SS`, without zone.
    pub date: String,
    /// `urn:li:TYPE:ID` of the post, or of the post that is commented on.
    pub urn: String,
    /// What was written, with its line breaks.
    pub text: String,
    /// The label of who sees it; comments have none.
    pub label: &'static str,
}

/// An archive in memory: paths, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The name that the archive has without ending, with its date.
    pub name: String,
    /// The files by path.
    pub files: Vec<(String, Vec<u8>)>,
}

impl ArchiveMember {
    /// A member with so many posts, and as many comments and reactions; the same two numbers make
    /// the same member.
    pub fn sample(posts: usize, seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed);
        let words =
            ["bridge", "steel", "\"quoted\"", "river", "load, and wind", "C:\\drawings", "grün"];
        let texts: Vec<String> = (0..posts)
            .map(|place| {
                let lines = (0..=chance.between(0, 2)).map(|_| chance.pick(&words).to_owned());
                format!("Note {place}: {}", lines.collect::<Vec<_>>().join("\n"))
            })
            .collect();
        let date = |place: usize| {
            let (day, hour) = (28 - place % 28, 23 - place / 28 % 24);
            let (month, year) = (12 - place / 672 % 12, 2025 - place / 8064 % 10);
            format!("{year:04}-{month:02}-{day:02} {hour:02}:15:30")
        };
        let urn = |place: usize| {
            let kind = if place % 5 == 1 { "ugcPost" } else { "share" };
            format!("urn:li:{kind}:{}", 7_000_000_000_000_000_000_u64 - place as u64)
        };
        let post = |place: usize, text: &String| ArchivePost {
            date: date(place),
            urn: urn(place),
            text: text.clone(),
            label: "MEMBER_NETWORK",
        };
        let comment = |place: usize, text: &String| ArchivePost {
            date: date(place),
            urn: if place == 0 { urn(0) } else { format!("urn:li:activity:{}", 6_000 + place) },
            text: text.replace("Note", "Answer"),
            label: "",
        };
        let number = 100_000 + seed;
        let texts = || texts.iter().enumerate();
        Self {
            number,
            name: ("Ada".to_owned(), format!("Beispiel-{}", chance.letters(6))),
            headline: "Civil engineer, \"bridges\"".to_owned(),
            about: "I build bridges.\n\nAnd mend them.".to_owned(),
            positions: vec![
                ("Brückenbau Nord".to_owned(), "Engineer".to_owned()),
                ("Stahl & Söhne".to_owned(), "Draughtswoman".to_owned()),
            ],
            schools: vec!["TU Braunschweig".to_owned()],
            skills: vec!["Statics".to_owned(), "Welding, arc".to_owned()],
            posts: texts().map(|(place, text)| post(place, text)).collect(),
            comments: texts().map(|(place, text)| comment(place, text)).collect(),
            reactions: (0..posts).map(date).collect(),
            articles: vec!["On bridges".to_owned(), "On rivers".to_owned()],
        }
    }
}

impl Archive {
    /// The complete archive of a member, made on a day (`MM-DD-YYYY`).
    pub fn complete(member: &ArchiveMember, quirks: Quirks, day: &str) -> Self {
        let name = format!("Complete_LinkedInDataExport_{day}");
        Self { name, files: files::all(member, quirks) }
    }

    /// The archive that comes within minutes: without posts and what belongs to them.
    pub fn basic(member: &ArchiveMember, quirks: Quirks, day: &str) -> Self {
        let mut archive = Self::complete(member, quirks, day);
        archive.name = format!("Basic_LinkedInDataExport_{day}");
        for stem in ["Shares", "Comments", "Reactions", "Votes", "InstantReposts", "Articles"] {
            archive.remove(stem);
        }
        archive
    }

    /// The content of the file whose path starts so.
    pub fn file(&mut self, start: &str) -> Option<&mut Vec<u8>> {
        self.files.iter_mut().find(|(path, _)| path.starts_with(start)).map(|(_, content)| content)
    }

    /// Puts a file in, in place of one of the same path.
    pub fn put(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.retain(|(name, _)| name != path);
        self.files.push((path.to_owned(), content.into()));
    }

    /// Takes out every file whose path starts so.
    pub fn remove(&mut self, start: &str) {
        self.files.retain(|(path, _)| !path.starts_with(start));
    }

    /// Writes the files into a folder of the archive's name inside of `parent`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_folder(&self, parent: &Path) -> io::Result<std::path::PathBuf> {
        let folder = parent.join(&self.name);
        for (path, content) in &self.files {
            let path = folder.join(path);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(path, content)?;
        }
        Ok(folder)
    }

    /// Writes a ZIP file of the archive's name into `parent`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_zip(&self, parent: &Path) -> io::Result<std::path::PathBuf> {
        let path = parent.join(format!("{}.zip", self.name));
        std::fs::write(&path, self.to_zip()?)?;
        Ok(path)
    }

    /// The archive as a ZIP file.
    ///
    /// # Errors
    /// If it cannot be packed.
    pub fn to_zip(&self) -> io::Result<Vec<u8>> {
        let entries = self.files.iter().map(|(path, content)| RawEntry::deflated(path, content));
        Ok(zip_of(&entries.collect::<io::Result<Vec<_>>>()?))
    }
}
