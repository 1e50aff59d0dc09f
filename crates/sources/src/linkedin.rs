mod archive;
mod article;
mod columns;
mod csv;
mod dates;
mod export;
mod files;
mod links;
mod naming;
mod open_file;
mod posts;
mod reading;
mod returned;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
    sync::Arc,
};

use policy::Day;

use crate::{
    Event, Located, Part, Position, RefusalReason, Source, SourcesError, Whole,
    keys::{checked_external_id, checked_source_name},
    refusal::shown_name,
};
use archive::{Archive, ArchiveFile, Opened};
use files::{Form, Use};
use open_file::{OpenFile, Purpose};
use reading::Reading;
use returned::Lines;

pub use export::{LinkedInExport, Written};

/// The source under which members of archives are kept, where none is named.
pub const LINKEDIN: &str = "linkedin";

/// The archive that a member of LinkedIn gets as a copy of their data: a ZIP file or a folder, as
/// they have been since 2023.
///
/// What is read as what, and every oddity of the format, is in `docs/linkedin-export.md`. Messages,
/// log-ins, payments and applications are counted and never held. The rows are the member's own,
/// and complete: what an earlier archive had and this one has not is gone.
pub struct LinkedInSource {
    name: String,
    member: String,
    /// The source and external id that an archive of ours names, if the source is another.
    elsewhere: Option<(String, String)>,
    made: Day,
    is_complete: bool,
    archive: Archive,
    waiting: VecDeque<(Purpose, ArchiveFile)>,
    open: Option<OpenFile>,
    reading: Reading,
    /// What an archive of ours says of all articles, which are a file each.
    article_lines: Option<Lines<Opened>>,
    /// How many articles were opened.
    articles: u64,
    total_bytes: u64,
    bytes_before: u64,
    present: BTreeSet<Form>,
    /// Files of which some row was refused.
    damaged: BTreeSet<Form>,
}

/// What an archive may not say by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinkedInOptions<'a> {
    /// The name of the source; else the one in the archive counts, or [`LINKEDIN`].
    pub source: Option<&'a str>,
    /// The external id of the member; else the one in the archive counts.
    pub member: Option<&'a str>,
    /// The day on which the archive was made; else the one in its name counts.
    pub made: Option<Day>,
    /// Whether a file that is not there had no rows; else the archive's name says it.
    pub is_complete: Option<bool>,
}

impl LinkedInSource {
    /// Opens an archive and checks its structure; a ZIP file is unpacked once, into nothing, so
    /// that a damaged one is found out before anything comes in.
    ///
    /// # Errors
    /// If it cannot be read, is no archive, is damaged, encrypted or made to do harm, or does not
    /// say whose it is or when it was made and no option says it.
    pub fn open(path: &Path, options: LinkedInOptions<'_>) -> Result<Self, SourcesError> {
        let archive = Archive::open(path)?;
        let manifest = naming::manifest(&archive)?;
        let source = options.source.or(manifest.as_ref().map(|ours| ours.source.as_str()));
        let name = checked_source_name(source.unwrap_or(LINKEDIN))?;
        let said = naming::Said::of(path, &archive, manifest.as_ref(), &name)?;
        let member = options.member.map(str::to_owned).or(said.member.clone());
        let member = member.and_then(checked_external_id);
        let member = member.ok_or_else(|| match &said.elsewhere {
            None => SourcesError::MemberUnsaid { file: path.to_owned() },
            Some((source, member)) => {
                let known = shown_name(&format!("{source}:{member}"));
                let what = format!(
                    "is the copy of `{known}`, not of a member of `{name}` (hint: leave --source \
                     out)"
                );
                archive.wrong(None, &what)
            }
        })?;
        if let Some(other) = said.is_surely.filter(|other| *other != member) {
            let what = format!(
                "is the archive of member `{other}`, not of `{member}` (hint: leave --member out)"
            );
            return Err(archive.wrong(None, &what));
        }
        let made = options.made.or(said.made);
        let made = made.ok_or_else(|| SourcesError::Undated { file: path.to_owned() })?;
        let is_ours = manifest.is_some();
        if said.elsewhere.is_some() {
            tracing::warn!(
                "the archive names another source and member than --source and --member"
            );
        }
        let mut source = Self {
            reading: Reading::new(&member, is_ours),
            article_lines: open_file::lines_beside(&archive, Form::Articles)?,
            is_complete: options.is_complete.unwrap_or(said.is_complete),
            name,
            member,
            elsewhere: said.elsewhere,
            made,
            articles: 0,
            total_bytes: 0,
            waiting: VecDeque::new(),
            archive,
            open: None,
            bytes_before: 0,
            present: BTreeSet::new(),
            damaged: BTreeSet::new(),
        };
        source.plan(is_ours);
        if source.waiting.is_empty() {
            let (folder, expected) = (path.to_owned(), "file of a member's export");
            return Err(SourcesError::NothingToRead { folder, expected });
        }
        if !is_ours {
            source.survey()?;
        }
        Ok(source)
    }

    /// Whether a path looks like an archive that [`Self::open`] reads.
    pub fn is_archive(path: &Path) -> bool {
        let is_zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        is_zip && path.is_file()
            || path.join("Profile.csv").is_file()
            || path.join(returned::MANIFEST).is_file()
    }

    /// The external id of the member whose archive it is.
    pub fn member(&self) -> &str {
        &self.member
    }

    /// Puts the files into the order of reading.
    fn plan(&mut self, is_ours: bool) {
        let mut planned = Vec::new();
        for file in &self.archive.files {
            if is_ours && file.name.split('/').rev().nth(1) == Some(returned::FOLDER) {
                continue;
            }
            let purpose = Purpose::of(&file.name);
            if let Purpose::Known(Use::Read(form), _) = purpose {
                self.present.insert(form);
            }
            self.total_bytes += file.length;
            planned.push((purpose, file.clone()));
        }
        planned.sort_by_key(|(purpose, _)| purpose.place());
        self.waiting = planned.into();
    }

    /// Goes through the posts once before anything is read: which of them say different things
    /// under one name has to be known with the first.
    fn survey(&mut self) -> Result<(), SourcesError> {
        for (purpose, file) in &self.waiting {
            if !matches!(purpose, Purpose::Known(Use::Read(Form::Shares), _)) {
                continue;
            }
            let mut open = OpenFile::open(&self.archive, *purpose, file.clone())?;
            let failed = |source| self.archive.failed(&file.name, source);
            while open.next(&mut self.reading).map_err(failed)?.is_some() {}
        }
        self.reading.settle();
        Ok(())
    }

    /// Opens the next file; false if there is none.
    fn open_next(&mut self) -> Result<bool, SourcesError> {
        let Some((purpose, file)) = self.waiting.pop_front() else { return Ok(false) };
        let mut open = OpenFile::open(&self.archive, purpose, file)?;
        if matches!(purpose, Purpose::Article) {
            open.lines = self.article_lines.take();
            self.articles += 1;
            open.article = self.articles;
        }
        self.open = Some(open);
        Ok(true)
    }

    /// Notes what a refusal means for the file in which it stands, and refuses what is dated
    /// after the archive.
    fn judge(&mut self, form: Option<Form>, event: &mut Result<Event, crate::Refusal>) {
        if let Ok(Event::Upsert { rows, .. }) = event
            && rows
                .iter()
                .filter_map(open_file::created)
                .any(|at| at >= self.made.plus_days(2).start())
        {
            let hint = format!("the archive was made on {}", self.made);
            *event = Err(RefusalReason::InTheFuture.because(hint));
        }
        if let (Err(refusal), Some(form)) = (event, form)
            && refusal.reason != RefusalReason::UnknownColumn
        {
            self.damaged.insert(form);
        }
    }

    /// Whether the rows of a file are all that there are.
    fn is_whole(&self, form: Form) -> bool {
        !self.damaged.contains(&form) && (self.is_complete || self.present.contains(&form))
    }
}

impl Source for LinkedInSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    fn next(&mut self) -> Result<Option<Located>, SourcesError> {
        loop {
            let Some(open) = &mut self.open else {
                if !self.open_next()? {
                    return Ok(None);
                }
                continue;
            };
            let read = open.next(&mut self.reading);
            let read = read.map_err(|source| self.archive.failed(&open.name, source))?;
            let bytes_read = self.bytes_before + open.bytes_read();
            let Some(open_file::Read { line, word, mut event }) = read else {
                self.bytes_before = bytes_read;
                if matches!(open.form(), Some(Form::Articles)) {
                    self.article_lines = open.lines.take();
                }
                self.open = None;
                continue;
            };
            let (file, form) = (Arc::clone(&open.shown), open.form());
            self.judge(form, &mut event);
            let position = Position { file, line, bytes_read };
            return Ok(Some(Located { position, table: word, event }));
        }
    }

    fn whole(&self) -> Option<Whole> {
        // A part that two files fill is whole only if both are.
        let mut parts: BTreeMap<Part, bool> = BTreeMap::new();
        for form in Form::ALL {
            for part in form.layout().parts {
                *parts.entry(*part).or_insert(true) &= self.is_whole(form);
            }
        }
        let chosen = |wanted: bool| {
            let chosen = parts.iter().filter(|(_, is_whole)| **is_whole == wanted);
            chosen.map(|(part, _)| *part).collect()
        };
        let (member, elsewhere) = (self.member.clone(), self.elsewhere.clone());
        let (parts, unsure) = (chosen(true), chosen(false));
        Some(Whole { member, elsewhere, made: self.made, parts, unsure })
    }
}
