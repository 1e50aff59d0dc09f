use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Elements that stand in paragraphs of their own.
const PARAGRAPHS: &[&str] = &[
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "pre",
    "blockquote",
    "hr",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "aside",
    "figure",
];

/// Elements that start a line.
const LINES: &[&str] = &["br", "li", "tr", "dt", "dd", "figcaption", "caption"];

/// Elements whose content is not text for people.
const SKIPPED: &[&str] = &["script", "style", "template", "noscript"];

/// The plain text of a fragment of HTML, for any input.
///
/// Paragraphs are separated by an empty line, list items start with `- `, quoted lines with `> `,
/// code keeps its lines, entities are decoded, runs of white space become one space. A link is
/// its text; its address follows in brackets if it names a user (`/users/123/name`).
pub fn html_to_text(fragment: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut writer = Writer::default();
    for token in Tokenizer::new_with_emitter(fragment, emitter) {
        match token {
            Ok(Token::StartTag(tag)) => writer.start(&tag),
            Ok(Token::EndTag(tag)) => writer.end(&String::from_utf8_lossy(&tag.name)),
            Ok(Token::String(text)) => writer.text(&String::from_utf8_lossy(&text)),
            Ok(Token::Comment(_) | Token::Doctype(_) | Token::Error(_)) => {}
            Err(never) => match never {},
        }
    }
    writer.finish()
}

/// What separates the next word from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

#[derive(Default)]
struct Writer {
    out: String,
    gap: Gap,
    /// Whether the next word is the first of a list item.
    marker: bool,
    quotes: usize,
    preformatted: usize,
    skipped: usize,
    /// For each open link the address to show behind it, if any.
    links: Vec<Option<String>>,
}

impl Writer {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        self.widen(gap_around(&name));
        match &*name {
            "li" => self.marker = true,
            "blockquote" => self.quotes += 1,
            "pre" => self.preformatted += 1,
            "td" | "th" => self.widen(Gap::Space),
            "a" => self.links.push(user_link(tag)),
            name if SKIPPED.contains(&name) && !tag.self_closing => self.skipped += 1,
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        self.widen(gap_around(name));
        match name {
            "li" => self.marker = false,
            "blockquote" => self.quotes = self.quotes.saturating_sub(1),
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "a" => {
                if let Some(Some(address)) = self.links.pop()
                    && !self.out.ends_with(&address)
                {
                    self.widen(Gap::Space);
                    self.word(&format!("({address})"));
                }
            }
            name if SKIPPED.contains(&name) => self.skipped = self.skipped.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped > 0 {
            return;
        }
        if self.preformatted > 0 {
            return self.lines(text);
        }
        if text.starts_with(char::is_whitespace) {
            self.widen(Gap::Space);
        }
        for (index, word) in text.split_whitespace().enumerate() {
            if index > 0 {
                self.widen(Gap::Space);
            }
            self.word(word);
        }
        if text.ends_with(char::is_whitespace) {
            self.widen(Gap::Space);
        }
    }

    fn lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                // A line break at the very start of a block of code is not part of it.
                if self.gap == Gap::Paragraph {
                    continue;
                }
                self.close_gap();
                self.gap = Gap::Line;
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.word(line);
            }
        }
    }

    fn word(&mut self, word: &str) {
        self.close_gap();
        if std::mem::take(&mut self.marker) {
            self.out.push_str("- ");
        }
        self.out.push_str(word);
    }

    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn close_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let starts_line = self.out.is_empty() || gap >= Gap::Line;
        if !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        if starts_line {
            // Deeper quotation than this is noise, and unbounded depth would be quadratic.
            self.out.push_str(&"> ".repeat(self.quotes.min(8)));
        }
    }

    fn finish(self) -> String {
        let lines: Vec<&str> = self.out.lines().map(str::trim_end).collect();
        lines.join("\n").trim().to_owned()
    }
}

fn gap_around(name: &str) -> Gap {
    if PARAGRAPHS.contains(&name) {
        Gap::Paragraph
    } else if LINES.contains(&name) {
        Gap::Line
    } else {
        Gap::None
    }
}

fn user_link(tag: &StartTag<()>) -> Option<String> {
    let address = tag.attributes.get(b"href".as_slice())?;
    let address = String::from_utf8_lossy(address);
    let (_, after) = address.split_once("/users/")?;
    let names_user = after.starts_with(|first: char| first.is_ascii_digit());
    (names_user && !address.contains(char::is_whitespace)).then(|| address.into_owned())
}
