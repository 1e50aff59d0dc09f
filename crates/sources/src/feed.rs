use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
};

use store::{FeedLine, FeedPosition};

use crate::{
    Keys, Located, Position, SourcesError,
    keys::checked_source_name,
    ndjson::{files_of, is_whole_line, located},
    piece::{LONGEST_ROW, Piece, Pieces},
};

/// Events that are followed as they come: the lines of a stream, of one file, or of all files of a
/// folder in the order of their names.
///
/// Files may grow: a line that is only partly written waits for the rest, until it is a whole
/// object or a later file has begun. A file that took the place of another is read from its start.
/// Files whose names start with a dot are passed over.
pub struct Feed {
    name: String,
    bytes_read: u64,
    from: From,
}

/// A row of a feed.
pub struct Fed {
    /// What it says, and where it stands.
    pub located: Located,
    /// Up to where the file has been read with it; a stream has no such place.
    pub mark: Option<FeedMark>,
}

/// Up to where a file of a feed has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedMark {
    /// The keyed hash of the file, 32 hex digits.
    pub(crate) file: String,
    /// Bytes from the start of the file.
    pub(crate) bytes: u64,
    /// Lines from the start of the file.
    pub(crate) lines: u64,
    /// Where the last of them starts, and its keyed hash.
    pub(crate) last: (u64, i64),
}

/// What a feed has at the moment.
pub enum Step {
    /// A row.
    Row(Box<Fed>),
    /// The next call may have to wait for a stream: a good moment to hand on what came before.
    Pause,
    /// Nothing new in any file by now.
    Idle,
    /// The stream has ended.
    End,
}

enum From {
    Stream(Stream),
    Files(Box<Files>),
}

struct Stream {
    shown: Arc<str>,
    pieces: Pieces<BufReader<Box<dyn Read + Send>>>,
    has_paused: bool,
}

struct Files {
    source: String,
    path: PathBuf,
    keys: Keys,
    /// How far each file has been read, by keyed hash.
    read: HashMap<String, Place>,
    /// The files of this look at the folder that are still to be read, the next one last.
    waiting: Vec<PathBuf>,
    open: Option<OpenFile>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    bytes: u64,
    lines: u64,
    /// Where the last of them starts, and its keyed hash.
    last: Option<(u64, i64)>,
    /// How long the file was when only a part of a line was left of it.
    stuck_at: Option<u64>,
}

struct OpenFile {
    path: PathBuf,
    shown: Arc<str>,
    hash: String,
    start: u64,
    length: u64,
    /// Whether a file with a later name is there.
    is_left: bool,
    pieces: Pieces<BufReader<File>>,
}

impl Feed {
    /// Follows a file, or every `.ndjson` and `.jsonl` file of a folder; `read` says how far they
    /// have come in.
    ///
    /// # Errors
    /// If the name is no source's, or there is no such file or folder, or it is something else.
    pub fn open(
        name: &str,
        path: &Path,
        keys: &Keys,
        read: Vec<FeedPosition>,
    ) -> Result<Self, SourcesError> {
        let at = |source| SourcesError::Read { file: path.to_owned(), source };
        let path = path.canonicalize().map_err(at)?;
        if !path.is_dir() && !path.is_file() {
            return Err(SourcesError::NotFollowed { file: path });
        }
        let number = |count: i64| u64::try_from(count).unwrap_or_default();
        let read = read.into_iter().map(|FeedPosition { file, bytes, lines, last }| {
            let last = last.map(|FeedLine { start, hash }| (number(start), hash));
            (file, Place { bytes: number(bytes), lines: number(lines), last, stuck_at: None })
        });
        let files = Files {
            source: checked_source_name(name)?,
            path,
            keys: *keys,
            read: read.collect(),
            waiting: Vec::new(),
            open: None,
        };
        Self::of(name, From::Files(Box::new(files)))
    }

    /// Follows a stream such as standard input; `shown` stands for it in messages.
    ///
    /// # Errors
    /// If the name is no source's.
    pub fn from_reader(
        name: &str,
        shown: &str,
        reader: Box<dyn Read + Send>,
    ) -> Result<Self, SourcesError> {
        let pieces = Pieces::new(BufReader::new(reader), b'\n', LONGEST_ROW);
        Self::of(name, From::Stream(Stream { shown: Arc::from(shown), pieces, has_paused: false }))
    }

    /// The next row, if there is one by now.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn step(&mut self) -> Result<Step, SourcesError> {
        loop {
            let (shown, piece, mark) = match &mut self.from {
                From::Stream(stream) => match stream.next()? {
                    Ok(piece) => (Arc::clone(&stream.shown), piece, None),
                    Err(step) => return Ok(step),
                },
                From::Files(files) => match files.next()? {
                    Some((shown, piece, mark)) => (shown, piece, Some(mark)),
                    None => return Ok(Step::Idle),
                },
            };
            self.bytes_read += piece.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64 + 1);
            let line = piece.line;
            if let Some((table, event)) = located(&piece) {
                let position = Position { file: shown, line, bytes_read: self.bytes_read };
                let located = Located { position, table, event };
                return Ok(Step::Row(Box::new(Fed { located, mark })));
            }
        }
    }

    /// The name under which its identities and rows are kept.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn of(name: &str, from: From) -> Result<Self, SourcesError> {
        Ok(Self { name: checked_source_name(name)?, bytes_read: 0, from })
    }
}

impl Stream {
    fn next(&mut self) -> Result<Result<Piece, Step>, SourcesError> {
        if !self.pieces.has_next() && !self.has_paused {
            self.has_paused = true;
            return Ok(Err(Step::Pause));
        }
        self.has_paused = false;
        let file = || PathBuf::from(&*self.shown);
        let piece = self.pieces.next();
        let piece = piece.map_err(|source| SourcesError::Read { file: file(), source })?;
        Ok(piece.ok_or(Step::End))
    }
}

impl Files {
    /// The next line that is whole; `None` when every file has been looked at.
    fn next(&mut self) -> Result<Option<(Arc<str>, Piece, FeedMark)>, SourcesError> {
        if self.open.is_none() && self.waiting.is_empty() {
            self.list()?;
        }
        loop {
            let Some(open) = &mut self.open else {
                let Some(path) = self.waiting.pop() else { return Ok(None) };
                self.open(path)?;
                continue;
            };
            let at = |source| SourcesError::Read { file: open.path.clone(), source };
            let last_start = open.start + open.pieces.bytes_read();
            let piece = open.pieces.next().map_err(at)?;
            let Some(piece) = piece.filter(|piece| open.is_complete(piece)) else {
                self.close();
                continue;
            };
            let bytes = open.start + open.pieces.bytes_read();
            let lines = open.pieces.line().saturating_sub(1);
            let last = (last_start, self.keys.line_hash(content(&piece)));
            let place = Place { bytes, lines, last: Some(last), stuck_at: None };
            self.read.insert(open.hash.clone(), place);
            let mark = FeedMark { file: open.hash.clone(), bytes, lines, last };
            return Ok(Some((Arc::clone(&open.shown), piece, mark)));
        }
    }

    fn list(&mut self) -> Result<(), SourcesError> {
        let at = |source| SourcesError::Read { file: self.path.clone(), source };
        let mut files = match self.path.is_dir() {
            true => files_of(&self.path).map_err(at)?,
            false => vec![self.path.clone()],
        };
        files.reverse();
        self.waiting = files;
        Ok(())
    }

    /// Opens a file where something is new in it.
    fn open(&mut self, path: PathBuf) -> Result<(), SourcesError> {
        let at = |source| SourcesError::Read { file: path.clone(), source };
        let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let shown: Arc<str> = Arc::from(&*shown);
        let hash = self.keys.file_hash(&self.source, &path);
        let mut place = self.read.get(&hash).copied().unwrap_or_default();
        let is_left = !self.waiting.is_empty();
        let mut file = match File::open(&path) {
            // It was moved away since the folder was looked at.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file.map_err(at)?,
        };
        let length = file.metadata().map_err(at)?.len();
        if !place.is_in(&mut file, length, &self.keys).map_err(at)? {
            tracing::warn!(file = %path.display(), "another file is there under the name of one that was read; it is read from its start");
            place = Place::default();
            self.read.insert(hash.clone(), place);
        }
        let Place { bytes: start, lines, stuck_at, .. } = place;
        if length == start || (stuck_at == Some(length) && !is_left) {
            return Ok(());
        }
        file.seek(SeekFrom::Start(start)).map_err(at)?;
        let line = lines + 1;
        let pieces = Pieces::starting_at(BufReader::new(file), b'\n', LONGEST_ROW, line);
        self.open = Some(OpenFile { path, shown, hash, start, length, is_left, pieces });
        Ok(())
    }

    /// Leaves the file; what is left of it waits for more.
    fn close(&mut self) {
        if let Some(OpenFile { hash, length, .. }) = self.open.take() {
            let place = self.read.entry(hash).or_default();
            place.stuck_at = (place.bytes < length).then_some(length);
        }
    }
}

impl Place {
    /// Whether a file of this length is the one that was read so far: its last line still stands
    /// where it stood.
    fn is_in(&self, file: &mut File, length: u64, keys: &Keys) -> io::Result<bool> {
        let Some((start, hash)) = self.last.filter(|_| self.bytes <= length) else {
            return Ok(self.bytes <= length);
        };
        file.seek(SeekFrom::Start(start))?;
        let read = BufReader::new(file.take(self.bytes.saturating_sub(start)));
        let piece = Pieces::new(read, b'\n', LONGEST_ROW).next()?;
        Ok(piece.is_some_and(|piece| keys.line_hash(content(&piece)) == hash))
    }
}

/// What tells a line from others; of one that is too long only that it is.
fn content(piece: &Piece) -> &[u8] {
    piece.bytes.as_deref().unwrap_or_default()
}

impl OpenFile {
    /// Whether nothing can be missing of the piece: a line break ends it, whoever wrote it has
    /// moved on to another file, or it is a whole object already.
    fn is_complete(&self, piece: &Piece) -> bool {
        piece.is_ended || self.is_left || is_whole_line(piece)
    }
}
