use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    measures::{Failed, Measures},
    rules::Rule,
};

/// The names of the settings that are no rules.
const SHARES_FROM_WORDS: &str = "shares-from-words";
const PRESET: &str = "preset";

/// What a text must keep to: a limit for each rule that is switched on.
///
/// Read from a table whose keys are the rules' codes; a rule that is absent has the value of the preset
/// (`network`, `web`, or `off`; without one, `network`), `false` switches it off, and an unknown key is
/// refused:
///
/// ```toml
/// preset = "network"
/// shares-from-words = 30
/// too-few-words = 5
/// stop-words = false
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Setting>", into = "BTreeMap<String, Setting>")]
pub struct Limits {
    limits: BTreeMap<Rule, f64>,
    shares_from_words: f64,
}

/// A value as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a limit is a number, or `false`; a preset is `network`, `web` or `off`"
)]
enum Setting {
    Switch(bool),
    Limit(f64),
    Word(Preset),
}

/// Limits for a kind of text.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Preset {
    Network,
    Web,
    Off,
}

/// No limit is a number that is not finite.
impl Eq for Limits {}

impl Default for Limits {
    /// For posts, comments, articles and profiles of a professional network, which are short.
    ///
    /// A rule is off where most of what it threw out of such texts was worth keeping: stop words
    /// (lists of skills, short comments), punctuation, short lines, repeated lines (formulas and
    /// blank lines in between), curly brackets (code), and lines that end with an ellipsis.
    fn default() -> Self {
        Self { limits: preset(Rule::ours), shares_from_words: 15.0 }
    }
}

impl Limits {
    /// For web pages: Gopher's rules (<https://arxiv.org/abs/2112.11446>, A1.1), those of C4
    /// (<https://arxiv.org/abs/1910.10683>) that FineWeb kept, and FineWeb's own
    /// (<https://arxiv.org/abs/2406.17557>).
    #[must_use]
    pub fn gopher_and_fineweb() -> Self {
        Self { limits: preset(Rule::literature), shares_from_words: 0.0 }
    }

    /// Every rule is switched off.
    #[must_use]
    pub const fn off() -> Self {
        Self { limits: BTreeMap::new(), shares_from_words: 0.0 }
    }

    /// The limit of a rule; none if it is switched off.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Option<f64> {
        self.limits.get(&rule).copied()
    }

    /// From how many words on a text is asked the rules that say nothing of a shorter one.
    #[must_use]
    pub const fn shares_from_words(&self) -> f64 {
        self.shares_from_words
    }

    /// The rules that the text fails, in their order.
    pub fn failed<'a>(&'a self, measures: &'a Measures) -> impl Iterator<Item = Failed> + 'a {
        let is_long = measures.words() >= self.shares_from_words;
        self.limits.iter().filter_map(move |(&rule, &limit)| {
            let measured = measures.of(rule).filter(|_| is_long || rule.is_for_any_length())?;
            (!rule.allows(measured, limit)).then_some(Failed { rule, measured, limit })
        })
    }

    fn set(&mut self, key: &str, setting: Setting) -> Result<(), String> {
        let limit = match setting {
            Setting::Limit(limit) if limit.is_finite() && limit >= 0.0 => Some(limit),
            Setting::Switch(false) => None,
            _ => return Err(format!("`{key}` must be `false` or a number that is not negative")),
        };
        if key == SHARES_FROM_WORDS {
            self.shares_from_words = limit.unwrap_or_default();
            return Ok(());
        }
        let rule = key.parse::<Rule>().map_err(|unknown| unknown.to_string())?;
        match limit {
            Some(limit) => self.limits.insert(rule, limit),
            None => self.limits.remove(&rule),
        };
        Ok(())
    }
}

impl TryFrom<BTreeMap<String, Setting>> for Limits {
    type Error = String;

    fn try_from(mut settings: BTreeMap<String, Setting>) -> Result<Self, String> {
        let mut limits = match settings.remove(PRESET) {
            None | Some(Setting::Word(Preset::Network)) => Self::default(),
            Some(Setting::Word(Preset::Web)) => Self::gopher_and_fineweb(),
            Some(Setting::Word(Preset::Off)) => Self::off(),
            Some(_) => return Err(format!("`{PRESET}` must be `network`, `web` or `off`")),
        };
        settings.into_iter().try_for_each(|(key, setting)| limits.set(&key, setting))?;
        Ok(limits)
    }
}

impl From<Limits> for BTreeMap<String, Setting> {
    fn from(limits: Limits) -> Self {
        let of = |rule| limits.of(rule).map_or(Setting::Switch(false), Setting::Limit);
        let mut settings: Self =
            Rule::ALL.into_iter().map(|rule| (rule.code().to_owned(), of(rule))).collect();
        settings.insert(SHARES_FROM_WORDS.to_owned(), Setting::Limit(limits.shares_from_words));
        settings
    }
}

fn preset(limit: impl Fn(Rule) -> Option<f64>) -> BTreeMap<Rule, f64> {
    Rule::ALL.into_iter().filter_map(|rule| Some((rule, limit(rule)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_changes_only_what_it_names() {
        let read: Limits =
            toml::from_str("too-few-words = 5\nstop-words = false\nshares-from-words = 12")
                .unwrap();
        assert_eq!(read.of(Rule::TooFewWords), Some(5.0));
        assert_eq!(read.of(Rule::StopWords), None);
        assert_eq!(read.shares_from_words().to_bits(), 12.0_f64.to_bits());
        assert_eq!(read.of(Rule::Top2Gram), Limits::default().of(Rule::Top2Gram));
        assert_eq!(toml::from_str::<Limits>("").unwrap(), Limits::default());
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        let check = |table: &str, expect: &str| {
            let refused = toml::from_str::<Limits>(table).unwrap_err().to_string();
            assert!(refused.contains(expect), "{refused}");
        };
        check("top-5-gram = 0.1", "no quality rule is called `top-5-gram`");
        check("top-2-gram = true", "`top-2-gram` must be `false` or a number");
        check("top-2-gram = -0.1", "`top-2-gram` must be `false` or a number");
        check("top-2-gram = nan", "`top-2-gram` must be `false` or a number");
        check("top-2-gram = \"0.1\"", "a limit is a number, or `false`");
        check("preset = \"gopher\"", "a preset is `network`, `web` or `off`");
        check("top-2-gram = \"web\"", "`top-2-gram` must be `false` or a number");
        check("preset = 1", "`preset` must be `network`, `web` or `off`");
    }

    #[test]
    fn every_preset_reads_back() {
        for (preset, limits) in [
            ("network", Limits::default()),
            ("web", Limits::gopher_and_fineweb()),
            ("off", Limits::off()),
        ] {
            let named = format!("preset = \"{preset}\"");
            assert_eq!(toml::from_str::<Limits>(&named).unwrap(), limits);
            let written = toml::to_string(&limits).unwrap();
            assert_eq!(toml::from_str::<Limits>(&written).unwrap(), limits);
        }
    }
}
