use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
};

use crate::{Result, SpillError};

/// How much of each part is held in memory while it is written.
const BUFFER: usize = 32 << 10;

/// Texts in parts, to be read one part after the other; each with a few numbers.
#[derive(Debug)]
pub struct Parts<const N: usize> {
    /// One file for each part that has a text.
    files: Vec<Option<BufWriter<File>>>,
}

/// The texts of one part, in the order in which they came.
#[derive(Debug)]
pub struct Texts<const N: usize> {
    file: Option<BufReader<File>>,
    text: Vec<u8>,
}

impl<const N: usize> Parts<N> {
    /// So many parts without a text. Each takes a file as long as it is not read.
    pub fn new(count: usize) -> Self {
        Self { files: (0..count).map(|_| None).collect() }
    }

    /// Adds a text to a part; what is said of a part that there is not is dropped.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn push(&mut self, part: usize, numbers: [i64; N], text: &str) -> Result<()> {
        let Some(place) = self.files.get_mut(part) else { return Ok(()) };
        let file = match place {
            Some(file) => file,
            none => {
                let file = tempfile::tempfile().map_err(SpillError::write)?;
                none.insert(BufWriter::with_capacity(BUFFER, file))
            }
        };
        let length = text.len() as u64;
        let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(SpillError::write);
        numbers.iter().try_for_each(|number| write(&number.to_le_bytes()))?;
        write(&length.to_le_bytes())?;
        write(text.as_bytes())
    }

    /// The texts of a part, which are gone once they were read.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn take(&mut self, part: usize) -> Result<Texts<N>> {
        let mut texts = Texts { file: None, text: Vec::new() };
        if let Some(file) = self.files.get_mut(part).and_then(Option::take) {
            let file = file.into_inner().map_err(|error| SpillError::write(error.into_error()));
            let mut file = file?;
            file.rewind().map_err(SpillError::read)?;
            texts.file = Some(BufReader::with_capacity(BUFFER, file));
        }
        Ok(texts)
    }
}

impl<const N: usize> Texts<N> {
    /// The next text with its numbers; `None` at the end.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    #[expect(clippy::should_implement_trait, reason = "it lends what it holds")]
    pub fn next(&mut self) -> Result<Option<([i64; N], &str)>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        if file.fill_buf().map_err(SpillError::read)?.is_empty() {
            return Ok(None);
        }
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = i64::from_le_bytes(word(file)?);
        }
        let length = u64::from_le_bytes(word(file)?);
        self.text.resize(usize::try_from(length).unwrap_or_default(), 0);
        file.read_exact(&mut self.text).map_err(SpillError::read)?;
        let text = std::str::from_utf8(&self.text).map_err(io::Error::other);
        Ok(Some((numbers, text.map_err(SpillError::read)?)))
    }
}

fn word(file: &mut impl Read) -> Result<[u8; 8]> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes).map_err(SpillError::read)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_part_gives_its_texts_in_order(
            texts in proptest::collection::vec((0_usize..5, any::<i64>(), ".{0,40}"), 0..200),
        ) {
            let mut parts = Parts::new(4);
            for (part, number, text) in &texts {
                parts.push(*part, [*number], text).unwrap();
            }
            for part in 0..5 {
                let expected = texts.iter().filter(|(of, ..)| *of == part && part < 4);
                let mut read = parts.take(part).unwrap();
                for (_, number, text) in expected {
                    prop_assert_eq!(read.next().unwrap(), Some(([*number], text.as_str())));
                }
                prop_assert_eq!(read.next().unwrap(), None);
                prop_assert_eq!(parts.take(part).unwrap().next().unwrap(), None);
            }
        }
    }
}
