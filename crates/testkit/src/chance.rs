use policy::Instant;
use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// Every random draw of the crate; the same seed gives the same draws.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// True in `permille` of 1,000 cases.
    pub(crate) fn permille(&mut self, permille: u32) -> bool {
        self.0.random_range(0..1_000) < permille
    }

    /// A number from `low` to `high`, both included; `low` if the range is empty.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high.max(low))
    }

    /// An instant from `low` to `high`; `low` if the range is empty.
    pub(crate) fn instant(&mut self, low: Instant, high: Instant) -> Instant {
        let (low, high) = (low.as_micros(), high.as_micros());
        let second = 1_000_000;
        let micros = self.0.random_range(low..=high.max(low));
        Instant::from_micros((micros - micros.rem_euclid(second)).max(low))
    }

    /// One of the words; the empty word if there is none.
    pub(crate) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.choose(&mut self.0).copied().unwrap_or_default()
    }

    /// One of the values, each as often as its weight says; `None` if all weights are 0.
    pub(crate) fn weighted<T: Copy>(&mut self, table: &[(T, u32)]) -> Option<T> {
        let mut left =
            self.0.random_range(0..table.iter().map(|(_, weight)| weight).sum::<u32>().max(1));
        for (value, weight) in table {
            if left < *weight {
                return Some(*value);
            }
            left -= weight;
        }
        None
    }

    /// Lower-case letters only, so that no redaction of numbers or addresses can touch them.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.0.random_range(b'a'..=b'z'))).collect()
    }

    /// Digits, the first of which may be 0.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.0.random_range(b'0'..=b'9'))).collect()
    }
}
