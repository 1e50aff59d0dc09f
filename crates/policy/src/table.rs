//! The whole decision table of a policy as a text, made by asking [`decide`].

mod cross;
mod deviations;

use std::{collections::BTreeMap, fmt::Write as _};

use self::deviations::{DEVIATIONS, Question};
use crate::{
    Category, Cell, Country, Day, Instant, Policy, Purpose, PurposeRules, Request, decide,
    diff::{switch, usage},
    places::{by_cell, describe},
};

/// The whole decision table of a policy, as a text in which any change of behaviour is a difference.
///
/// For each purpose and each set of countries it says what holds for an adult with an active account
/// who was told in time and has said nothing, row by public row, and what each single deviation from
/// that changes; then follows the digest of a cross product of deviations.
pub fn decision_table(policy: &Policy) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail; the result says so only because the trait does.
    let _ = write_table(&mut text, policy);
    text
}

const ALLOWED: &str = "allowed";

/// A purpose in one set of countries, and an instant at which its use is under way.
struct Scene<'a> {
    policy: &'a Policy,
    purpose: &'a Purpose,
    rules: &'a PurposeRules,
    cell: Option<&'a Cell>,
    country: Country,
    start: Instant,
    now: Instant,
}

impl<'a> Scene<'a> {
    fn new(
        policy: &'a Policy,
        purpose: &'a Purpose,
        rules: &'a PurposeRules,
        cell: Option<&'a Cell>,
        country: Country,
    ) -> Self {
        let first: Day = cell.map_or(policy.version, |cell| cell.from);
        let start = first.start();
        let now = first.max(policy.version).start().plus_days(policy.notice_days + 365);
        Self { policy, purpose, rules, cell, country, start, now }
    }

    /// The answer to a question, as the table has it.
    fn answer(&self, category: Category, question: &Question) -> String {
        let decision = self.decide(category, question);
        if decision.is_allowed() { ALLOWED.to_owned() } else { decision.reasons.to_string() }
    }

    fn decide(&self, category: Category, question: &Question) -> crate::Decision {
        let Self { policy, purpose, .. } = *self;
        let request = Request { policy, purpose, category, as_of: question.as_of };
        decide(&request, &question.facts)
    }
}

fn write_table(text: &mut String, policy: &Policy) -> std::fmt::Result {
    writeln!(text, "decision table of policy {}", policy.version)?;
    writeln!(text)?;
    writeln!(
        text,
        "announced {}, notice window {} days, adult at {}, ambiguous names: {}",
        policy.announced, policy.notice_days, policy.adult_age, policy.ambiguous_names
    )?;
    for (purpose, rules) in &policy.purposes {
        for (cell, countries) in by_cell(rules) {
            let Some(country) = countries.first().copied() else {
                continue;
            };
            writeln!(text)?;
            writeln!(text, "== {purpose}: {} ==", describe(&countries))?;
            let scene = Scene::new(policy, purpose, rules, cell, country);
            write_scene(text, &scene)?;
        }
    }
    Ok(())
}

fn write_scene(text: &mut String, scene: &Scene<'_>) -> std::fmt::Result {
    write_head(text, scene)?;
    let mut columns: BTreeMap<Column, Vec<Category>> = BTreeMap::new();
    for category in Category::ALL {
        columns.entry(column(scene, *category)).or_default().push(*category);
    }
    let mut columns: Vec<_> = columns.into_iter().map(|(column, of)| (of, column)).collect();
    columns.sort();
    for (categories, column) in &columns {
        let names: Vec<_> = categories.iter().map(|category| category.name()).collect();
        writeln!(text)?;
        writeln!(text, "{}: {}", names.join(", "), column.base)?;
        // Where nothing makes the use allowed, the digest below holds the reasons.
        let hopeless = column.base != ALLOWED && !column.others.contains_key(ALLOWED);
        if hopeless {
            writeln!(text, "    whatever is said or known")?;
            continue;
        }
        for (answer, deviations) in &column.others {
            writeln!(text, "    {answer}")?;
            write_wrapped(text, deviations)?;
        }
    }
    writeln!(text)?;
    let kinds: Vec<Category> = columns.iter().filter_map(|(of, _)| of.first().copied()).collect();
    writeln!(text, "{}", cross::digest(scene, &kinds))
}

/// Writes a list in lines of up to 96 characters.
fn write_wrapped(text: &mut String, deviations: &[&str]) -> std::fmt::Result {
    let mut line = String::new();
    for deviation in deviations {
        if line.len() + deviation.len() > 86 {
            writeln!(text, "        {line}")?;
            line.clear();
        }
        let separator = if line.is_empty() { "" } else { " " };
        write!(line, "{separator}{deviation};")?;
    }
    writeln!(text, "        {}", line.trim_end_matches(';'))
}

fn write_head(text: &mut String, scene: &Scene<'_>) -> std::fmt::Result {
    let Some(cell) = scene.cell else {
        return writeln!(text, "no cell names these countries");
    };
    let oldest = scene.rules.oldest_content.map_or("any".to_owned(), |day| day.to_string());
    writeln!(
        text,
        "from {}, basis {}, {} by default, announced by {}",
        cell.from,
        cell.basis,
        switch(cell.default),
        cell.announced_by
    )?;
    writeln!(text, "objection: {}, oldest content: {oldest}", scene.rules.objection)?;
    writeln!(text, "special categories: {}", scene.rules.special_categories)?;
    writeln!(text, "signals that count: against {}", usage(scene.rules.content_usage))?;
    if !cell.documents.is_empty() {
        writeln!(text, "documents: {}", cell.documents.join(", "))?;
    }
    Ok(())
}

/// What holds for a category: in the base case, and where a deviation changes that.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    base: String,
    others: BTreeMap<String, Vec<&'static str>>,
}

fn column(scene: &Scene<'_>, category: Category) -> Column {
    let question = Question::base(scene);
    let base = scene.answer(category, &question);
    let mut others: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, deviate) in DEVIATIONS {
        let mut deviating = question;
        deviate(&mut deviating, scene);
        let answer = scene.answer(category, &deviating);
        if answer != base {
            others.entry(answer).or_default().push(name);
        }
    }
    Column { base, others }
}
