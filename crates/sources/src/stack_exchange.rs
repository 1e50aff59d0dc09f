mod links;
mod rows;
mod xml;

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    Body, Event, Located, Position, Refusal, RefusalReason, Row, Source, SourcesError, encoding,
    is_utf_16,
    keys::checked_source_name,
    piece::{LONGEST_ROW, Pieces},
};
use rows::{Posts, Table};
use xml::Element;

/// The folder of a Stack Exchange data dump: `Users.xml`, `Posts.xml`, `Comments.xml`; every other
/// table is counted and has no place in the lake.
///
/// Users become members and profiles, questions and answers posts, tag wikis articles, comments
/// comments. Dates have no zone and are taken as UTC. What a dump cannot say (region, age,
/// visibility, language) stays missing.
pub struct StackExchangeSource {
    name: String,
    total_bytes: u64,
    waiting: std::vec::IntoIter<(Table, PathBuf)>,
    open: Option<OpenFile>,
    bytes_before: u64,
    posts: Posts,
}

/// A row, or what is wrong with it, and the line on which it starts.
type Numbered = (u64, Result<Element, Refusal>);

struct OpenFile {
    table: Table,
    path: PathBuf,
    shown: Arc<str>,
    word: Arc<str>,
    pieces: Pieces<BufReader<File>>,
    /// The name of the element around all rows while it is open.
    root: Option<String>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The encoding was not looked at.
    Start,
    Rows,
    /// Nothing of the file is read any more.
    Left,
}

impl StackExchangeSource {
    /// Opens the folder; the source is named `stack-exchange:SITE`, the site being `site` or else
    /// the folder's name.
    ///
    /// # Errors
    /// If the folder cannot be read, lacks one of the three files, or has no usable name.
    pub fn open(folder: &Path, site: Option<&str>) -> Result<Self, SourcesError> {
        let of_folder = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let site = site.unwrap_or(of_folder);
        if site.is_empty() {
            return Err(SourcesError::SourceName { name: String::new() });
        }
        let name = checked_source_name(&format!("stack-exchange:{site}"))?;
        let files = files_of(folder)?;
        let mut total_bytes = 0;
        for (_, file) in &files {
            let at = |source| SourcesError::Read { file: file.clone(), source };
            total_bytes += file.metadata().map_err(at)?.len();
        }
        let waiting = files.into_iter();
        let posts = Posts::default();
        Ok(Self { name, total_bytes, waiting, open: None, bytes_before: 0, posts })
    }
}

impl Source for StackExchangeSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    fn next(&mut self) -> Result<Option<Located>, SourcesError> {
        loop {
            let Some(open) = &mut self.open else {
                let Some((table, path)) = self.waiting.next() else { return Ok(None) };
                self.open = Some(OpenFile::open(table, path)?);
                continue;
            };
            if let Some((line, element)) = open.next_row()? {
                let position = Position {
                    file: Arc::clone(&open.shown),
                    line,
                    bytes_read: self.bytes_before + open.pieces.bytes_read(),
                };
                let mut event = element.and_then(|row| open.table.read(&row, &mut self.posts));
                if let Some(failure) = self.posts.failure() {
                    return Err(failure.into());
                }
                if let Ok(Event::Upsert { rows, .. }) = &mut event {
                    name_linked(rows, &self.name);
                }
                return Ok(Some(Located { position, table: Arc::clone(&open.word), event }));
            }
            self.bytes_before += open.pieces.bytes_read();
            self.open = None;
        }
    }
}

impl OpenFile {
    fn open(table: Table, path: PathBuf) -> Result<Self, SourcesError> {
        let file = File::open(&path)
            .map_err(|source| SourcesError::Read { file: path.clone(), source })?;
        let shown = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let word = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        Ok(Self {
            table,
            shown: Arc::from(&*shown),
            word: Arc::from(&*word),
            // No `<` can stand inside a value, so each starts a new piece of markup: a row that
            // is broken costs itself alone.
            pieces: Pieces::new(BufReader::new(file), b'<', LONGEST_ROW),
            path,
            root: None,
            state: State::Start,
        })
    }

    /// The next element that is a row, or a refusal of what stands in its place.
    fn next_row(&mut self) -> Result<Option<Numbered>, SourcesError> {
        let at = |source| SourcesError::Read { file: self.path.clone(), source };
        if self.state == State::Start && is_utf_16(self.pieces.peek().map_err(at)?) {
            self.state = State::Left;
            return Ok(Some((1, Err(encoding::refusal()))));
        }
        if self.state == State::Left {
            return Ok(None);
        }
        self.state = State::Rows;
        loop {
            let next = self.pieces.next();
            let Some(piece) = next.map_err(at)? else {
                let Some(root) = self.root.take() else { return Ok(None) };
                let hint = format!("`</{root}>` is missing: rows may be lost");
                return Ok(Some((self.pieces.line(), Err(RefusalReason::CutShort.because(hint)))));
            };
            if let Some(row) = xml::read_piece(&piece, &mut self.root).transpose() {
                return Ok(Some((piece.line, row)));
            }
        }
    }
}

/// Adds the mentions that links to profiles make.
fn name_linked(rows: &mut [Row], site: &str) {
    for row in rows {
        if let Body::Item(item) = &mut row.body {
            item.mentions = links::profile_links(&item.text, site);
        }
    }
}

/// Users first, then posts, then comments: each needs what stands in those before.
fn files_of(folder: &Path) -> Result<Vec<(Table, PathBuf)>, SourcesError> {
    let at = |source| SourcesError::Read { file: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.extension().is_some_and(|ending| ending == "xml") && path.is_file() {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            files.push((Table::of_file(&stem), path));
        }
    }
    files.sort();
    let needed = [
        (Table::Users, "Users.xml"),
        (Table::Posts, "Posts.xml"),
        (Table::Comments, "Comments.xml"),
    ];
    for (table, expected) in needed {
        if !files.iter().any(|(found, _)| *found == table) {
            return Err(SourcesError::NothingToRead { folder: folder.to_owned(), expected });
        }
    }
    Ok(files)
}
