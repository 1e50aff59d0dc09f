use super::{
    clues::{Clue, Clues, Kind},
    index::{Languages, bit},
    table::Language,
};

/// What the clues say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    Certain(Language),
    /// There is too little evidence, but it would do if somebody else were of the same opinion.
    Likely(Language),
    Undetermined,
}

/// How much evidence a short text needs, in function words that one language has alone.
const BAR: f32 = 1.0;
/// How much more it needs for each of its words, and for each sign of code.
const PER_WORD: f32 = 0.05;
const PER_SIGN: f32 = 0.35;
/// How much of it a second opinion makes up for, at most, and as a multiple of the share of small
/// words: a list of names gets none.
const OPINION: f32 = 0.9;
const OPINION_PER_SHARE: f32 = 2.0;
/// How few words are too few for a second opinion.
const FEW: usize = 3;
/// What share of the evidence may be against the language and for another: function words, which
/// a mix of languages has, and all.
const WORDS_AGAINST: f32 = 0.5;
const ALL_AGAINST: f32 = 0.8;

impl Verdict {
    pub(super) fn of(clues: &Clues) -> Self {
        let scores = Scores::of(&clues.found);
        let Some((best, second)) = scores.best_two() else { return Self::Undetermined };
        if is_contested(&clues.found, best, second) {
            return Self::Undetermined;
        }
        let evidence = evidence(&clues.found, best);
        let bar = BAR + PER_WORD * clues.words as f32 + PER_SIGN * clues.signs as f32;
        if evidence >= bar {
            Self::Certain(best)
        } else if clues.words >= FEW && evidence + worth_of_opinion(clues) >= bar {
            Self::Likely(best)
        } else {
            Self::Undetermined
        }
    }
}

fn worth_of_opinion(clues: &Clues) -> f32 {
    let of_sentences = clues.small_words.saturating_sub(clues.signs);
    let share = of_sentences as f32 / clues.words.max(1) as f32;
    (OPINION_PER_SHARE * share).min(OPINION)
}

/// The score of every language of the table, in its order.
#[derive(Debug)]
struct Scores([f32; 64]);

impl Scores {
    /// A clue that many languages have says little for each.
    fn of(clues: &[Clue]) -> Self {
        let mut scores = [0.0; 64];
        for clue in clues {
            let share = clue.kind.weight() / clue.languages.count_ones() as f32;
            let mut languages = clue.languages;
            while languages != 0 {
                let score = scores.get_mut(languages.trailing_zeros() as usize);
                score.into_iter().for_each(|score| *score += share);
                languages &= languages - 1;
            }
        }
        Self(scores)
    }

    /// The languages with the two highest scores, of equal ones the first.
    fn best_two(&self) -> Option<(Language, Language)> {
        let best = self.best_of(|_| true)?;
        Some((best, self.best_of(|language| language != best)?))
    }

    fn best_of(&self, may_be: impl Fn(Language) -> bool) -> Option<Language> {
        let scored = Language::ALL.iter().copied().zip(self.0);
        let mut scored = scored.filter(|(language, _)| may_be(*language));
        let first = scored.next()?;
        let best = scored.fold(first, |best, one| if one.1 > best.1 { one } else { best });
        Some(best.0)
    }
}

/// Whether too much of the evidence is for the second language and not for the first.
fn is_contested(clues: &[Clue], first: Language, second: Language) -> bool {
    let for_first = sum(apart(clues, bit(first), bit(second)));
    let against = || apart(clues, bit(second), bit(first));
    let words_against = sum(against().filter(|clue| clue.kind == Kind::Word));
    for_first <= 0.0
        || words_against > WORDS_AGAINST * for_first
        || sum(against()) > ALL_AGAINST * for_first
}

/// The clues that point to the one and not to the other.
fn apart(clues: &[Clue], to: Languages, not_to: Languages) -> impl Iterator<Item = &Clue> {
    clues.iter().filter(move |clue| clue.languages & (to | not_to) == to)
}

fn sum<'a>(clues: impl Iterator<Item = &'a Clue>) -> f32 {
    clues.map(|clue| clue.kind.weight()).sum()
}

/// All that speaks for the language, less where others share it.
fn evidence(clues: &[Clue], language: Language) -> f32 {
    let found = clues.iter().filter(|clue| clue.languages & bit(language) != 0);
    found.map(|clue| clue.kind.weight() / (clue.languages.count_ones() as f32).sqrt()).sum()
}

impl Kind {
    const fn weight(self) -> f32 {
        match self {
            Self::Word => 1.0,
            Self::Ending => 0.5,
            Self::Letter => 0.3,
            Self::Script => 0.25,
        }
    }
}
