use crate::{Language, escape::markdown};

use super::{Told, phrases::Phrases};

/// Writes the Markdown of a summary. Phrases are our own words and are written as they stand; all
/// others come in escaped.
pub(super) struct Writer {
    pub(super) language: Language,
    markdown: String,
}

impl Writer {
    pub(super) const fn new(language: Language) -> Self {
        Self { language, markdown: String::new() }
    }

    pub(super) const fn phrases(&self) -> &'static Phrases {
        self.language.phrases()
    }

    pub(super) fn finish(self) -> String {
        self.markdown
    }

    pub(super) fn heading(&mut self, level: usize, words: &str) {
        if !self.markdown.is_empty() {
            self.markdown.push('\n');
        }
        // A number at its beginning is part of a heading, and begins no list in it.
        self.markdown += &format!("{} {words}\n", "#".repeat(level));
    }

    pub(super) fn paragraph(&mut self, words: &str) {
        self.markdown += &format!("\n{words}\n");
    }

    /// What a table is about.
    pub(super) fn label(&mut self, words: &str) {
        self.paragraph(&format!("**{words}**"));
    }

    /// A question with its answer.
    pub(super) fn answer(&mut self, question: &str, answer: &str) {
        self.markdown += &format!("\n**{question}**\n\n{answer}\n");
    }

    /// A question that only the provider can answer.
    pub(super) fn ask(&mut self, question: &str, told: Option<&Told>) {
        let answer = self.told(told);
        self.answer(question, &answer);
    }

    /// A question that the corpus answers for itself, and the provider for everything else.
    pub(super) fn ask_beside(&mut self, question: &str, corpus: &str, told: Option<&Told>) {
        let provider = self.told(told);
        let from_provider = self.phrases().from_provider;
        self.answer(question, &format!("{corpus}\n\n{from_provider} {provider}"));
    }

    /// A table; numbers stand on the right.
    pub(super) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let rule: Vec<_> = (0..head.len()).map(|at| if at == 0 { "---" } else { "---:" }).collect();
        self.markdown += &format!("\n| {} |\n| {} |\n", head.join(" | "), rule.join(" | "));
        for row in rows {
            self.markdown += &format!("| {} |\n", row.join(" | "));
        }
    }

    /// What the provider said, or that they have said nothing.
    pub(super) fn told(&self, told: Option<&Told>) -> String {
        let words = told.map(|told| told.in_language(self.language).trim()).unwrap_or_default();
        if words.is_empty() { self.phrases().missing.to_owned() } else { markdown(words) }
    }
}
