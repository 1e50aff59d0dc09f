//! Documents on their way to their cell, on disk, so that a build needs no more memory than one
//! cell. The files live in a staging folder and end with the build.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufReader, BufWriter, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use gate::Table;
use policy::{Category, Instant, ItemId, MemberNumber, aipref::Usage};
use text::{normalisation::Rule, personal_data::Kind};

use crate::{Cell, CorpusError, Document, DocumentId, Paragraphs, Result, document::Candidate};

/// A candidate with what was done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spilled {
    /// Places that were made clean.
    pub(crate) normalised: BTreeMap<Rule, u64>,
    /// Places where personal data was replaced.
    pub(crate) redacted: BTreeMap<Kind, u64>,
    /// What it may have in common with others.
    pub(crate) traits: Vec<i64>,
    pub(crate) candidate: Candidate,
}

/// One open file for each cell that has documents.
#[derive(Debug)]
pub(crate) struct Spill {
    folder: PathBuf,
    cells: BTreeMap<Cell, BufWriter<File>>,
}

impl Spill {
    pub(crate) fn create(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(CorpusError::file("creating", &folder))?;
        Ok(Self { folder, cells: BTreeMap::new() })
    }

    pub(crate) fn push(&mut self, cell: Cell, spilled: &Spilled) -> Result<()> {
        let path = path_of(&self.folder, cell);
        let file = match self.cells.entry(cell) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => {
                let file = File::create(&path).map_err(CorpusError::file("creating", &path))?;
                vacant.insert(BufWriter::new(file))
            }
        };
        write(file, spilled).map_err(CorpusError::file("writing", &path))
    }

    /// Closes the files; every cell that has documents, in order.
    pub(crate) fn finish(self) -> Result<Vec<(Cell, PathBuf)>> {
        let mut cells = Vec::with_capacity(self.cells.len());
        for (cell, mut file) in self.cells {
            let path = path_of(&self.folder, cell);
            file.flush().map_err(CorpusError::file("writing", &path))?;
            cells.push((cell, path));
        }
        Ok(cells)
    }
}

/// Everything in one cell, in the order in which it came.
pub(crate) fn read(path: &Path) -> Result<Vec<Spilled>> {
    let file = File::open(path).map_err(CorpusError::file("opening", path))?;
    let mut file = BufReader::new(file);
    let mut all = Vec::new();
    while let Some(one) = read_one(&mut file).map_err(CorpusError::file("reading", path))? {
        all.push(one);
    }
    Ok(all)
}

fn path_of(folder: &Path, cell: Cell) -> PathBuf {
    folder.join(format!("{}-{}-{}", cell.split, cell.shard, cell.slice))
}

fn write(file: &mut impl Write, spilled: &Spilled) -> std::io::Result<()> {
    let Spilled { normalised, redacted, traits, candidate } = spilled;
    let Candidate { table, member, item, document } = candidate;
    let Document { document: id, category, language, created, answers, .. } = document;
    let Document { usage, paragraphs, text, .. } = document;
    file.write_all(&id.as_i64().to_le_bytes())?;
    let clean = Rule::ALL.iter().map(|rule| normalised.get(rule));
    for places in clean.chain(Kind::ALL.iter().map(|kind| redacted.get(kind))) {
        file.write_all(&places.copied().unwrap_or_default().to_le_bytes())?;
    }
    let count = i64::try_from(traits.len()).unwrap_or(i64::MAX);
    let numbers = [count].into_iter().chain(traits.iter().copied());
    for number in numbers.chain([member.as_i64(), item.as_i64()]) {
        file.write_all(&number.to_le_bytes())?;
    }
    write_text(file, Some(table.name()))?;
    write_text(file, Some(category.name()))?;
    write_text(file, language.as_deref())?;
    for number in [created.map(Instant::as_micros), answers.map(DocumentId::as_i64)] {
        file.write_all(&[u8::from(number.is_some())])?;
        file.write_all(&number.unwrap_or_default().to_le_bytes())?;
    }
    write_text(file, usage.expression().as_deref())?;
    write_text(file, Some(&paragraphs.to_string()))?;
    write_text(file, Some(text))
}

/// A length of `u32::MAX` says that there is no text.
fn write_text(file: &mut impl Write, text: Option<&str>) -> std::io::Result<()> {
    let too_long = |_| std::io::Error::new(ErrorKind::InvalidInput, "a text of 4 GiB");
    let length = text.map_or(Ok(u32::MAX), |text| u32::try_from(text.len()).map_err(too_long))?;
    file.write_all(&length.to_le_bytes())?;
    file.write_all(text.unwrap_or_default().as_bytes())
}

fn read_one(file: &mut impl Read) -> std::io::Result<Option<Spilled>> {
    let id = match long(file) {
        Ok(number) => DocumentId::from_i64(number),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let normalised = counts(file, &Rule::ALL)?;
    let redacted = counts(file, Kind::ALL)?;
    let traits = (0..long(file)?).map(|_| long(file)).collect::<std::io::Result<Vec<_>>>()?;
    let member = MemberNumber::from_i64(long(file)?);
    let item = ItemId::from_i64(long(file)?);
    let table: Table = read_word(file)?;
    let category: Category = read_word(file)?;
    let language = read_text(file)?;
    let created = long_or_none(file)?.map(Instant::from_micros);
    let answers = long_or_none(file)?.map(DocumentId::from_i64);
    let usage = read_text(file)?.map_or_else(Usage::default, Usage::parse);
    let paragraphs: Paragraphs = read_word(file)?;
    let text = read_text(file)?.unwrap_or_default();
    let document =
        Document { document: id, category, language, created, answers, usage, paragraphs, text };
    let candidate = Candidate { table, member, item, document };
    Ok(Some(Spilled { normalised, redacted, traits, candidate }))
}

/// A number for each of `all`; those that are 0 are left out.
fn counts<T: Copy + Ord>(file: &mut impl Read, all: &[T]) -> std::io::Result<BTreeMap<T, u64>> {
    let mut counts = BTreeMap::new();
    for one in all {
        let places = u64::from_le_bytes(array(file)?);
        counts.extend((places > 0).then_some((*one, places)));
    }
    Ok(counts)
}

fn array<const N: usize>(file: &mut impl Read) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn long(file: &mut impl Read) -> std::io::Result<i64> {
    Ok(i64::from_le_bytes(array(file)?))
}

fn long_or_none(file: &mut impl Read) -> std::io::Result<Option<i64>> {
    let is_there = array::<1>(file)? == [1];
    let number = long(file)?;
    Ok(is_there.then_some(number))
}

fn read_text(file: &mut impl Read) -> std::io::Result<Option<String>> {
    let length = u32::from_le_bytes(array(file)?);
    if length == u32::MAX {
        return Ok(None);
    }
    let mut text = String::new();
    if file.take(u64::from(length)).read_to_string(&mut text)? != length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(text))
}

fn read_word<T: std::str::FromStr>(file: &mut impl Read) -> std::io::Result<T> {
    let word = read_text(file)?.unwrap_or_default();
    word.parse().map_err(|_| std::io::Error::new(ErrorKind::InvalidData, "an unknown word"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_spilled_is_read_back(
            urls in 0_u64..9, traits: Vec<i64>, id: i64, member: i64, item: i64,
            language: Option<String>, created: Option<i64>, answers: Option<i64>, text: String,
        ) {
            let document = Document {
                document: DocumentId::from_i64(id),
                category: Category::Posts,
                language,
                created: created.map(Instant::from_micros),
                answers: answers.map(DocumentId::from_i64),
                usage: Usage::parse(if urls > 3 { "train-ai=y" } else { "" }),
                paragraphs: Paragraphs::one("text", &text),
                text,
            };
            let (member, item) = (MemberNumber::from_i64(member), ItemId::from_i64(item));
            let candidate = Candidate { table: Table::Items, member, item, document };
            let redacted = (urls > 0).then_some((Kind::Url, urls)).into_iter().collect();
            let normalised = (urls % 2 > 0).then_some((Rule::Spaces, urls)).into_iter().collect();
            let spilled = Spilled { normalised, redacted, traits, candidate };
            let mut bytes = Vec::new();
            write(&mut bytes, &spilled).unwrap();
            let mut bytes = bytes.as_slice();
            prop_assert_eq!(read_one(&mut bytes).unwrap(), Some(spilled));
            prop_assert_eq!(read_one(&mut bytes).unwrap(), None);
        }
    }
}
