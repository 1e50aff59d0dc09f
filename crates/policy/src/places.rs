use std::collections::BTreeSet;

use crate::{Cell, Country, Group, PurposeRules};

/// More countries than this are named by those that are missing.
const MANY: usize = 125;

/// Names a set of countries for people, shortly: groups by their name, nearly all of them by those
/// that are missing.
pub(crate) fn describe(countries: &BTreeSet<Country>) -> String {
    let all: BTreeSet<Country> = Country::all().collect();
    if *countries == all {
        return "everywhere".to_owned();
    }
    if countries.len() > MANY {
        let missing = all.difference(countries).copied().collect();
        return format!("everywhere but {}", names(missing));
    }
    names(countries.clone())
}

/// The countries of each cell of a purpose, in the order of the policy; countries without a cell
/// come last, with `None`.
pub(crate) fn by_cell(rules: &PurposeRules) -> Vec<(Option<&Cell>, BTreeSet<Country>)> {
    let in_cell = |wanted: Option<&Cell>| -> BTreeSet<Country> {
        let same = |country: &Country| match (rules.cell(*country), wanted) {
            (Some(found), Some(wanted)) => std::ptr::eq(found, wanted),
            (found, wanted) => found.is_none() && wanted.is_none(),
        };
        Country::all().filter(same).collect()
    };
    let cells = rules.cells.iter().map(Some).chain([None]);
    let placed = cells.map(|cell| (cell, in_cell(cell)));
    placed.filter(|(_, countries)| !countries.is_empty()).collect()
}

fn names(mut rest: BTreeSet<Country>) -> String {
    let mut names = Vec::new();
    for (group, name) in [(Group::Eea, "EEA"), (Group::Eu, "EU")] {
        let members: BTreeSet<_> = Country::all().filter(|one| group.contains(*one)).collect();
        if members.is_subset(&rest) {
            rest = rest.difference(&members).copied().collect();
            names.push(name.to_owned());
        }
    }
    names.extend(rest.iter().map(Country::to_string));
    names.join(", ")
}
