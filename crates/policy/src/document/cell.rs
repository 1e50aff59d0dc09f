use std::collections::BTreeMap;

use super::{
    Calendar, read_categories,
    reader::{At, Reader, Section, Value},
};
use crate::{Answer, Basis, Category, Cell, Country, Day, Region};

const CELL_KEYS: &[&str] = &[
    "in",
    "except",
    "from",
    "basis",
    "default",
    "categories",
    "announced_by",
    "documents",
    "source",
];

/// How many countries a message names before it leaves the others out.
const SHOWN: usize = 6;

/// A cell whose regions still stand as the file has them.
struct Draft {
    regions: Vec<At<Region>>,
    /// Which countries `*` leaves out, beside those that other cells name.
    except: Vec<Region>,
    cell: Option<Cell>,
}

/// Reads the cells of a purpose and holds their regions against each other.
pub(super) fn read_cells<'a>(
    reader: &mut Reader<'a>,
    purpose: &Section<'a>,
    calendar: &Calendar,
    of_purpose: Option<&[Category]>,
) -> Option<Vec<Cell>> {
    let value = reader.required(purpose, "region")?;
    let name = format!("a region of {}", purpose.name);
    let Some(array) = value.get_ref().as_array() else {
        reader.problems.note(
            value.span().start,
            format!("{name} is no list"),
            "write [[purpose.NAME.region]]",
        );
        return None;
    };
    if array.is_empty() {
        reader.problems.note(purpose.at, format!("{} has no region", purpose.name), "");
    }
    let mut drafts = Vec::new();
    for item in array.iter() {
        let section = reader.section(item, &name)?;
        drafts.push(read_draft(reader, &section, calendar, of_purpose));
    }
    check_overlaps(reader, &drafts);
    let named: Vec<Region> = drafts.iter().flat_map(|d| &d.regions).map(|r| r.value).collect();
    drafts.into_iter().map(|draft| finish(draft, &named)).collect()
}

fn read_draft<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    calendar: &Calendar,
    of_purpose: Option<&[Category]>,
) -> Draft {
    reader.check_keys(section, CELL_KEYS);
    let regions = reader.required(section, "in");
    let regions = regions.and_then(|value| read_regions(reader, section, value, "in"));
    let regions = regions.unwrap_or_default();
    let except = read_except(reader, section, &regions);
    let cell = read_cell(reader, section, calendar, of_purpose);
    Draft { regions, except, cell }
}

fn read_cell<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    calendar: &Calendar,
    of_purpose: Option<&[Category]>,
) -> Option<Cell> {
    let from = reader.required(section, "from");
    let from = from.and_then(|value| reader.day(value, &format!("`from` of {}", section.name)));
    let basis = reader.required(section, "basis");
    let basis =
        basis.and_then(|v| reader.word::<Basis>(v, &format!("`basis` of {}", section.name)));
    let default = read_default(reader, section, basis.map(|basis| basis.value));
    let categories = section.get("categories");
    let categories = categories.map(|v| read_narrower(reader, section, v, of_purpose));
    let announced_by = read_announced_by(reader, section, calendar);
    check_window(reader, from, announced_by, calendar);
    let documents = read_documents(reader, section);
    let source = reader.required(section, "source");
    let source = source.and_then(|v| reader.text(v, &format!("`source` of {}", section.name)));
    Some(Cell {
        regions: Vec::new(),
        categories: match categories {
            Some(read) => Some(read?),
            None => None,
        },
        from: from?.value,
        basis: basis?.value,
        default: default?,
        announced_by: announced_by?,
        documents: documents?,
        source: source?.to_owned(),
    })
}

fn read_regions<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    value: &'a Value<'a>,
    key: &str,
) -> Option<Vec<At<Region>>> {
    let called = format!("`{key}` of {}", section.name);
    reader.list(value, &called, |reader, item| {
        let word = reader.text(item, &called)?;
        let at = item.span().start;
        if let Ok(value) = word.parse::<Region>() {
            return Some(At { value, at });
        }
        let hint = match word {
            "UK" => "the United Kingdom is `GB`".to_owned(),
            "EL" => "Greece is `GR`".to_owned(),
            _ if word.to_uppercase().parse::<Region>().is_ok() => {
                format!("did you mean `{}`?", word.to_uppercase())
            }
            _ => "known: EU, EEA, `*` and the two-letter codes of ISO 3166-1".to_owned(),
        };
        reader.problems.note(at, format!("{called}: `{word}` is not a known region"), &hint);
        None
    })
}

fn read_except<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    regions: &[At<Region>],
) -> Vec<Region> {
    let Some(value) = section.get("except") else {
        return Vec::new();
    };
    let except = read_regions(reader, section, value, "except").unwrap_or_default();
    if !regions.iter().any(|region| region.value == Region::Elsewhere) {
        let what = format!("{} has `except` without `*`", section.name);
        reader.problems.note(
            value.span().start,
            what,
            "only `in = [\"*\"]` can leave countries out",
        );
    }
    for region in except.iter().filter(|region| region.value == Region::Elsewhere) {
        reader.problems.note(region.at, "`*` cannot be left out of itself", "");
    }
    except.into_iter().map(|region| region.value).collect()
}

fn read_default<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    basis: Option<Basis>,
) -> Option<Answer> {
    let value = reader.required(section, "default")?;
    let called = format!("`default` of {}", section.name);
    let word = reader.text(value, &called)?;
    let at = value.span().start;
    match word {
        "on" if basis == Some(Basis::Consent) => {
            let what = format!("{} rests on consent and is on by default", section.name);
            reader.problems.note(
                at,
                what,
                "silence is no consent (GDPR recital 32): default = \"off\"",
            );
            None
        }
        "on" => Some(Answer::Allow),
        "off" => Some(Answer::Refuse),
        _ => {
            reader.problems.note(at, format!("{called}: `{word}` is not known"), "known: on, off");
            None
        }
    }
}

/// Reads the categories of a cell, which may only be fewer than its purpose's.
fn read_narrower<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    value: &'a Value<'a>,
    of_purpose: Option<&[Category]>,
) -> Option<Vec<Category>> {
    let categories = read_categories(reader, section, value)?;
    for category in categories.iter().filter(|one| of_purpose.is_some_and(|all| !all.contains(one)))
    {
        let what = format!("{} names `{category}`, which its purpose does not", section.name);
        reader.problems.note(
            value.span().start,
            what,
            "add it to the purpose or leave it out here",
        );
    }
    Some(categories)
}

fn read_announced_by<'a>(
    reader: &mut Reader<'a>,
    section: &Section<'a>,
    calendar: &Calendar,
) -> Option<Day> {
    let version = calendar.version?.value;
    let Some(value) = section.get("announced_by") else {
        return Some(version);
    };
    let announced_by = reader.day(value, &format!("`announced_by` of {}", section.name))?;
    let known = announced_by.value == version
        || calendar.supersedes.is_some_and(|older| announced_by.value <= older.value);
    if !known {
        let what = format!("no version {} is this one or came before it", announced_by.value);
        reader.problems.note(announced_by.at, what, "`announced_by` names a version of the policy");
    }
    Some(announced_by.value)
}

/// A use that this version announces may start only when its window has closed.
fn check_window(
    reader: &mut Reader<'_>,
    from: Option<At<Day>>,
    announced_by: Option<Day>,
    calendar: &Calendar,
) {
    let (Some(from), Some(announced_by)) = (from, announced_by) else {
        return;
    };
    let (Some(version), Some(announced)) = (calendar.version, calendar.announced) else {
        return;
    };
    let Some(notice_days) = calendar.notice_days else {
        return;
    };
    let earliest = announced.value.plus_days(notice_days);
    if announced_by == version.value && from.value < earliest {
        let what = format!("the use starts on {}, inside the notice window", from.value);
        let hint = format!(
            "announced on {}, {notice_days} days: {earliest} at the earliest",
            announced.value
        );
        reader.problems.note(from.at, what, &hint);
    }
}

fn read_documents<'a>(reader: &mut Reader<'a>, section: &Section<'a>) -> Option<Vec<String>> {
    let Some(value) = section.get("documents") else {
        return Some(Vec::new());
    };
    let called = format!("`documents` of {}", section.name);
    let list = reader.list(value, &called, |reader, item| {
        let at = item.span().start;
        reader.text(item, &called).map(|value| At { value, at })
    })?;
    Some(list.into_iter().map(|document| document.value.to_owned()).collect())
}

/// No country may be named twice: its members would not know which cell holds.
fn check_overlaps(reader: &mut Reader<'_>, drafts: &[Draft]) {
    let mut claimed: BTreeMap<Country, At<Region>> = BTreeMap::new();
    let mut elsewhere: Option<usize> = None;
    for region in drafts.iter().flat_map(|draft| &draft.regions) {
        if region.value == Region::Elsewhere {
            if let Some(first) = elsewhere {
                let line = reader.problems.line(first);
                let what = format!("`*` stands for everywhere else already in line {line}");
                reader.problems.note(region.at, what, "once per purpose");
            }
            elsewhere = elsewhere.or(Some(region.at));
        }
        let named = Country::all().filter(|country| region.value.names(*country));
        let mut twice: BTreeMap<usize, (Region, Vec<&str>)> = BTreeMap::new();
        let countries: Vec<Country> = named.collect();
        for country in &countries {
            if let Some(first) = claimed.get(country) {
                twice.entry(first.at).or_insert((first.value, Vec::new())).1.push(country.code());
            } else {
                claimed.insert(*country, *region);
            }
        }
        for (first, (other, codes)) in twice {
            let line = reader.problems.line(first);
            let what = format!("`{}` overlaps with `{other}` in line {line}", region.value);
            let shown: Vec<_> = codes.iter().take(SHOWN).copied().collect();
            let more = if codes.len() > SHOWN { ", …" } else { "" };
            reader.problems.note(region.at, what, &format!("both name {}{more}", shown.join(", ")));
        }
    }
}

/// Gives a cell its regions. Where `*` leaves countries out, it becomes the list of the others, so
/// that whoever reads the policy later need not know of exceptions.
fn finish(draft: Draft, named: &[Region]) -> Option<Cell> {
    let own = draft.regions.iter().map(|region| region.value);
    let regions = if draft.except.is_empty() {
        own.collect()
    } else {
        let out = |country: &Country| {
            draft.except.iter().chain(named).any(|region| region.names(*country))
        };
        let others = Country::all().filter(|country| !out(country)).map(Region::Country);
        own.filter(|region| *region != Region::Elsewhere).chain(others).collect()
    };
    Some(Cell { regions, ..draft.cell? })
}
