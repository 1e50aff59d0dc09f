//! Horizontal bars with a name before and a number behind each.

use crate::{
    Language,
    plots::{
        panel::{Anchor, Drawing, fitted, scaled},
        style::WIDTH,
    },
};

/// One bar, made of parts.
pub(super) struct Bar {
    pub(super) name: String,
    /// Class and length of each part.
    pub(super) parts: Vec<(&'static str, u64)>,
}

/// Bars on one scale.
pub(super) struct Scale {
    /// What the longest bar is.
    pub(super) most: u64,
    /// Of what each number is shown as a share.
    pub(super) whole: u64,
}

const ROW: f64 = 24.0;
const BAR: f64 = 14.0;
const NAMES: f64 = 128.0;
const NUMBERS: f64 = 108.0;

impl Bar {
    pub(super) fn of_one(name: impl Into<String>, class: &'static str, number: u64) -> Self {
        Self { name: name.into(), parts: vec![(class, number)] }
    }

    pub(super) fn total(&self) -> u64 {
        self.parts.iter().map(|(_, number)| number).sum()
    }
}

/// Draws bars below what is there already.
pub(super) fn draw(drawing: &mut Drawing, bars: &[Bar], scale: &Scale) {
    drawing.begin_list();
    for bar in bars {
        let top = drawing.height;
        let (number, percent) = (
            Language::English.number(bar.total()),
            Language::English.percent(bar.total(), scale.whole),
        );
        drawing.begin_item(&format!("{}: {number} ({percent}){}", bar.name, parts(bar)));
        let baseline = top + 16.0;
        let name = fitted(&bar.name, NAMES - 8.0);
        drawing.text("label", 0.0, baseline, Anchor::Start, &name);
        let end = draw_parts(drawing, bar, scale, top + (ROW - BAR) / 2.0);
        let label = format!("{number} · {percent}");
        drawing.text("value", end + 8.0, baseline, Anchor::Start, &label);
        drawing.end();
        drawing.height += ROW;
    }
    drawing.end();
}

/// Draws the parts of a bar side by side and says where they end.
fn draw_parts(drawing: &mut Drawing, bar: &Bar, scale: &Scale, top: f64) -> f64 {
    let length = WIDTH - NAMES - NUMBERS;
    let mut x = NAMES;
    for (class, number) in &bar.parts {
        if *number > 0 {
            // What there is can be seen, however little it is.
            let width = scaled(*number, scale.most, length).max(1.5);
            drawing.rect(class, x, top, width, BAR, 2.0_f64.min(width / 2.0));
            x += width;
        }
    }
    x
}

/// The parts of a bar in words, if it has several.
fn parts(bar: &Bar) -> String {
    let words: Vec<_> = bar
        .parts
        .iter()
        .map(|(class, number)| format!("{class} {}", Language::English.number(*number)))
        .collect();
    if words.len() > 1 { format!(": {}", words.join(", ")) } else { String::new() }
}

/// Which class is what, in one row.
pub(super) fn legend(drawing: &mut Drawing, classes: &[(&'static str, String)]) {
    let mut x = 0.0;
    for (class, name) in classes {
        drawing.rect(class, x, drawing.height + 3.0, 10.0, 10.0, 2.0);
        drawing.text("tick", x + 15.0, drawing.height + 12.0, Anchor::Start, name);
        x += 28.0 + 6.4 * name.chars().count() as f64;
    }
    drawing.height += 24.0;
}
