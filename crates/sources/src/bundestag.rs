mod interjection;
mod markup;
mod naming;
mod protocol;
mod speaker;
mod speech;

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Acquaintance, Body, Event, Located, MemberRow, Position, ProfileRow, Refusal, RefusalReason,
    Row, Source, SourcesError,
    keys::{checked_external_id, checked_source_name},
};
use markup::Stop;
use protocol::{Found, Protocol, ROOT, Who};
use speaker::{Directory, Entry, Speaker};

/// The language of all protocols.
const LANGUAGE: &str = "de";
/// Where the root element of a protocol starts at the latest, in bytes.
const HEAD: u64 = 4096;

/// Plenary protocols of the German Bundestag: XML as the parliament publishes it since 2017.
///
/// Whoever has an id speaks as a member; a speech is a post, what others with an id say in it is
/// a comment on it. The chair and those who interject are named without an id: they are counted,
/// refused, and those whom name and party mean are named in the speech.
///
/// Every file is read twice. The first time shows who speaks and whether the file is well formed:
/// after a break nobody can tell whose words follow, so a broken file brings nothing in.
pub struct BundestagSource {
    name: String,
    total_bytes: u64,
    waiting: std::vec::IntoIter<Named>,
    open: Option<OpenFile>,
    bytes_before: u64,
    directory: Directory,
    ready: VecDeque<Located>,
}

/// A file with the name that people see.
struct Named {
    path: PathBuf,
    shown: Arc<str>,
}

struct OpenFile {
    file: Named,
    protocol: Protocol<BufReader<File>>,
}

impl BundestagSource {
    /// Opens a protocol, or a folder of them, as the source `name`.
    ///
    /// # Errors
    /// If something cannot be read, the folder holds no XML file, or the name is not usable.
    pub fn open(name: &str, path: &Path) -> Result<Self, SourcesError> {
        let name = checked_source_name(name)?;
        let mut source = Self {
            name,
            total_bytes: 0,
            waiting: Vec::new().into_iter(),
            open: None,
            bytes_before: 0,
            directory: Directory::default(),
            ready: VecDeque::new(),
        };
        let mut whole = Vec::new();
        for file in files_of(path)? {
            match survey(&file)? {
                Ok((speakers, bytes)) => {
                    source.directory.merge(speakers);
                    source.total_bytes += bytes;
                    source.ready.push_back(located(&file, "protokoll", 1, Ok(Event::NoPlace)));
                    whole.push(file);
                }
                Err((line, refusal)) => {
                    source.ready.push_front(located(&file, "protokoll", line, Err(refusal)));
                }
            }
        }
        source.directory.index([]);
        source.waiting = whole.into_iter();
        source.introduce_speakers();
        Ok(source)
    }

    /// Whether the path is a protocol, or a folder that holds one.
    pub fn recognises(path: &Path) -> bool {
        files_of(path).is_ok_and(|files| files.iter().any(|file| is_protocol(&file.path)))
    }

    /// A member and a profile for everybody of whom an id speaks.
    fn introduce_speakers(&mut self) {
        let nowhere = Named { path: PathBuf::new(), shown: Arc::from("redner") };
        for (id, speaker) in self.directory.speakers() {
            if let Some(entry) = speaker.entry() {
                let event = Ok(introduction(id, entry));
                self.ready.push_back(located(&nowhere, "redner", 1, event));
            }
        }
        for _ in self.directory.two_people() {
            let refusal = RefusalReason::BadId.because("an id stands for two people");
            self.ready.push_back(located(&nowhere, "redner", 1, Err(refusal)));
        }
    }

    /// Reads on in the file that is open; `false` at its end.
    fn read_on(&mut self) -> Result<bool, SourcesError> {
        let Some(OpenFile { file, protocol }) = &mut self.open else { return Ok(false) };
        let found = protocol.next().map_err(|stop| changed(&file.path, stop))?;
        let Some(found) = found else { return Ok(false) };
        let bytes_read = self.bytes_before + protocol.bytes_read();
        let rows = match found {
            Found::Speaker(_) => Vec::new(),
            Found::Speech(found) => speech::rows(&found, &self.directory),
            Found::Comment(comment) => speech::interjectors(&comment, &self.directory).rows,
        };
        let shown = &file.shown;
        self.ready.extend(rows.into_iter().map(|speech::Said { line, table, event }| {
            let position = Position { file: Arc::clone(shown), line, bytes_read };
            Located { position, table: Arc::from(table), event }
        }));
        Ok(true)
    }
}

impl Source for BundestagSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    fn own_people(&self) -> Vec<String> {
        self.directory.speakers().map(|(id, _)| id.to_owned()).collect()
    }

    fn meet(&mut self, known: &[Acquaintance]) {
        self.directory.index(known.iter().filter_map(speaker::person_in_lake));
    }

    fn next(&mut self) -> Result<Option<Located>, SourcesError> {
        loop {
            if let Some(located) = self.ready.pop_front() {
                return Ok(Some(located));
            }
            if self.read_on()? {
                continue;
            }
            if let Some(OpenFile { protocol, .. }) = self.open.take() {
                self.bytes_before += protocol.bytes_read();
            }
            let Some(file) = self.waiting.next() else { return Ok(None) };
            let protocol = Protocol::new(BufReader::new(open(&file.path)?));
            self.open = Some(OpenFile { file, protocol });
        }
    }
}

impl Who {
    /// Who speaks, if an id says it for certain.
    fn speaker<'a>(&'a self, directory: &'a Directory) -> Result<(&'a str, &'a Speaker), Refusal> {
        let no_author = |hint: &str| Err(RefusalReason::NoAuthor.because(hint));
        match self {
            Self::Chair => no_author("the chair is named without an id"),
            Self::Nobody => no_author("nobody is announced for these words"),
            Self::Speaker(Entry { id, .. }) if id.is_empty() => no_author("the speaker has no id"),
            Self::Speaker(Entry { id, .. }) => match directory.speaker(id) {
                Some(speaker) => Ok((id, speaker)),
                None => Err(RefusalReason::BadId
                    .because("the id is none, stands for two people, or has no name")),
            },
        }
    }
}

/// What the first reading of a file finds: its speakers and its length in bytes, or where and why
/// it is broken.
type Survey = Result<(Directory, u64), (u64, Refusal)>;

fn survey(file: &Named) -> Result<Survey, SourcesError> {
    let mut protocol = Protocol::new(BufReader::new(open(&file.path)?));
    let mut directory = Directory::default();
    loop {
        match protocol.next() {
            Ok(Some(Found::Speaker(entry))) => directory.add(entry),
            Ok(Some(Found::Speech(speech))) => {
                for turn in speech.turns {
                    if let Who::Speaker(entry) = turn.who {
                        directory.add(entry);
                    }
                }
            }
            Ok(Some(Found::Comment(_))) => {}
            Ok(None) => return Ok(Ok((directory, protocol.bytes_read()))),
            Err(Stop::Broken { line, refusal }) => return Ok(Err((line, refusal))),
            Err(Stop::Read(source)) => {
                return Err(SourcesError::Read { file: file.path.clone(), source });
            }
        }
    }
}

fn introduction(id: &str, entry: &Entry) -> Event {
    let account = MemberRow { display_name: entry.full_name(), created: None };
    let profile = ProfileRow {
        headline: Some(entry.headline()),
        location: entry.town().map(str::to_owned),
        language: Some(LANGUAGE.to_owned()),
        ..ProfileRow::default()
    };
    let rows = [Body::Member(account), Body::Profile(profile)]
        .into_iter()
        .map(|body| Row { member: id.to_owned(), external: id.to_owned(), body })
        .collect();
    Event::Upsert { event: None, rows, account: None }
}

fn located(file: &Named, table: &str, line: u64, event: Result<Event, Refusal>) -> Located {
    let position = Position { file: Arc::clone(&file.shown), line, bytes_read: 0 };
    Located { position, table: Arc::from(table), event }
}

fn open(path: &Path) -> Result<File, SourcesError> {
    File::open(path).map_err(|source| SourcesError::Read { file: path.to_owned(), source })
}

/// The second reading stops only if the file is no longer what it was.
fn changed(path: &Path, stop: Stop) -> SourcesError {
    let source = match stop {
        Stop::Read(error) => error,
        Stop::Broken { .. } => std::io::Error::other("it changed while it was being read"),
    };
    SourcesError::Read { file: path.to_owned(), source }
}

/// The XML files of a folder by name, or the one file.
fn files_of(path: &Path) -> Result<Vec<Named>, SourcesError> {
    let named = |path: PathBuf| {
        let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        Named { shown: Arc::from(&*shown), path }
    };
    if !path.is_dir() {
        return Ok(vec![named(path.to_owned())]);
    }
    let at = |source| SourcesError::Read { file: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in path.read_dir().map_err(at)? {
        let file = entry.map_err(at)?.path();
        if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml")) {
            files.push(file);
        }
    }
    if files.is_empty() {
        let (folder, expected) = (path.to_owned(), "XML file");
        return Err(SourcesError::NothingToRead { folder, expected });
    }
    files.sort();
    Ok(files.into_iter().map(named).collect())
}

fn is_protocol(path: &Path) -> bool {
    let mut head = Vec::new();
    let is_read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).is_ok();
    is_read && String::from_utf8_lossy(&head).contains(&format!("<{ROOT}"))
}

/// An id as the parliament gives it: letters and digits, so that it is never taken for a number
/// of the lake.
fn is_id(id: &str) -> bool {
    id.chars().all(char::is_alphanumeric) && checked_external_id(id.to_owned()).is_some()
}
