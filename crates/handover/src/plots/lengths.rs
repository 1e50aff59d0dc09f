use crate::{
    Language, Statistics,
    numbers::{counted, short},
    plots::{
        columns::Frame,
        panel::{Anchor, Drawing, Panel},
    },
};

pub(super) fn panel(statistics: &Statistics) -> Panel {
    let description = format!(
        "{}, on average of {}",
        counted(statistics.documents(), "document"),
        counted(statistics.mean_characters(), "character"),
    );
    let drawing = draw(statistics);
    Panel { id: "lengths", title: "Lengths of documents", description, drawing }
}

fn draw(statistics: &Statistics) -> Drawing {
    let bins: Vec<_> = statistics.lengths().bins().collect();
    let mut drawing = Drawing::default();
    if bins.is_empty() {
        drawing.nothing("There are no documents.");
        return drawing;
    }
    let greatest = bins.iter().map(|(_, documents)| *documents).max().unwrap_or_default();
    let frame = Frame::draw(&mut drawing, greatest);
    // A few bins are not stretched over the whole width.
    let step = (frame.width / bins.len() as f64).min(48.0);
    let ends = bins.iter().skip(1).map(|(begin, _)| *begin).chain([statistics.lengths().end()]);
    drawing.begin_list();
    for (place, ((begin, documents), end)) in bins.iter().zip(ends).enumerate() {
        let x = frame.left + step * place as f64;
        let name = format!(
            "{} to {} characters: {}",
            Language::English.number(*begin),
            Language::English.number(end.saturating_sub(1)),
            counted(*documents, "document"),
        );
        drawing.begin_item(&name);
        frame.column(&mut drawing, "one", x + 1.0, step - 2.0, *documents);
        drawing.end();
    }
    drawing.end();
    axis(&mut drawing, &frame, step, &bins, statistics.lengths().end());
    drawing
}

/// Where bins begin, every second or third of them if they stand close together.
fn axis(drawing: &mut Drawing, frame: &Frame, step: f64, bins: &[(u64, u64)], end: u64) {
    let every = (30.0 / step).ceil().max(1.0) as usize;
    let begins = bins.iter().map(|(begin, _)| *begin).chain([end]);
    for (place, begin) in begins.enumerate().step_by(every) {
        let x = frame.left + step * place as f64;
        drawing.line("axis", (x, frame.bottom()), (x, frame.bottom() + 4.0));
        drawing.text("tick", x, frame.bottom() + 17.0, Anchor::Middle, &short(begin));
    }
    drawing.text(
        "note",
        frame.left,
        frame.bottom() + 36.0,
        Anchor::Start,
        "characters, logarithmic",
    );
    drawing.height = frame.bottom() + 40.0;
}
