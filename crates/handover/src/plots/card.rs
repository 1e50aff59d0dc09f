use crate::{
    Dataset, Followed, Language, Statistics,
    numbers::counted,
    plots::{
        categories, languages, left_out, lengths,
        panel::{Anchor, Drawing, PageHead, Panel, fitted, page, panel_width},
        slices,
    },
};

const MARGIN: f64 = 24.0;
const GAP: f64 = 16.0;
const HEAD: f64 = 176.0;
const LINE: f64 = 18.0;

/// Draws all panels in two columns below the head.
pub(super) fn draw(dataset: &Dataset, statistics: &Statistics) -> String {
    let panels = [
        lengths::panel(statistics),
        left_out::panel(dataset),
        slices::panel(statistics),
        languages::panel(statistics),
        categories::panel(statistics),
    ];
    let width = 2.0 * (MARGIN + panel_width()) + GAP;
    let mut placed = Drawing::default();
    let below = HEAD + if dataset.after.is_some() { LINE } else { 0.0 };
    let height = place(&mut placed, &panels, below) + MARGIN - GAP;
    let mut body = Drawing::default();
    body.rect("page", 0.0, 0.0, width, height, 0.0);
    head(&mut body, dataset, width - 2.0 * MARGIN);
    counts(&mut body, statistics, width - 2.0 * MARGIN, below);
    body.place(0.0, 0.0, placed.svg());
    let title = format!("Data card of {}", dataset.name);
    let description = format!(
        "{} given to {} for {}: lengths, languages, rows left out, slices, categories.",
        counted(statistics.documents(), "document"),
        dataset.holder,
        dataset.purpose,
    );
    let head = PageHead { id: "card", title: &title, description: &description };
    page(head, width, height, body.svg())
}

/// Places each panel in the column that is shorter so far, and says where the longer one ends.
fn place(body: &mut Drawing, panels: &[Panel], below: f64) -> f64 {
    let (mut left, mut right) = (below, below);
    for panel in panels {
        let is_left = left <= right;
        let (x, y) =
            if is_left { (MARGIN, &mut left) } else { (MARGIN + panel_width() + GAP, &mut right) };
        body.place(x, *y, &panel.body());
        *y += panel.height() + GAP;
    }
    left.max(right)
}

fn head(body: &mut Drawing, dataset: &Dataset, width: f64) {
    // The name is set twice as large as what the width is counted in.
    let name = fitted(&dataset.name, width / 2.0);
    body.text("name", MARGIN, 52.0, Anchor::Start, &name);
    let given =
        format!("given to {} for {}, and for nothing else", dataset.holder, dataset.purpose);
    body.text("note", MARGIN, 74.0, Anchor::Start, &fitted(&given, width));
    let rules = format!(
        "policy {} ({}) · as of {} · facts {} to {} · lake version {} · Zweck {}",
        dataset.policy_version,
        dataset.policy.chars().take(12).collect::<String>(),
        dataset.as_of.rfc3339().unwrap_or_else(|| "–".to_owned()),
        dataset.facts.from,
        dataset.facts.to,
        dataset.lake_version,
        dataset.zweck_version,
    );
    body.text("note", MARGIN, 92.0, Anchor::Start, &fitted(&rules, width));
    if let Some(Followed { corpus, lake_version, .. }) = &dataset.after {
        let after = format!(
            "goes on from {corpus}: of the lake what came in after version {lake_version}, and \
             nothing that is the same there"
        );
        body.text("note", MARGIN, 92.0 + LINE, Anchor::Start, &fitted(&after, width));
    }
}

/// What there is of everything, above the panels.
fn counts(body: &mut Drawing, statistics: &Statistics, width: f64, below: f64) {
    let english = Language::English;
    let numbers = [
        (english.number(statistics.documents()), "documents"),
        (english.number(statistics.characters()), "characters"),
        (english.number(statistics.known_languages()), "languages"),
        (english.number(statistics.slices().len() as u64), "slices"),
    ];
    for (place, (number, name)) in numbers.iter().enumerate() {
        let x = MARGIN + width / 4.0 * place as f64;
        body.text("big", x, below - 40.0, Anchor::Start, number);
        body.text("note", x, below - 22.0, Anchor::Start, name);
    }
}
