use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use crate::{
    Answer, Basis, Category, Cell, Country, ObjectionScope, Policy, Problem, Purpose, PurposeRules,
    SpecialCategories, diff::usage, places::describe,
};

impl Policy {
    /// Holds a policy against the one that it supersedes: a cell that claims to be covered by an
    /// earlier announcement must be no wider than what was announced then.
    ///
    /// Whoever was told of the earlier version was never told of what is wider, and an announcement
    /// that did not tell them gives them no window in which to refuse. Empty if nothing is wrong.
    pub fn check_against(&self, older: &Self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.supersedes != Some(older.version) {
            let named = self.supersedes.map_or("none".to_owned(), |version| version.to_string());
            let what = format!("it supersedes {named}, not {}", older.version);
            problems.push(self.about(what, "hold it against the version that it names"));
        }
        for (purpose, rules) in &self.purposes {
            for (widening, countries) in self.untold(older, purpose, rules) {
                let places = describe(&countries);
                let what = format!("purpose `{purpose}`, {places}: {widening}");
                let hint = "leave `announced_by` out: this version has to announce it itself";
                problems.push(self.about(what, hint));
            }
        }
        problems
    }

    fn about(&self, what: String, hint: &str) -> Problem {
        let file = PathBuf::from(format!("policy {}", self.version));
        Problem { file, line: 0, what, hint: Some(hint.to_owned()) }
    }

    /// What is wider than announced, with the countries for which it is.
    fn untold(
        &self,
        older: &Self,
        purpose: &Purpose,
        rules: &PurposeRules,
    ) -> BTreeMap<String, BTreeSet<Country>> {
        let mut found: BTreeMap<String, BTreeSet<Country>> = BTreeMap::new();
        for country in Country::all() {
            let Some(cell) = rules.cell(country).filter(|c| c.announced_by < self.version) else {
                continue;
            };
            let before = older.rules(purpose).and_then(|rules| Some((rules, rules.cell(country)?)));
            for widening in widenings((self, rules, cell), older, before) {
                found.entry(widening).or_default().insert(country);
            }
        }
        found
    }
}

/// In which ways a cell that claims an earlier announcement is wider than the older one.
fn widenings(
    (policy, rules, cell): (&Policy, &PurposeRules, &Cell),
    older: &Policy,
    before: Option<(&PurposeRules, &Cell)>,
) -> Vec<String> {
    let claim = cell.announced_by;
    let Some((old_rules, old)) = before else {
        return vec![format!("`announced_by` {claim}, but {} did not name it", older.version)];
    };
    let mut found = Vec::new();
    let mut note = |wider: bool, what: String| {
        if wider {
            found.push(format!("wider than announced by {claim}: {what}"));
        }
    };
    note(old.announced_by > claim, format!("{} announced it anew", old.announced_by));
    for category in admitted(rules, cell) {
        note(!old.admits(category, &old_rules.categories), format!("category `{category}` is new"));
    }
    let basis = (old.basis, cell.basis);
    note(strength(basis.1) < strength(basis.0), format!("basis {} after {}", basis.1, basis.0));
    let to_on = old.default == Answer::Refuse && cell.default == Answer::Allow;
    note(to_on, "on by default after off".to_owned());
    note(cell.from < old.from, format!("from {} instead of {}", cell.from, old.from));
    // No cut-off is `None`, which sorts before every day.
    let earlier = rules.oldest_content < old_rules.oldest_content;
    note(earlier, "content from before the earlier cut-off".to_owned());
    let special = rules.special_categories == SpecialCategories::MadePublic
        && old_rules.special_categories == SpecialCategories::Refused;
    note(special, "special categories that were refused".to_owned());
    let unheard = old_rules.content_usage.filter(|asked| rules.content_usage != Some(*asked));
    note(unheard.is_some(), format!("signals against {} count no more", usage(unheard)));
    let shorter = rules.objection == ObjectionScope::ContentAfterObjection
        && old_rules.objection == ObjectionScope::AllData;
    note(shorter, "an objection reaches less".to_owned());
    note(policy.adult_age < older.adult_age, format!("from the age of {}", policy.adult_age));
    let window = policy.notice_days < older.notice_days;
    note(window, format!("a window of {} days after {}", policy.notice_days, older.notice_days));
    found
}

/// The categories that a cell admits, in the order of the purpose.
pub(crate) fn admitted(rules: &PurposeRules, cell: &Cell) -> Vec<Category> {
    let listed = rules.categories.iter().copied();
    listed.filter(|category| cell.admits(*category, &rules.categories)).collect()
}

/// How much a basis asks for before a use: the more, the stronger.
pub(crate) const fn strength(basis: Basis) -> u8 {
    match basis {
        Basis::Terms => 0,
        Basis::LegitimateInterest => 1,
        Basis::Consent => 2,
    }
}
