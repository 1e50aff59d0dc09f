//! Reading a policy from its TOML file, with every check that a file alone allows.

mod cell;
mod reader;

use std::{collections::BTreeMap, path::Path};

use self::{
    cell::read_cells,
    reader::{At, Reader, Section},
};
use crate::{
    Ambiguous, Category, Day, ObjectionScope, Policy, PolicyError, PolicyHash, Problem, Purpose,
    PurposeRules, SpecialCategories, Text, aipref, line_of,
};

const KEYS: &[&str] = &[
    "version",
    "supersedes",
    "announced",
    "notice_days",
    "adult_age",
    "ambiguous_names",
    "purpose",
];
const PURPOSE_KEYS: &[&str] = &[
    "title",
    "categories",
    "objection",
    "oldest_content",
    "special_categories",
    "content_usage",
    "region",
];

/// Nobody younger may be called an adult by a policy (GDPR art. 8(1)).
const LOWEST_ADULT_AGE: i64 = 13;

impl Policy {
    /// Reads and checks a policy; `file` is how messages call it.
    ///
    /// # Errors
    /// [`PolicyError::Invalid`] with everything that is wrong: bytes that are no UTF-8 or no TOML,
    /// unknown keys and words, missing or empty values, dates out of order, overlapping regions,
    /// sealed categories, a start inside the notice window.
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Self, PolicyError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = line_of(bytes, error.valid_up_to());
            let what = "the file is not UTF-8".to_owned();
            PolicyError::Invalid {
                problems: vec![Problem { file: file.into(), line, what, hint: None }],
            }
        })?;
        let mut reader = Reader::new(file, text);
        let root = reader.problems.toml();
        let policy = root.as_ref().and_then(|root| {
            let name = "the policy".to_owned();
            read(&mut reader, &Section { name, table: root.get_ref(), at: 0 }, bytes)
        });
        match (policy, reader.problems.into_list()) {
            (Some(policy), problems) if problems.is_empty() => Ok(policy),
            (_, problems) => Err(PolicyError::Invalid { problems }),
        }
    }
}

/// The days that the rest of the file is measured by; what was wrong with them has been noted.
struct Calendar {
    version: Option<At<Day>>,
    supersedes: Option<At<Day>>,
    announced: Option<At<Day>>,
    notice_days: Option<i64>,
}

fn read<'a>(reader: &mut Reader<'a>, root: &Section<'a>, bytes: &[u8]) -> Option<Policy> {
    reader.check_keys(root, KEYS);
    let calendar = read_calendar(reader, root);
    let adult_age = read_adult_age(reader, root);
    let ambiguous = reader.required(root, "ambiguous_names");
    let ambiguous =
        ambiguous.and_then(|value| reader.word::<Ambiguous>(value, "`ambiguous_names`"));
    let purposes = read_purposes(reader, root, &calendar);
    Some(Policy {
        version: calendar.version?.value,
        supersedes: calendar.supersedes.map(|day| day.value),
        announced: calendar.announced?.value,
        hash: PolicyHash::of_bytes(bytes),
        notice_days: calendar.notice_days?,
        adult_age: adult_age?,
        ambiguous_names: ambiguous?.value,
        purposes: purposes?,
    })
}

fn read_calendar<'a>(reader: &mut Reader<'a>, root: &Section<'a>) -> Calendar {
    let version = reader.required(root, "version");
    let version = version.and_then(|value| reader.day(value, "`version`"));
    let supersedes = root.get("supersedes");
    let supersedes = supersedes.and_then(|value| reader.day(value, "`supersedes`"));
    let announced = reader.required(root, "announced");
    let announced = announced.and_then(|value| reader.day(value, "`announced`"));
    if let (Some(version), Some(supersedes)) = (version, supersedes)
        && supersedes.value >= version.value
    {
        let what = format!("version {} cannot supersede {}", version.value, supersedes.value);
        reader.problems.note(supersedes.at, what, "`supersedes` names an earlier version");
    }
    if let (Some(version), Some(announced)) = (version, announced)
        && announced.value > version.value
    {
        let what = format!("announced on {}, after it holds", announced.value);
        reader.problems.note(
            announced.at,
            what,
            &format!("the version holds from {}", version.value),
        );
    }
    // A day that is wrong itself is no measure for others.
    let announced =
        announced.filter(|day| version.is_none_or(|version| day.value <= version.value));
    let notice_days = read_number(reader, root, "notice_days", 0, 3650);
    Calendar { version, supersedes, announced, notice_days }
}

fn read_adult_age<'a>(reader: &mut Reader<'a>, root: &Section<'a>) -> Option<u8> {
    let age = read_number(reader, root, "adult_age", LOWEST_ADULT_AGE, 120)?;
    u8::try_from(age).ok()
}

fn read_number<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    key: &str,
    least: i64,
    most: i64,
) -> Option<i64> {
    let value = reader.required(section, key)?;
    let number = reader.number(value, &format!("`{key}`"))?;
    if !(least..=most).contains(&number.value) {
        let what = format!("`{key}` is {}", number.value);
        reader.problems.note(number.at, what, &format!("it must lie between {least} and {most}"));
    }
    Some(number.value)
}

fn read_purposes<'a>(
    reader: &mut Reader<'a>,
    root: &Section<'a>,
    calendar: &Calendar,
) -> Option<BTreeMap<Purpose, PurposeRules>> {
    let value = reader.required(root, "purpose")?;
    let section = reader.section(value, "`purpose`")?;
    if section.table.is_empty() {
        reader.problems.note(section.at, "the policy names no purpose", "");
    }
    let mut purposes = BTreeMap::new();
    for (name, value) in section.table.iter() {
        let purpose = Purpose::new(name.get_ref());
        if purpose.is_err() {
            let what = format!("`{}` is no name of a purpose", name.get_ref());
            reader.problems.note(
                name.span().start,
                what,
                "lower-case letters, digits, single hyphens",
            );
        }
        let called = format!("purpose `{}`", name.get_ref());
        let Some(mut section) = reader.section(value, &called) else {
            continue;
        };
        section.at = name.span().start;
        let rules = read_rules(reader, &section, calendar);
        if let (Ok(purpose), Some(rules)) = (purpose, rules) {
            purposes.insert(purpose, rules);
        }
    }
    Some(purposes)
}

fn read_rules<'a>(
    reader: &mut Reader<'a>,
    purpose: &Section<'a>,
    calendar: &Calendar,
) -> Option<PurposeRules> {
    reader.check_keys(purpose, PURPOSE_KEYS);
    let title = read_title(reader, purpose);
    let categories = reader.required(purpose, "categories");
    let categories = categories.and_then(|value| read_categories(reader, purpose, value));
    let objection = reader.required(purpose, "objection");
    let called = format!("`objection` of {}", purpose.name);
    let objection = objection.and_then(|value| reader.word::<ObjectionScope>(value, &called));
    let oldest = purpose.get("oldest_content");
    let called = format!("`oldest_content` of {}", purpose.name);
    let oldest = oldest.and_then(|value| reader.day(value, &called));
    if let (Some(oldest), Some(version)) = (oldest, calendar.version)
        && oldest.value >= version.value
    {
        let what = format!("{called} is {}, not before the version", oldest.value);
        reader.problems.note(oldest.at, what, "no content is that young on the first day");
    }
    let called = format!("`special_categories` of {}", purpose.name);
    let special = match purpose.get("special_categories") {
        Some(value) => reader.word::<SpecialCategories>(value, &called).map(|word| word.value),
        None => Some(SpecialCategories::Refused),
    };
    let listed = categories.as_deref().filter(|list| !list.is_empty());
    let cells = read_cells(reader, purpose, calendar, listed);
    Some(PurposeRules {
        title: title?,
        categories: categories?,
        objection: objection?.value,
        oldest_content: oldest.map(|day| day.value),
        special_categories: special?,
        content_usage: read_content_usage(reader, purpose),
        cells: cells?,
    })
}

/// What the use is in the words of AI Preferences; what was wrong with it has been noted.
fn read_content_usage<'a>(
    reader: &mut Reader<'a>,
    purpose: &Section<'a>,
) -> Option<aipref::Category> {
    let called = format!("`content_usage` of {}", purpose.name);
    let word = reader.word::<aipref::Category>(purpose.get("content_usage")?, &called)?;
    Some(word.value)
}

fn read_title<'a>(reader: &mut Reader<'a>, purpose: &Section<'a>) -> Option<Text> {
    let value = reader.required(purpose, "title")?;
    let title = reader.section(value, &format!("`title` of {}", purpose.name))?;
    reader.check_keys(&title, &["en", "de"]);
    let mut translation = |language: &str| {
        let value = title.get(language);
        if value.is_none() {
            let what = format!("{} lacks the translation `{language}`", title.name);
            reader.problems.note(title.at, what, "a title is needed in every language: en, de");
        }
        let called = format!("translation `{language}` of the {}", title.name);
        reader.text(value?, &called).map(str::to_owned)
    };
    let (en, de) = (translation("en"), translation("de"));
    Some(Text { en: en?, de: de? })
}

/// Reads a list of categories none of which is sealed.
fn read_categories<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    value: &'a reader::Value<'a>,
) -> Option<Vec<Category>> {
    let called = format!("`categories` of {}", section.name);
    let list = reader.list(value, &called, |reader, item| {
        let category = reader.word::<Category>(item, &called)?;
        if category.value.is_sealed() {
            let what = format!("{} names the sealed category `{}`", section.name, category.value);
            reader.problems.note(category.at, what, "no policy can admit it");
            return None;
        }
        Some(category)
    })?;
    Some(list.into_iter().map(|category| category.value).collect())
}
