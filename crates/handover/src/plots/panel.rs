use std::fmt::Write;

use crate::{
    escape::xml,
    plots::style::{PADDING, STYLE, WIDTH},
};

/// A plot with what it is called and what it says in words.
pub(super) struct Panel {
    /// Unique on a page.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// Read out by screen readers, and shown below the title.
    pub(super) description: String,
    pub(super) drawing: Drawing,
}

/// What is drawn, from the top to `height`, in pixels.
#[derive(Default)]
pub(super) struct Drawing {
    pub(super) height: f64,
    svg: String,
}

/// Where a text stands, seen from its place.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Between the top of a panel and its drawing.
const HEAD: f64 = 64.0;

/// A page with one panel.
pub(super) fn single(panel: &Panel) -> String {
    let (width, height) = (panel_width(), panel.height());
    let head = PageHead { id: panel.id, title: panel.title, description: &panel.description };
    page(head, width, height, &panel.body())
}

/// What a page is called.
pub(super) struct PageHead<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
}

/// A whole file.
pub(super) fn page(head: PageHead<'_>, width: f64, height: f64, body: &str) -> String {
    let PageHead { id, title, description } = head;
    let (width, height) = (pixels(width), pixels(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"graphics-document document\" \
         aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\" xml:lang=\"en\" lang=\"en\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
         <style>{STYLE}</style>\n{body}</svg>\n",
        xml(title),
        xml(description),
    )
}

/// The width of a panel with its edges.
pub(super) const fn panel_width() -> f64 {
    WIDTH + 2.0 * PADDING
}

/// A number of pixels with one digit after the point at most; what is not finite is 0.
pub(super) fn pixels(number: f64) -> String {
    let rounded = if number.is_finite() { (number * 10.0).round() / 10.0 } else { 0.0 };
    // Adding nothing makes the negative zero a positive one.
    format!("{}", rounded + 0.0)
}

/// What a number of a scale is in pixels; nothing on a scale of nothing.
pub(super) fn scaled(number: u64, most: u64, length: f64) -> f64 {
    if most == 0 { 0.0 } else { number as f64 / most as f64 * length }
}

/// A text that fits into a width at 12 pixels, shortened with `…` if need be.
pub(super) fn fitted(text: &str, width: f64) -> String {
    let advance = |one: char| match one {
        '\u{1100}'.. => 12.5,
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | '-' => 4.2,
        'm' | 'w' | 'M' | 'W' | '@' => 10.5,
        'A'..='Z' => 8.3,
        _ => 6.8,
    };
    let text = crate::escape::line(text);
    if text.chars().map(advance).sum::<f64>() <= width {
        return text;
    }
    let mut left = width - advance('m');
    let mut fitting: String = text
        .chars()
        .take_while(|one| {
            left -= advance(*one);
            left >= 0.0
        })
        .collect();
    fitting.truncate(fitting.trim_end().len());
    fitting + "…"
}

impl Panel {
    /// The height with its edges.
    pub(super) fn height(&self) -> f64 {
        HEAD + self.drawing.height + PADDING
    }

    /// The panel with its background, from 0, 0 on.
    pub(super) fn body(&self) -> String {
        let Self { id, title, description, drawing } = self;
        let mut body = String::new();
        let mut background = Drawing::default();
        background.rect("panel", 0.5, 0.5, panel_width() - 1.0, self.height() - 1.0, 8.0);
        background.text("title", PADDING, 32.0, Anchor::Start, title);
        let shown = fitted(description, WIDTH);
        background.text("note", PADDING, 50.0, Anchor::Start, &shown);
        // Writing into a string cannot fail.
        let _ = write!(
            body,
            "<g role=\"graphics-object group\" aria-label=\"{}\" id=\"{id}\">\n{}\
             <g transform=\"translate({PADDING} {HEAD})\">\n{}</g>\n</g>\n",
            xml(&format!("{title}. {description}")),
            background.svg,
            drawing.svg,
        );
        body
    }
}

impl Drawing {
    pub(super) fn svg(&self) -> &str {
        &self.svg
    }

    pub(super) fn rect(
        &mut self,
        class: &str,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        radius: f64,
    ) {
        let (x, y, width, height) = (pixels(x), pixels(y), pixels(width), pixels(height));
        let radius = pixels(radius);
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"{radius}\"/>"
        ));
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (pixels(from.0), pixels(from.1), pixels(to.0), pixels(to.1));
        self.push(format_args!(
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    /// An area below steps of equal width, from `x` on, down to `base`.
    pub(super) fn steps(&mut self, class: &str, x: f64, step: f64, base: f64, heights: &[f64]) {
        let mut path = format!("M{} {}", pixels(x), pixels(base));
        for (place, height) in heights.iter().enumerate() {
            let right = x + step * (place + 1) as f64;
            let _ = write!(path, "V{}H{}", pixels(base - height), fine(right));
        }
        self.push(format_args!("<path class=\"{class}\" d=\"{path}V{}Z\"/>", pixels(base)));
    }

    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, anchor: Anchor, text: &str) {
        let (x, y, text) = (pixels(x), pixels(y), xml(text));
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.push(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"
        ));
    }

    /// Begins a list of what is shown; ends with [`Self::end`].
    pub(super) fn begin_list(&mut self) {
        self.push(format_args!("<g role=\"list\">"));
    }

    /// Begins one of what is shown, with its name for screen readers and the pointer; ends with
    /// [`Self::end`].
    pub(super) fn begin_item(&mut self, name: &str) {
        let name = xml(name);
        self.push(format_args!("<g role=\"listitem\" aria-label=\"{name}\"><title>{name}</title>"));
    }

    pub(super) fn end(&mut self) {
        self.push(format_args!("</g>"));
    }

    /// What is said where there is nothing to draw.
    pub(super) fn nothing(&mut self, what: &str) {
        self.text("note", 0.0, self.height + 20.0, Anchor::Start, what);
        self.height += 28.0;
    }

    /// Another body of elements, moved.
    pub(super) fn place(&mut self, x: f64, y: f64, body: &str) {
        let (x, y) = (pixels(x), pixels(y));
        self.push(format_args!("<g transform=\"translate({x} {y})\">\n{body}</g>"));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.svg, "{element}");
    }
}

/// A place among many that stand close together.
fn fine(number: f64) -> String {
    let rounded = if number.is_finite() { (number * 1000.0).round() / 1000.0 } else { 0.0 };
    format!("{rounded}")
}
