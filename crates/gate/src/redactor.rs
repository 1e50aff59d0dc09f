use std::collections::HashMap;

use policy::{ItemId, MemberNumber};

use crate::{
    links,
    names::{NameFinder, Span, mask, merge},
};

/// Takes objectors' names out of the words of others.
#[derive(Debug)]
pub(crate) struct Redactor {
    finder: NameFinder,
    mentions: HashMap<(MemberNumber, ItemId), Vec<MentionSpan>>,
}

/// A place where a resolved mention of an objector stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MentionSpan {
    /// The column, for example `text`.
    pub(crate) field: String,
    /// The bytes of the column's value.
    pub(crate) span: Span,
}

impl Redactor {
    pub(crate) fn new(
        finder: NameFinder,
        mentions: HashMap<(MemberNumber, ItemId), Vec<MentionSpan>>,
    ) -> Self {
        Self { finder, mentions }
    }

    /// Whether there is nobody whose name has to go.
    pub(crate) fn is_idle(&self) -> bool {
        self.finder.is_empty() && self.mentions.is_empty()
    }

    /// Every place of a column's value that has to be masked.
    pub(crate) fn spans(
        &self,
        member: MemberNumber,
        item: ItemId,
        field: &str,
        text: &str,
    ) -> Vec<Span> {
        let mut spans = self.finder.find(text);
        let resolved = self.mentions.get(&(member, item)).map(Vec::as_slice).unwrap_or_default();
        spans.extend(resolved.iter().filter(|one| one.field == field).map(|one| one.span));
        links::with_links(text, merge(spans))
    }

    /// The column's value without objectors' names; `None` where nothing had to be masked.
    pub(crate) fn redact(
        &self,
        member: MemberNumber,
        item: ItemId,
        field: &str,
        text: &str,
    ) -> Option<String> {
        let spans = self.spans(member, item, field, text);
        (!spans.is_empty()).then(|| mask(text, &spans))
    }

    /// Whether a person has to look at the text before it may be used.
    pub(crate) fn needs_review(&self, text: &str) -> bool {
        self.finder.needs_review(text)
    }

    /// Finds names in text whose row is not known, as a check of what a holder kept.
    pub(crate) fn finder(&self) -> &NameFinder {
        &self.finder
    }
}
