//! Plots of a corpus as SVG: text as text, light and dark, no scripts and no fonts of their own.

mod bars;
mod card;
mod categories;
mod columns;
mod languages;
mod left_out;
mod lengths;
mod panel;
mod slices;
mod style;

use crate::{Dataset, Statistics};

/// A plot and the name of its file.
struct Plot {
    file: &'static str,
    draw: fn(&Dataset, &Statistics) -> String,
}

/// Every plot.
const PLOTS: &[Plot] = &[
    Plot { file: "lengths.svg", draw: |_, statistics| lengths(statistics) },
    Plot { file: "languages.svg", draw: |_, statistics| languages(statistics) },
    Plot { file: "left-out.svg", draw: |dataset, _| left_out(dataset) },
    Plot { file: "slices.svg", draw: |_, statistics| slices(statistics) },
    Plot { file: "categories.svg", draw: |_, statistics| categories(statistics) },
];

/// Every plot with the name of its file.
pub(crate) fn all(dataset: &Dataset, statistics: &Statistics) -> Vec<(&'static str, String)> {
    PLOTS.iter().map(|plot| (plot.file, (plot.draw)(dataset, statistics))).collect()
}

/// All plots on one page, below what the corpus is called and to whom it is given.
pub fn data_card(dataset: &Dataset, statistics: &Statistics) -> String {
    card::draw(dataset, statistics)
}

/// Documents by length in characters, in bins on a logarithmic scale.
pub fn lengths(statistics: &Statistics) -> String {
    panel::single(&lengths::panel(statistics))
}

/// Documents by language; languages beyond the first dozen are joined.
pub fn languages(statistics: &Statistics) -> String {
    panel::single(&languages::panel(statistics))
}

/// Rows that were kept and that were left out, by reason, at the gate and in the corpus.
pub fn left_out(dataset: &Dataset) -> String {
    panel::single(&left_out::panel(dataset))
}

/// Members by slice.
pub fn slices(statistics: &Statistics) -> String {
    panel::single(&slices::panel(statistics))
}

/// Documents by category and split.
pub fn categories(statistics: &Statistics) -> String {
    panel::single(&categories::panel(statistics))
}
