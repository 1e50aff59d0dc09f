//! Which texts are nearly the same: MinHash with locality-sensitive hashing.
//!
//! A text is the set of its shingles, so many words in a row. For each of `bands · rows` hash functions
//! it has the least hash of any shingle; two texts have the same one with the probability of their
//! Jaccard similarity `s` (Broder 1997, <https://doi.org/10.1109/SEQUEN.1997.666900>). Texts that have
//! all `rows` of any band in common are taken for nearly the same, which happens with the probability
//! `1 - (1 - s^rows)^bands`.

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use crate::scripts::is_of_such;

/// How much texts must have in common to be nearly the same.
///
/// Web pages are mostly held together with 14 bands of 8 rows (FineWeb,
/// <https://arxiv.org/abs/2406.17557>). In short texts a third of the shingles is soon in common, and of
/// many such texts some would meet by chance; so the bands are narrower here: half of the pairs with a
/// similarity of 0.82 are found, 93 % of those with 0.9, and one in a thousand with 0.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default, try_from = "Given")]
pub struct Parameters {
    /// How many words in a row are a shingle.
    pub shingle_words: u16,
    /// How many bands there are.
    pub bands: u16,
    /// How many least hashes are a band.
    pub rows_in_band: u16,
}

/// Parameters as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Given {
    shingle_words: u16,
    bands: u16,
    rows_in_band: u16,
}

/// Computes the bands of texts one after another, and uses its memory again.
#[derive(Debug, Clone)]
pub struct MinHash {
    parameters: Parameters,
    /// Of each hash function the factor, which is odd, and the summand.
    factors: Vec<u32>,
    summands: Vec<u32>,
    least: Vec<u32>,
    words: Vec<u64>,
    folded: String,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { shingle_words: 5, bands: 9, rows_in_band: 13 }
    }
}

impl Default for Given {
    fn default() -> Self {
        let Parameters { shingle_words, bands, rows_in_band } = Parameters::default();
        Self { shingle_words, bands, rows_in_band }
    }
}

impl TryFrom<Given> for Parameters {
    type Error = String;

    fn try_from(given: Given) -> Result<Self, String> {
        let Given { shingle_words, bands, rows_in_band } = given;
        let bounded = [
            ("shingle-words", shingle_words, 32),
            ("bands", bands, 128),
            ("rows-in-band", rows_in_band, 32),
        ];
        match bounded.iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            Some((name, value, most)) => {
                Err(format!("`{name}` is {value}, and must lie between 1 and {most}"))
            }
            None => Ok(Self { shingle_words, bands, rows_in_band }),
        }
    }
}

impl Parameters {
    /// How likely two texts of a similarity are taken for nearly the same.
    #[must_use]
    pub fn probability(self, similarity: f64) -> f64 {
        let band = similarity.powi(self.rows_in_band.into());
        1.0 - (1.0 - band).powi(self.bands.into())
    }
}

impl MinHash {
    /// One that has seen no text yet.
    #[must_use]
    pub fn new(parameters: Parameters) -> Self {
        let count = usize::from(parameters.bands) * usize::from(parameters.rows_in_band);
        // fixed, so that a text has the same bands everywhere and always
        let mut state = 0x5A77_6563_6B20_2026;
        let mut draw = || {
            state = splitmix(state);
            (state >> 32) as u32
        };
        let factors = (0..count).map(|_| draw() | 1).collect();
        let summands = (0..count).map(|_| draw()).collect();
        let least = vec![u32::MAX; count];
        Self { parameters, factors, summands, least, words: Vec::new(), folded: String::new() }
    }

    /// A number for each band, the same for texts that have the band in common; none for a text
    /// without a letter or digit. Case and whatever stands between words do not count.
    pub fn bands(&mut self, text: &str) -> impl Iterator<Item = u64> + '_ {
        self.read_words(text);
        self.least.fill(u32::MAX);
        let length = usize::from(self.parameters.shingle_words).min(self.words.len()).max(1);
        for shingle in self.words.windows(length) {
            let word = shingle.iter().fold(length as u64, |hash, word| mix(hash ^ word));
            let hash = (word >> 32) as u32;
            let functions = self.factors.iter().zip(&self.summands);
            for (least, (factor, summand)) in self.least.iter_mut().zip(functions) {
                *least = (*least).min(hash.wrapping_mul(*factor).wrapping_add(*summand));
            }
        }
        let rows = usize::from(self.parameters.rows_in_band);
        let bands = if self.words.is_empty() { 0 } else { usize::from(self.parameters.bands) };
        let of_band = |(band, least): (u64, &[u32])| {
            least.iter().fold(band, |hash, least| mix(hash ^ u64::from(*least)))
        };
        (0..).zip(self.least.chunks_exact(rows)).take(bands).map(of_band)
    }

    /// The hash of each word: letters and digits that stand together, or one sign of a script
    /// without spaces.
    fn read_words(&mut self, text: &str) {
        self.words.clear();
        self.folded.clear();
        if text.is_ascii() {
            self.folded.push_str(text);
            self.folded.make_ascii_lowercase();
            let words = self.folded.as_bytes().split(|byte| !byte.is_ascii_alphanumeric());
            self.words.extend(words.filter(|word| !word.is_empty()).map(XxHash3_64::oneshot));
            return;
        }
        self.folded.extend(text.chars().flat_map(char::to_lowercase));
        for run in self.folded.split(|sign: char| !sign.is_alphanumeric()) {
            let mut rest = run;
            while let Some(first) = rest.chars().next() {
                let end = match is_of_such(first) {
                    true => first.len_utf8(),
                    false => rest.find(is_of_such).unwrap_or(rest.len()),
                };
                let (word, behind) = rest.split_at(end);
                self.words.push(XxHash3_64::oneshot(word.as_bytes()));
                rest = behind;
            }
        }
    }
}

/// The finaliser of `SplitMix64` (<https://doi.org/10.1145/2714064.2660195>).
const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

const fn splitmix(state: u64) -> u64 {
    mix(state.wrapping_add(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn bands(text: &str) -> Vec<u64> {
        MinHash::new(Parameters::default()).bands(text).collect()
    }

    fn are_near(one: &str, other: &str) -> bool {
        bands(one).iter().zip(bands(other)).any(|(one, other)| *one == other)
    }

    #[test]
    fn case_and_signs_do_not_count() {
        assert_eq!(bands("Thank you, Anna!"), bands("thank YOU … anna"));
        assert_eq!(bands("Grüße aus Köln"), bands("grüße AUS KÖLN."));
        assert_eq!(bands("—!? \n"), Vec::<u64>::new());
        assert_ne!(bands("thank you"), bands("you thank"));
    }

    #[test]
    fn the_bands_of_a_text_are_the_same_everywhere() {
        // whoever changes this number changes what is left out of every corpus
        assert_eq!(bands("one two three four five six").first(), Some(&FIRST));
    }

    const FIRST: u64 = 8_515_326_672_491_989_549;

    #[test]
    fn a_word_more_is_near_and_another_text_is_not() {
        let long: Vec<_> = (0..200).map(|word| format!("word{word}")).collect();
        let (long, other) = (long.join(" "), long.join(" other "));
        assert!(are_near(&long, &format!("{long} and one")));
        assert!(!are_near(&long, &other));
    }

    #[test]
    fn signs_of_scripts_without_spaces_are_words() {
        let one = "我们需要一个新的工程师来帮助我们的团队完成这个非常重要的项目今年夏天之前";
        assert!(are_near(one, &format!("{one}谢谢")));
    }

    #[test]
    fn parameters_are_bounded() {
        assert_eq!(toml::from_str::<Parameters>("").unwrap(), Parameters::default());
        for wrong in ["bands = 0", "bands = 129", "rows-in-band = 0", "shingle-words = 33", "n = 1"]
        {
            assert!(toml::from_str::<Parameters>(wrong).is_err(), "{wrong}");
        }
    }

    /// Pairs of sets of a known similarity are found as often as the formula says.
    #[test]
    fn as_many_are_found_as_the_formula_says() {
        let parameters = Parameters { shingle_words: 1, ..Parameters::default() };
        for shared in [72_u64, 82, 90] {
            // of `shared + 2·own` words so many are in both
            let own = (100 - shared) / 2;
            let similarity = shared as f64 / (shared + 2 * own) as f64;
            let found = (0..400_u64).filter(|pair| {
                let text = |from: u64| {
                    let both = (0..shared).map(|word| format!("b{pair}x{word} "));
                    let alone = (0..own).map(|word| format!("a{pair}x{} ", from + word));
                    both.chain(alone).collect::<String>()
                };
                let mut hash = MinHash::new(parameters);
                let one: HashSet<_> = hash.bands(&text(0)).collect();
                hash.bands(&text(1_000)).any(|band| one.contains(&band))
            });
            let (found, expected) =
                (found.count() as f64 / 400.0, parameters.probability(similarity));
            assert!((found - expected).abs() < 0.08, "{similarity}: {found}, not {expected}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text: String) {
            let parameters = Parameters { shingle_words: 3, bands: 2, rows_in_band: 2 };
            let mut hash = MinHash::new(parameters);
            let once: Vec<_> = hash.bands(&text).collect();
            prop_assert!(once.len() == 2 || once.is_empty());
            prop_assert_eq!(hash.bands(&text).collect::<Vec<_>>(), once);
        }
    }
}
