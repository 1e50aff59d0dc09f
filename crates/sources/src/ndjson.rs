mod fields;
mod json;
mod kinds;

pub use json::unambiguous_json;

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Event, Located, Position, Refusal, RefusalReason, Source, SourcesError, encoding, is_utf_16,
    keys::checked_source_name,
    piece::{LONGEST_ROW, Piece, Pieces},
};

/// Endings of the files that are read from a folder.
const ENDINGS: &[&str] = &["ndjson", "jsonl"];

/// Zweck's own events, one JSON object a line, as `docs/events.md` describes them.
pub struct NdjsonSource {
    name: String,
    total_bytes: u64,
    waiting: std::vec::IntoIter<PathBuf>,
    open: Option<OpenFile>,
    bytes_before: u64,
}

struct OpenFile {
    path: PathBuf,
    shown: Arc<str>,
    pieces: Pieces<Box<dyn BufRead + Send>>,
    /// Whether the encoding was looked at.
    is_checked: bool,
}

impl NdjsonSource {
    /// Reads a file, or every `.ndjson` and `.jsonl` file of a folder in the order of names.
    ///
    /// # Errors
    /// If the name is no source's, the path cannot be read, or the folder holds no such file.
    pub fn open(name: &str, path: &Path) -> Result<Self, SourcesError> {
        let name = checked_source_name(name)?;
        let at = |source| SourcesError::Read { file: path.to_owned(), source };
        let files = if path.is_dir() { files_of(path).map_err(at)? } else { vec![path.to_owned()] };
        if files.is_empty() {
            let expected = "file that ends in .ndjson or .jsonl";
            return Err(SourcesError::NothingToRead { folder: path.to_owned(), expected });
        }
        let mut total_bytes = 0;
        for file in &files {
            total_bytes += file.metadata().map_err(at)?.len();
        }
        Ok(Self { name, total_bytes, waiting: files.into_iter(), open: None, bytes_before: 0 })
    }

    /// Reads a stream such as standard input; `shown` stands for it in messages.
    ///
    /// # Errors
    /// If the name is no source's.
    pub fn from_reader(
        name: &str,
        shown: &str,
        reader: Box<dyn BufRead + Send>,
    ) -> Result<Self, SourcesError> {
        let open = OpenFile {
            path: PathBuf::from(shown),
            shown: Arc::from(shown),
            pieces: Pieces::new(reader, b'\n', LONGEST_ROW),
            is_checked: false,
        };
        Ok(Self {
            name: checked_source_name(name)?,
            total_bytes: 0,
            waiting: Vec::new().into_iter(),
            open: Some(open),
            bytes_before: 0,
        })
    }

    /// The next line of the open file; `None` at its end.
    fn next_piece(&mut self) -> Result<Option<(Arc<str>, Piece)>, SourcesError> {
        let Some(open) = &mut self.open else { return Ok(None) };
        let at = |source| SourcesError::Read { file: open.path.clone(), source };
        if let Some(piece) = open.pieces.next().map_err(at)? {
            return Ok(Some((Arc::clone(&open.shown), piece)));
        }
        self.bytes_before += open.pieces.bytes_read();
        self.open = None;
        Ok(None)
    }

    /// Leaves a file that is in UTF-16, with one refusal for all of it.
    fn leave_utf_16(&mut self) -> Result<Option<Located>, SourcesError> {
        if self.open.is_none() {
            self.open = self.waiting.next().map(OpenFile::open).transpose()?;
        }
        let Some(open) = self.open.as_mut().filter(|open| !open.is_checked) else {
            return Ok(None);
        };
        open.is_checked = true;
        let at = |source| SourcesError::Read { file: open.path.clone(), source };
        if !is_utf_16(open.pieces.peek().map_err(at)?) {
            return Ok(None);
        }
        let file = Arc::clone(&open.shown);
        self.open = None;
        let position = Position { file, line: 1, bytes_read: self.bytes_read() };
        let event = Err(encoding::refusal());
        Ok(Some(Located { position, table: Arc::from(kinds::UNREADABLE), event }))
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_before + self.open.as_ref().map_or(0, |open| open.pieces.bytes_read())
    }
}

impl Source for NdjsonSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    fn next(&mut self) -> Result<Option<Located>, SourcesError> {
        loop {
            if let Some(refused) = self.leave_utf_16()? {
                return Ok(Some(refused));
            }
            let Some((file, piece)) = self.next_piece()? else {
                match self.waiting.len() {
                    0 => return Ok(None),
                    _ => continue,
                }
            };
            let Some((table, event)) = located(&piece) else { continue };
            let position = Position { file, line: piece.line, bytes_read: self.bytes_read() };
            return Ok(Some(Located { position, table, event }));
        }
    }
}

impl OpenFile {
    fn open(path: PathBuf) -> Result<Self, SourcesError> {
        let file = File::open(&path)
            .map_err(|source| SourcesError::Read { file: path.clone(), source })?;
        let reader: Box<dyn BufRead + Send> = Box::new(BufReader::new(file));
        let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let pieces = Pieces::new(reader, b'\n', LONGEST_ROW);
        Ok(Self { shown: Arc::from(&*shown), pieces, path, is_checked: false })
    }
}

/// What a line says, and the word under which it is accounted for; `None` for an empty line.
pub(crate) fn located(piece: &Piece) -> Option<(Arc<str>, Result<Event, Refusal>)> {
    match line_of(piece) {
        Ok(line) if line.trim_ascii().is_empty() => None,
        Ok(line) => Some(kinds::read_line(line)),
        Err(refusal) => Some((Arc::from(kinds::UNREADABLE), Err(refusal))),
    }
}

/// Whether a line is one whole object already, though nothing has ended it yet.
pub(crate) fn is_whole_line(piece: &Piece) -> bool {
    line_of(piece).is_ok_and(kinds::is_whole)
}

fn line_of(piece: &Piece) -> Result<&str, Refusal> {
    let bytes = piece
        .bytes
        .as_deref()
        .ok_or_else(|| RefusalReason::TooLong.because("a line holds at most 16 MiB"))?;
    // A byte order mark may stand before the first line.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").filter(|_| piece.line == 1).unwrap_or(bytes);
    encoding::text(bytes)
}

/// The files of events in a folder, by name; hidden ones are still being written.
pub(crate) fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_hidden =
            path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && ending.is_some_and(|ending| ENDINGS.contains(&ending)) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
