use std::{fs::File, io, os::unix::fs::FileExt, sync::Arc, vec::IntoIter};

use crate::{Result, SpillError};

/// How much of all parts waits in memory, and of one at the least and at the most, to be written
/// at once.
const ROOM: usize = 1 << 20;
const LEAST: usize = 4 << 10;
const MOST: usize = 32 << 10;

/// Texts in parts, each text with a few numbers, to be read one part after the other. However
/// many parts there are, they lie in one file.
#[derive(Debug, Default)]
pub struct Parts<const N: usize> {
    file: Option<Arc<File>>,
    /// Where the file ends.
    end: u64,
    parts: Vec<Part>,
}

#[derive(Debug, Default)]
struct Part {
    /// Start and length of its pieces of the file, each of whole records.
    pieces: Vec<(u64, usize)>,
    waiting: Vec<u8>,
}

/// The texts of one part, in the order in which they came.
#[derive(Debug)]
pub struct Texts<const N: usize> {
    file: Option<Arc<File>>,
    pieces: IntoIter<(u64, usize)>,
    waiting: Vec<u8>,
    /// The piece that is read, and how much of it was given out.
    piece: Vec<u8>,
    done: usize,
}

impl<const N: usize> Parts<N> {
    /// Adds a text to a part, which there is from then on.
    ///
    /// # Errors
    /// If the temporary file cannot be written.
    pub fn push(&mut self, part: usize, numbers: [i64; N], text: &str) -> Result<()> {
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, Part::default);
        }
        let room = (ROOM / self.parts.len()).clamp(LEAST, MOST);
        let Some(Part { pieces, waiting }) = self.parts.get_mut(part) else { return Ok(()) };
        waiting.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        waiting.extend((text.len() as u64).to_le_bytes());
        waiting.extend(text.as_bytes());
        if waiting.len() >= room {
            let file = match &self.file {
                Some(file) => file,
                None => {
                    self.file.insert(Arc::new(tempfile::tempfile().map_err(SpillError::write)?))
                }
            };
            file.write_all_at(waiting, self.end).map_err(SpillError::write)?;
            pieces.push((self.end, waiting.len()));
            self.end += waiting.len() as u64;
            waiting.clear();
        }
        Ok(())
    }

    /// The texts of a part; what was taken is no longer there.
    pub fn take(&mut self, part: usize) -> Texts<N> {
        let Part { pieces, waiting } =
            self.parts.get_mut(part).map(std::mem::take).unwrap_or_default();
        let (file, pieces) = (self.file.clone(), pieces.into_iter());
        Texts { file, pieces, waiting, piece: Vec::new(), done: 0 }
    }
}

impl<const N: usize> Texts<N> {
    /// The next text with its numbers; `None` at the end.
    ///
    /// # Errors
    /// If the temporary file cannot be read.
    #[expect(clippy::should_implement_trait, reason = "it lends what it holds")]
    pub fn next(&mut self) -> Result<Option<([i64; N], &str)>> {
        if self.done == self.piece.len() && !self.read_piece()? {
            return Ok(None);
        }
        let rest = self.piece.get(self.done..).unwrap_or_default();
        let broken = || SpillError::read(io::ErrorKind::InvalidData.into());
        let (numbers, text, after) = record(rest).ok_or_else(broken)?;
        self.done = self.piece.len() - after.len();
        Ok(Some((numbers, text)))
    }

    /// Whether there is one more piece.
    fn read_piece(&mut self) -> Result<bool> {
        self.done = 0;
        if let Some((file, (start, length))) = self.file.as_ref().zip(self.pieces.next()) {
            self.piece.resize(length, 0);
            file.read_exact_at(&mut self.piece, start).map_err(SpillError::read)?;
        } else {
            self.piece = std::mem::take(&mut self.waiting);
        }
        Ok(!self.piece.is_empty())
    }
}

/// The record that stands first, and what stands behind it.
fn record<const N: usize>(bytes: &[u8]) -> Option<([i64; N], &str, &[u8])> {
    let (numbers, bytes) = bytes.split_at_checked(N * size_of::<i64>())?;
    let (numbers, _) = numbers.as_chunks();
    let numbers = std::array::from_fn(|at| {
        numbers.get(at).copied().map(i64::from_le_bytes).unwrap_or_default()
    });
    let (length, bytes) = bytes.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (text, after) = bytes.split_at_checked(length)?;
    Some((numbers, str::from_utf8(text).ok()?, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(mut texts: Texts<1>) -> Vec<(i64, String)> {
        let mut all = Vec::new();
        while let Some(([number], text)) = texts.next().unwrap() {
            all.push((number, text.to_owned()));
        }
        all
    }

    proptest! {
        #[test]
        fn each_part_gives_its_texts_in_order(
            texts in proptest::collection::vec((0_usize..4, any::<i64>(), 0_usize..9_000), 0..60),
        ) {
            let texts = texts.into_iter().map(|(part, number, length)| {
                (part, number, format!("{number:ö>length$}"))
            });
            let texts: Vec<_> = texts.collect();
            let mut parts = Parts::default();
            for (part, number, text) in &texts {
                parts.push(*part, [*number], text).unwrap();
            }
            for part in (0..5).rev() {
                let own = texts.iter().filter(|(of, ..)| *of == part);
                let own: Vec<_> = own.map(|(_, number, text)| (*number, text.clone())).collect();
                prop_assert_eq!(all(parts.take(part)), own);
                prop_assert_eq!(all(parts.take(part)), vec![]);
            }
        }
    }
}
