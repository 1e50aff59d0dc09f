//! One file of an archive while it is read.

use std::{
    io::{self, Read as _},
    sync::Arc,
};

use policy::Instant;

use super::{
    archive::{Archive, ArchiveFile, Opened},
    article::Article,
    columns::Columns,
    csv::{Rows, Shape},
    files::{self, Form, KnownFile, Use},
    naming::SHORTEST_MEMBER,
    reading::{Reading, Said},
    returned::{FOLDER, Lines},
};
use crate::{
    Body, Event, Refusal, RefusalReason, Row, SourcesError, encoding, is_utf_16,
    piece::LONGEST_ROW, refusal::shown_name,
};

/// The lines that may stand before the header of a table.
const LONGEST_PRELUDE: usize = 6;

/// What becomes of a file of an archive.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// A table of the list.
    Known(Use, &'static KnownFile),
    /// A page of the member's own writing.
    Article,
    /// A table that nobody knows.
    UnknownTable,
    /// Pictures and the like.
    Other,
}

/// A file that is open.
pub(super) struct OpenFile {
    /// The path inside of the archive.
    pub(super) name: String,
    /// The same for positions.
    pub(super) shown: Arc<str>,
    purpose: Purpose,
    word: Arc<str>,
    /// Which of the articles it is, from 1; they have no lines of their own.
    pub(super) article: u64,
    rows: Rows<Opened>,
    length: u64,
    columns: Option<Columns>,
    /// What an archive of ours says besides.
    pub(super) lines: Option<Lines<Opened>>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Rows,
    End,
}

/// One row of a file, its line, and the word under which it is accounted for.
pub(super) struct Read {
    pub(super) line: u64,
    pub(super) word: Arc<str>,
    pub(super) event: Result<Event, Refusal>,
}

impl Purpose {
    /// What becomes of a file, by its path.
    pub(super) fn of(name: &str) -> Self {
        let mut parts = name.rsplit('/');
        let file = parts.next().unwrap_or_default();
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        let mut is_article = || parts.any(|folder| folder.eq_ignore_ascii_case("articles"));
        match ending.to_lowercase().as_str() {
            "csv" => match files::find(stem) {
                Some((known, _)) => Self::Known(known.purpose, known),
                None => Self::UnknownTable,
            },
            "html" if is_article() => Self::Article,
            _ => Self::Other,
        }
    }

    /// When its turn comes: what others point at first, what is only counted last.
    pub(super) fn place(&self) -> usize {
        let form = match self {
            Self::Known(Use::Read(form), _) => Some(*form),
            Self::Article => Some(Form::Articles),
            Self::Known(..) | Self::UnknownTable | Self::Other => None,
        };
        let place = |form| Form::ALL.iter().position(|one| *one == form);
        form.and_then(place).unwrap_or(Form::ALL.len())
    }

    fn word(&self, name: &str) -> Arc<str> {
        let file = name.rsplit('/').next().unwrap_or(name);
        match self {
            Self::Known(Use::Read(form), _) => Arc::from(form.word()),
            Self::Known(_, known) => {
                // The name as it stands there, without the digits that are appended to it.
                let shown = file.get(..known.stem.len());
                Arc::from(shown.unwrap_or(known.stem))
            }
            Self::Article => Arc::from("Articles"),
            Self::UnknownTable => Arc::from("unknown files"),
            Self::Other => Arc::from("other files"),
        }
    }
}

impl OpenFile {
    pub(super) fn open(
        archive: &Archive,
        purpose: Purpose,
        file: ArchiveFile,
    ) -> Result<Self, SourcesError> {
        let escapes = match purpose {
            Purpose::Known(Use::Read(form), _) => form.layout().escapes,
            _ => false,
        };
        let lines = match purpose {
            Purpose::Known(Use::Read(form), _) => lines_beside(archive, form)?,
            _ => None,
        };
        let rows = Rows::new(archive.read(&file)?, escapes, LONGEST_ROW);
        let ArchiveFile { name, length, .. } = file;
        Ok(Self {
            shown: Arc::from(shown(purpose, &name)),
            word: purpose.word(&name),
            article: 1,
            columns: None,
            state: State::Start,
            name,
            purpose,
            rows,
            length,
            lines,
        })
    }

    /// The table that is read from the file.
    pub(super) const fn form(&self) -> Option<Form> {
        match self.purpose {
            Purpose::Known(Use::Read(form), _) => Some(form),
            Purpose::Article => Some(Form::Articles),
            _ => None,
        }
    }

    /// Bytes consumed so far; all of them at the end.
    pub(super) fn bytes_read(&self) -> u64 {
        match self.state {
            State::End => self.length.max(self.rows.bytes_read()),
            State::Start | State::Rows => self.rows.bytes_read(),
        }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self, reading: &mut Reading) -> io::Result<Option<Read>> {
        let event = match (self.state, self.purpose) {
            (State::End, _) => None,
            (_, Purpose::Other) => {
                self.state = State::End;
                Some((1, Ok(Event::NoPlace)))
            }
            (_, Purpose::Article) => {
                self.state = State::End;
                Some((self.article, self.read_article(reading)?))
            }
            (State::Start, Purpose::Known(Use::Read(form), _)) => match self.start(form)? {
                Some(refusal) => Some((1, Err(refusal))),
                None => return self.next(reading),
            },
            (State::Rows, Purpose::Known(Use::Read(form), _)) => {
                return self.row(form, reading);
            }
            (_, Purpose::UnknownTable) if self.state == State::Start => {
                self.pass_header()?;
                let hint = "it is in no list; its rows are counted, not read";
                Some((1, Err(RefusalReason::UnknownFile.because(hint))))
            }
            (State::Start, _) => {
                self.pass_header()?;
                return self.next(reading);
            }
            (State::Rows, Purpose::Known(Use::Sealed(category), _)) => {
                self.rows.pass()?.map(|line| (line, Ok(Event::Sealed { category })))
            }
            (State::Rows, _) => self.rows.pass()?.map(|line| (line, Ok(Event::NoPlace))),
        };
        Ok(event.map(|(line, event)| Read { line, word: Arc::clone(&self.word), event }))
    }

    /// Reads the header; a refusal if something about the file has to be said, after which rows
    /// come only if they can be read.
    fn start(&mut self, form: Form) -> io::Result<Option<Refusal>> {
        self.state = State::End;
        let start = self.rows.peek()?;
        if is_utf_16(start) {
            let hint = "the file is in UTF-16, as in the archives of 2018, which are not read";
            return Ok(Some(RefusalReason::WrongEncoding.because(hint)));
        }
        if start.starts_with(b"\xEF\xBB\xBF") {
            self.rows.skip(3);
        }
        let Some(header) = self.rows.next()? else {
            let hint = "the file is empty: not even the names of its columns are there";
            return Ok(Some(RefusalReason::CutShort.because(hint)));
        };
        if let Some(refusal) = fault(header.shape) {
            return Ok(Some(refusal));
        }
        let layout = form.layout();
        match Columns::read(&header, &layout) {
            Err(refusal) => Ok(Some(refusal)),
            Ok(columns) => {
                self.state = State::Rows;
                let refusal = columns.refusal(&layout);
                self.columns = Some(columns);
                Ok(refusal)
            }
        }
    }

    /// Passes over the header of a table whose rows are only counted, and what stands before it.
    fn pass_header(&mut self) -> io::Result<()> {
        self.state = State::Rows;
        let is_of_people =
            matches!(self.purpose, Purpose::Known(_, known) if known.stem == "connections");
        if !is_of_people {
            return self.rows.pass().map(drop);
        }
        // Three lines of notes stand before the header.
        for _ in 0..LONGEST_PRELUDE {
            let Some(row) = self.rows.next()? else { break };
            let first = row.fields().next().unwrap_or_default().trim_ascii();
            if first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first) == b"First Name" {
                break;
            }
        }
        Ok(())
    }

    fn row(&mut self, form: Form, reading: &mut Reading) -> io::Result<Option<Read>> {
        let Some(row) = self.rows.next()? else {
            self.state = State::End;
            return Ok(None);
        };
        let line = row.line;
        let read = match (fault(row.shape), &self.columns) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(columns)) => {
                columns.fields(&row).and_then(|fields| reading.row(form, line, &fields))
            }
            (None, None) => Err(RefusalReason::MissingColumn.into()),
        };
        if let Some(failure) = reading.failure() {
            return Err(failure);
        }
        let (word, event) = match read {
            Err(refusal) => (None, Err(refusal)),
            Ok(Said { rows, word }) => (word, self.event(rows)?),
        };
        let word = word.map_or_else(|| Arc::clone(&self.word), Arc::from);
        Ok(Some(Read { line, word, event }))
    }

    fn event(&mut self, rows: Vec<Row>) -> io::Result<Result<Event, Refusal>> {
        if rows.is_empty() {
            return Ok(Ok(Event::NoPlace));
        }
        match &mut self.lines {
            Some(lines) => Ok(lines.complete(rows)?.map(|rows| Event::Returned { rows })),
            None => Ok(Ok(Event::Upsert { event: None, rows, account: None })),
        }
    }

    /// Reads a page, of which there is one row at most.
    fn read_article(&mut self, reading: &mut Reading) -> io::Result<Result<Event, Refusal>> {
        let mut page = Vec::new();
        let bound = LONGEST_ROW as u64 + 1;
        io::Read::take(self.rows.reader(), bound).read_to_end(&mut page)?;
        if page.len() > LONGEST_ROW {
            return Ok(Err(RefusalReason::TooLong.because("an article holds at most 16 MiB")));
        }
        if is_utf_16(&page) {
            return Ok(Err(RefusalReason::WrongEncoding.because("the page is in UTF-16")));
        }
        let page = match encoding::text(&page) {
            Ok(page) => page,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(refusal) = Article::fault(page) {
            return Ok(Err(refusal));
        }
        let file = self.name.rsplit('/').next().unwrap_or_default();
        let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        match reading.article(name, Article::parse(page)) {
            Some(row) => self.event(vec![row]),
            None => {
                self.word = Arc::from("Articles not published");
                Ok(Ok(Event::NoPlace))
            }
        }
    }
}

/// Why a row of that shape is not read.
fn fault(shape: Shape) -> Option<Refusal> {
    let (reason, hint) = match shape {
        Shape::Whole => return None,
        Shape::TooLong => (RefusalReason::TooLong, "a row holds at most 16 MiB"),
        Shape::CutShort => (RefusalReason::CutShort, "the file ends inside of quotes"),
        Shape::BadQuotes => (
            RefusalReason::BadQuotes,
            "text stands behind a closing quote, so a quote is missing before it or too many",
        ),
        Shape::BareReturn => (
            RefusalReason::WrongLineEnds,
            "a carriage return without line feed ends no line; was the file saved by another program?",
        ),
    };
    Some(reason.because(hint))
}

/// The file in reports, which are kept: without the number of the member that newer archives
/// append to it, and for articles, whose names are their ids, the folder.
fn shown(purpose: Purpose, name: &str) -> String {
    if matches!(purpose, Purpose::Article) {
        return "Articles".to_owned();
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    match stem.rsplit_once('_') {
        Some((start, digits))
            if digits.len() >= SHORTEST_MEMBER
                && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            shown_name(&format!("{start}.{ending}"))
        }
        _ => shown_name(name),
    }
}

/// What an archive of ours says of a file, besides the file.
pub(super) fn lines_beside(
    archive: &Archive,
    form: Form,
) -> Result<Option<Lines<Opened>>, SourcesError> {
    let beside = archive.of_ours(&format!("{FOLDER}/{}.ndjson", form.word()));
    Ok(beside.map(|file| archive.read(file)).transpose()?.map(Lines::new))
}

/// When what a row says happened.
pub(super) fn created(row: &Row) -> Option<Instant> {
    match &row.body {
        Body::Item(row) => row.created,
        Body::Activity(row) => row.created,
        Body::Member(row) => row.created,
        Body::Profile(_) | Body::Position(_) | Body::Education(_) | Body::Skill(_) => None,
    }
}
