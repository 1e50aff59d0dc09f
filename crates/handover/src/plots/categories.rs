use std::cmp::Reverse;

use crate::{
    Language, Split, Statistics,
    plots::{
        bars::{self, Bar, Scale},
        panel::{Drawing, Panel},
    },
};

pub(super) fn panel(statistics: &Statistics) -> Panel {
    let splits: Vec<_> = Split::ALL
        .iter()
        .map(|split| (split.name(), Language::English.number(statistics.of_split(*split))))
        .collect();
    let counts: Vec<_> = splits.iter().map(|(name, number)| format!("{number} {name}")).collect();
    let description = format!("Documents by split: {}", counts.join(", "));
    let mut drawing = Drawing::default();
    if statistics.categories().is_empty() {
        drawing.nothing("There are no documents.");
    } else {
        let names: Vec<_> = splits.iter().map(|(name, _)| (*name, (*name).to_owned())).collect();
        bars::legend(&mut drawing, &names);
        let bars = bars(statistics);
        let most = bars.iter().map(Bar::total).max().unwrap_or_default();
        bars::draw(&mut drawing, &bars, &Scale { most, whole: statistics.documents() });
    }
    Panel { id: "categories", title: "Categories and splits", description, drawing }
}

fn bars(statistics: &Statistics) -> Vec<Bar> {
    let mut bars: Vec<_> = statistics
        .categories()
        .iter()
        .map(|(category, documents)| {
            let of = |split: &Split| documents.get(split).copied().unwrap_or_default();
            let parts = Split::ALL.iter().map(|split| (split.name(), of(split))).collect();
            Bar { name: category.replace('-', " "), parts }
        })
        .collect();
    // The sort is stable: where documents are as many, names stay in their order.
    bars.sort_by_key(|bar| Reverse(bar.total()));
    bars
}
