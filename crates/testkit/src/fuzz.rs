//! Mutations of samples, for readers that have to be total on arbitrary bytes.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::chance::Chance;

/// How many inputs are tried if `ZWECK_FUZZ_SECONDS` does not say for how long.
const CASES: u64 = 300;

/// How long one input may take; a reader that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(20);

/// Inputs do not grow beyond this many bytes.
const LONGEST_INPUT: usize = 64 * 1024;

/// So many samples are kept at most.
const MOST_SAMPLES: usize = 4_096;

/// Words that many formats give a meaning to.
const WORDS: [&[u8]; 24] = [
    b"\"",
    b"\\\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\0",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"/>",
    b"&amp;",
    b"&#0;",
    b"<!--",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xC3\x28",
    b"-1",
    b"9223372036854775808",
];

/// Tries a reader on many inputs. Inputs on which it says something that it has not said before
/// become samples themselves, so that a run finds its way into the reader.
///
/// The number of inputs is fixed, and the same inputs are tried each time, unless
/// `ZWECK_FUZZ_SECONDS` says for how long to go on. An input on which the reader panics or hangs
/// is kept in the folder for temporary files, and its name is told.
pub struct Fuzz {
    name: &'static str,
    samples: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Fuzz {
    /// Starts from some samples of what the reader understands.
    pub fn from_samples(name: &'static str, samples: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let samples = samples.into_iter().chain([Vec::new()]).collect();
        Self { name, samples, words: WORDS.map(<[u8]>::to_vec).to_vec() }
    }

    /// The same with words that the format gives a meaning to.
    #[must_use]
    pub fn with_words(mut self, words: &[&str]) -> Self {
        self.words.extend(words.iter().map(|word| word.as_bytes().to_vec()));
        self
    }

    /// Runs; `read` reads an input and returns what it said of it, in words that do not repeat the
    /// input. Returns how many inputs were tried.
    ///
    /// # Panics
    /// If the reader panics or hangs on an input.
    pub fn run(mut self, mut read: impl FnMut(&[u8]) -> String) -> u64 {
        let (mut chance, mut known) = (Chance::from_seed(1), HashSet::<u64>::new());
        let seconds = std::env::var("ZWECK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
        let (start, mut tried) = (now(), 0);
        for sample in self.samples.clone() {
            known.insert(hash(&self.check(&sample, &mut read)));
        }
        loop {
            let goes_on = match seconds {
                Some(seconds) => start.elapsed() < Duration::from_secs(seconds),
                None => tried < CASES,
            };
            if !goes_on {
                return tried;
            }
            let input = self.mutated(&mut chance);
            if known.insert(hash(&self.check(&input, &mut read))) {
                self.keep_sample(input, &mut chance);
            }
            tried += 1;
        }
    }

    /// Adds a sample, or puts it in the place of another once there are many.
    fn keep_sample(&mut self, input: Vec<u8>, chance: &mut Chance) {
        if self.samples.len() < MOST_SAMPLES {
            self.samples.push(input);
        } else if let Some(other) = self.samples.get_mut(chance.between(0, MOST_SAMPLES - 1)) {
            *other = input;
        }
    }

    fn check(&self, input: &[u8], read: &mut impl FnMut(&[u8]) -> String) -> String {
        let start = now();
        let said = catch_unwind(AssertUnwindSafe(|| read(input)));
        let took = start.elapsed();
        let what = match said {
            Ok(said) if took < LONGEST => return said,
            Ok(_) => format!("took {} s", took.as_secs()),
            Err(_) => "ended in a panic".to_owned(),
        };
        let kept = self.keep(input);
        let message = format!("{}: reading `{}` {what}", self.name, kept.display());
        resume_unwind(Box::new(message))
    }

    fn keep(&self, input: &[u8]) -> PathBuf {
        let name = format!("zweck-fuzz-{}-{:08x}", self.name, crc32fast::hash(input));
        let path = std::env::temp_dir().join(name);
        // If it cannot be kept, its name still tells which it was.
        let _ = std::fs::write(&path, input);
        path
    }

    fn mutated(&self, chance: &mut Chance) -> Vec<u8> {
        let mut input = self.sample(chance).to_vec();
        for _ in 0..chance.between(1, 6) {
            self.mutate(&mut input, chance);
        }
        input.truncate(LONGEST_INPUT);
        input
    }

    fn sample(&self, chance: &mut Chance) -> &[u8] {
        let place = chance.between(0, self.samples.len().saturating_sub(1));
        self.samples.get(place).map_or(&[], Vec::as_slice)
    }

    fn mutate(&self, input: &mut Vec<u8>, chance: &mut Chance) {
        let at = chance.between(0, input.len());
        let end = (at + chance.between(1, 40)).min(input.len());
        match chance.between(0, 9) {
            0 | 1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = byte_of(chance);
                }
            }
            2 => drop(input.drain(at..end)),
            3 => input.truncate(at),
            4 => {
                let piece = input.get(at..end).unwrap_or_default().to_vec();
                let to = chance.between(0, input.len());
                input.splice(to..to, piece);
            }
            5 => {
                let other = self.sample(chance);
                let from = chance.between(0, other.len());
                input.truncate(at);
                input.extend(other.get(from..).unwrap_or_default());
            }
            6 => {
                let bytes: Vec<u8> = (0..chance.between(1, 16)).map(|_| byte_of(chance)).collect();
                input.splice(at..at, bytes);
            }
            7 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << chance.between(0, 7);
                }
            }
            _ => {
                let place = chance.between(0, self.words.len().saturating_sub(1));
                let word = self.words.get(place).cloned().unwrap_or_default();
                input.splice(at..at, word);
            }
        }
    }
}

fn hash(said: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    hasher.finish()
}

fn byte_of(chance: &mut Chance) -> u8 {
    u8::try_from(chance.between(0, 255)).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "how long a reader takes is what is looked at")]
fn now() -> Instant {
    Instant::now()
}
