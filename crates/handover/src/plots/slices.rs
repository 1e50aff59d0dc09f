use std::cmp::Reverse;

use crate::{
    Language, SliceMembers, Split, Statistics,
    numbers::counted,
    plots::{
        bars,
        columns::Frame,
        panel::{Anchor, Drawing, Panel},
    },
};

/// So many slices have a column each; more are one area for each split, sorted, because columns
/// thinner than a pixel tell nothing.
const COLUMNS: usize = 64;

pub(super) fn panel(statistics: &Statistics) -> Panel {
    let slices = statistics.slices();
    let members: u64 = slices.iter().map(|slice| slice.members).sum();
    let description = format!(
        "{} in {}, on average {} in each",
        counted(members, "member"),
        counted(slices.len() as u64, "slice"),
        Language::English.number(mean(slices)),
    );
    let drawing = draw(slices);
    Panel { id: "slices", title: "Members per slice", description, drawing }
}

/// Members of a slice on average, rounded down.
fn mean(slices: &[SliceMembers]) -> u64 {
    let members: u64 = slices.iter().map(|slice| slice.members).sum();
    members.checked_div(slices.len() as u64).unwrap_or_default()
}

fn draw(slices: &[SliceMembers]) -> Drawing {
    let mut drawing = Drawing::default();
    if slices.is_empty() {
        drawing.nothing("There are no slices.");
        return drawing;
    }
    bars::legend(&mut drawing, &legend(slices));
    let greatest = slices.iter().map(|slice| slice.members).max().unwrap_or_default();
    let frame = Frame::draw(&mut drawing, greatest);
    // A few slices are not stretched over the whole width.
    let step = (frame.width / slices.len() as f64).min(32.0);
    if slices.len() <= COLUMNS {
        columns(&mut drawing, &frame, step, slices);
    } else {
        areas(&mut drawing, &frame, step, slices);
    }
    averages(&mut drawing, &frame, step, slices);
    let note = if slices.len() <= COLUMNS {
        "by split, shard and slice; dashed: average of a split"
    } else {
        "by split, the largest first; dashed: average of a split"
    };
    drawing.text("note", frame.left, frame.bottom() + 20.0, Anchor::Start, note);
    drawing.height = frame.bottom() + 24.0;
    drawing
}

fn legend(slices: &[SliceMembers]) -> Vec<(&'static str, String)> {
    let count = |split: Split| slices.iter().filter(|slice| slice.split == split).count();
    Split::ALL
        .iter()
        .filter(|split| count(**split) > 0)
        .map(|split| {
            let number = Language::English.number(count(*split) as u64);
            (split.name(), format!("{split}, {number}"))
        })
        .collect()
}

fn columns(drawing: &mut Drawing, frame: &Frame, step: f64, slices: &[SliceMembers]) {
    let gap = (step / 5.0).min(2.0);
    drawing.begin_list();
    for (place, slice) in slices.iter().enumerate() {
        let SliceMembers { split, shard, slice: number, members } = slice;
        let members_words = counted(*members, "member");
        let name = format!("{split}, shard {shard}, slice {number}: {members_words}");
        drawing.begin_item(&name);
        let x = frame.left + step * place as f64;
        frame.column(drawing, split.name(), x + gap / 2.0, step - gap, *members);
        drawing.end();
    }
    drawing.end();
}

fn areas(drawing: &mut Drawing, frame: &Frame, step: f64, slices: &[SliceMembers]) {
    let mut place = 0;
    drawing.begin_list();
    for of_split in slices.chunk_by(|one, next| one.split == next.split) {
        let Some(split) = of_split.first().map(|slice| slice.split) else { continue };
        let members: u64 = of_split.iter().map(|slice| slice.members).sum();
        let (members, slices) =
            (counted(members, "member"), counted(of_split.len() as u64, "slice"));
        drawing.begin_item(&format!("{split}: {members} in {slices}"));
        let mut sorted: Vec<_> = of_split.iter().map(|slice| slice.members).collect();
        sorted.sort_unstable_by_key(|members| Reverse(*members));
        let heights: Vec<_> = sorted.into_iter().map(|members| frame.length(members)).collect();
        let x = frame.left + step * place as f64;
        drawing.steps(split.name(), x, step, frame.bottom(), &heights);
        drawing.end();
        place += of_split.len();
    }
    drawing.end();
}

/// A line for each split that has several slices.
fn averages(drawing: &mut Drawing, frame: &Frame, step: f64, slices: &[SliceMembers]) {
    let mut x = frame.left;
    for of_split in slices.chunk_by(|one, next| one.split == next.split) {
        let right = x + step * of_split.len() as f64;
        let y = frame.y(mean(of_split));
        if of_split.len() > 1 {
            drawing.line("mean", (x, y), (right, y));
        }
        x = right;
    }
}
