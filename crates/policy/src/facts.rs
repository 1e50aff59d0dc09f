use serde::{Deserialize, Serialize};

use crate::{AgeClass, Country, Instant, Status, Visibility, aipref::Usage, words::words};

words! {
    /// What a member said about a use.
    Answer, "answer" {
        /// An objection, an opt-out, or a consent withdrawn.
        Refuse = "refuse",
        /// A consent, or an objection taken back.
        Allow = "allow",
    }
}

/// The choice that holds for one purpose at one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChoiceInForce {
    /// What was said.
    pub answer: Answer,
    /// When it was said first: to say the same again changes nothing.
    pub said_at: Instant,
}

/// The choices that apply to one row: a refusal in any of them refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Choices {
    /// For everything.
    pub everything: Option<ChoiceInForce>,
    /// For the row's category.
    pub category: Option<ChoiceInForce>,
    /// For the row itself.
    pub item: Option<ChoiceInForce>,
}

impl Choices {
    /// The choices that were made, widest scope first.
    pub fn made(&self) -> impl Iterator<Item = ChoiceInForce> {
        [self.everything, self.category, self.item].into_iter().flatten()
    }
}

/// What is known about the member whose row is asked for. `None` is a missing fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Facts {
    /// Whether the store knows the member at all.
    pub member_known: bool,
    /// Where the member lives.
    pub region: Option<Country>,
    /// Whether the member is an adult.
    pub age: Option<AgeClass>,
    /// The state of the account.
    pub status: Option<Status>,
    /// When the first announcement that counts for the cell reached the member.
    pub notice: Option<Instant>,
    /// Whether every document that the cell requires is on record.
    pub documents_complete: bool,
    /// What the member said about the purpose.
    pub choices: Choices,
    /// What is known about the row.
    pub item: ItemFacts,
}

/// What is known about the row itself. `None` is a missing fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ItemFacts {
    /// Who can see it; asked of categories with an audience only.
    pub visibility: Option<Visibility>,
    /// When it was created; asked of dated categories only.
    pub created: Option<Instant>,
    /// Whether a ruling or a restriction keeps it from every use.
    pub restricted: bool,
    /// What its author wants it to be used for.
    pub content_usage: Usage,
    /// Whether it was found to reveal special categories of data.
    pub sensitive: bool,
    /// Whether it names an objector who could not be redacted.
    pub names_objector: bool,
}
