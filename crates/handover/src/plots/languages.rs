use crate::{
    Language, Statistics,
    numbers::counted,
    plots::{
        bars::{self, Bar, Scale},
        panel::{Drawing, Panel},
    },
    summary::language_name,
};

/// So many are shown by themselves; the rest is joined.
const SHOWN: usize = 12;

pub(super) fn panel(statistics: &Statistics) -> Panel {
    let languages = statistics.languages();
    let description = format!(
        "{}; languages that could be told: {}",
        counted(statistics.documents(), "document"),
        Language::English.number(statistics.known_languages()),
    );
    let mut drawing = Drawing::default();
    if languages.is_empty() {
        drawing.nothing("There are no documents.");
    } else {
        let bars = bars(statistics);
        let most = bars.iter().map(Bar::total).max().unwrap_or_default();
        bars::draw(&mut drawing, &bars, &Scale { most, whole: statistics.documents() });
    }
    Panel { id: "languages", title: "Languages", description, drawing }
}

fn bars(statistics: &Statistics) -> Vec<Bar> {
    let mut languages: Vec<_> = statistics.languages().iter().collect();
    // By documents, and by tag where these are as many.
    languages.sort_by_key(|(tag, documents)| (std::cmp::Reverse(**documents), *tag));
    // Joining a single language would hide it for nothing.
    let shown = if languages.len() == SHOWN + 1 { SHOWN + 1 } else { SHOWN };
    let rest = languages.split_off(shown.min(languages.len()));
    let mut bars: Vec<_> = languages
        .into_iter()
        .map(|(tag, documents)| {
            let name = language_name(tag, Language::English);
            Bar::of_one(name, "one", *documents)
        })
        .collect();
    if !rest.is_empty() {
        let documents = rest.iter().map(|(_, documents)| **documents).sum();
        bars.push(Bar::of_one(format!("{} more", rest.len()), "rest", documents));
    }
    bars
}
