use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    Dataset, Language,
    numbers::counted,
    plots::{
        bars::{self, Bar, Scale},
        panel::{Anchor, Drawing, Panel},
    },
};

pub(super) fn panel(dataset: &Dataset) -> Panel {
    let (rows, documents) = (dataset.total_rows(), dataset.total_documents());
    let description = format!(
        "{} in, {} kept as documents; the others by reason",
        counted(rows.rows_in, "row"),
        Language::English.number(documents.kept),
    );
    let mut drawing = Drawing::default();
    let most = rows.left_out.values().chain(documents.left_out.values()).copied();
    let most = most.chain([rows.kept, documents.kept]).max().unwrap_or_default();
    let gate = Step { name: "At the gate", class: "gate", rows_in: rows.rows_in, most };
    gate.draw(&mut drawing, rows.kept, &rows.left_out);
    drawing.height += 12.0;
    let corpus = Step { name: "In the corpus", class: "corpus", rows_in: documents.rows_in, most };
    corpus.draw(&mut drawing, documents.kept, &documents.left_out);
    Panel { id: "left-out", title: "Rows kept and left out", description, drawing }
}

/// A place at which rows stay behind.
struct Step {
    name: &'static str,
    class: &'static str,
    rows_in: u64,
    /// The greatest number of both steps, so that they are on one scale.
    most: u64,
}

impl Step {
    fn draw(&self, drawing: &mut Drawing, kept: u64, left_out: &BTreeMap<String, u64>) {
        let heading = format!("{}: {} in", self.name, counted(self.rows_in, "row"));
        drawing.text("group", 0.0, drawing.height + 14.0, Anchor::Start, &heading);
        drawing.height += 22.0;
        if self.rows_in == 0 {
            drawing.nothing("No rows came here.");
            return;
        }
        let mut reasons: Vec<_> = left_out.iter().filter(|(_, rows)| **rows > 0).collect();
        reasons.sort_by_key(|(reason, rows)| (Reverse(**rows), *reason));
        let mut bars = vec![Bar::of_one("kept", "kept", kept)];
        bars.extend(
            reasons
                .into_iter()
                .map(|(reason, rows)| Bar::of_one(reason.replace('-', " "), self.class, *rows)),
        );
        bars::draw(drawing, &bars, &Scale { most: self.most, whole: self.rows_in });
    }
}
