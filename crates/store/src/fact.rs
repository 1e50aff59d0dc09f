use policy::{
    AgeClass, Answer, Category, Country, Day, Instant, ItemId, MemberNumber, PolicyHash, Purpose,
    Region, Sequence, Status,
};

use crate::RemovalCause;

/// A fact as it is recorded: never changed, never removed, in one gapless order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its place in the order.
    pub sequence: Sequence,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it says.
    pub content: NewFact,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewFact {
    /// About an account.
    Account(AccountFact),
    /// A member's word about a purpose.
    Choice(Choice),
    /// An announcement reached members.
    Notice(Notice),
    /// A non-member's objection, or its end.
    Objection(Objection),
    /// A ruling's effect on content or an account.
    Ruling(Ruling),
    /// A policy holds from here on.
    PolicyApplied(AppliedPolicy),
    /// A document is on record.
    Document(Document),
    /// Something changed in the lake that holders have to give up.
    Withdrawn(Withdrawn),
}

/// What became known of an account. `None` says nothing: what was known before stays known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFact {
    /// Whose account.
    pub member: MemberNumber,
    /// Where the member lives.
    pub region: Option<Country>,
    /// Whether the member is an adult.
    pub age: Option<AgeClass>,
    /// The state of the account.
    pub status: Option<Status>,
    /// Who said so.
    pub source: String,
    /// The hash of the import declaration it rests on.
    pub declaration: Option<String>,
}

/// What a member said about one purpose at one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who said it.
    pub member: MemberNumber,
    /// About which purpose.
    pub purpose: Purpose,
    /// About which data.
    pub scope: Scope,
    /// What was said.
    pub answer: Answer,
    /// When it was said.
    pub said_at: Instant,
    /// Where it was said.
    pub source: String,
    /// Whether a refusal takes back a consent (GDPR art. 7(3)) rather than objects.
    pub withdraws_consent: bool,
}

/// Which data a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// All of it.
    Everything,
    /// One category.
    Category(Category),
    /// One item.
    Item(ItemId),
}

/// The announcement of a policy version was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The version that was announced.
    pub policy_version: Day,
    /// To whom.
    pub reach: Reach,
    /// When it reached them.
    pub delivered_at: Instant,
    /// Who said so.
    pub source: String,
}

/// Whom a notice reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// One member.
    Member(MemberNumber),
    /// Everybody who lives in the regions and whose number is below a bound.
    Cohort {
        /// The regions; `*` is everywhere.
        regions: Vec<Region>,
        /// The first number that was not reached.
        members_below: MemberNumber,
    },
}

/// An objection by a person without an account, who is named in members' content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Names the objection; a later fact with the same id replaces it.
    pub id: String,
    /// Against which purpose.
    pub purpose: Purpose,
    /// The names by which the person is mentioned.
    pub names: Vec<String>,
    /// The person's e-mail addresses.
    pub emails: Vec<String>,
    /// When it was said.
    pub said_at: Instant,
    /// Whether it is taken back.
    pub lifted: bool,
}

/// What a ruling does to an item, or to a whole account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Whose content.
    pub member: MemberNumber,
    /// Which item; `None` is the account.
    pub item: Option<ItemId>,
    /// Whether it is restricted from here on, or free again.
    pub restricted: bool,
    /// A reference to the statement of reasons.
    pub reason: String,
}

/// A policy that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedPolicy {
    /// Its name.
    pub hash: PolicyHash,
    /// Its version.
    pub version: Day,
    /// The TOML text, of which `hash` is the hash.
    pub document: String,
}

/// A document that a policy may require, for example a balancing test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What kind of document, as the policy names it.
    pub kind: String,
    /// The one policy version that it is about; `None` is every version.
    pub policy_version: Option<Day>,
    /// The hash of its bytes, in hex.
    pub hash: String,
    /// Its title.
    pub title: String,
}

/// A change in the lake that holders have to follow: an edit, a deletion, a narrowed visibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Why.
    pub cause: RemovalCause,
    /// Whose data; `None` is not tied to a member.
    pub member: Option<MemberNumber>,
    /// Which item; `None` is all of the member's.
    pub item: Option<ItemId>,
    /// Which category; `None` is all.
    pub category: Option<Category>,
    /// From which purpose; `None` is all.
    pub purpose: Option<Purpose>,
    /// For the people who run it; never personal data.
    pub note: String,
}

impl NewFact {
    /// The member that the fact is about, if it is about one.
    pub fn member(&self) -> Option<MemberNumber> {
        match self {
            Self::Account(account) => Some(account.member),
            Self::Choice(choice) => Some(choice.member),
            Self::Notice(Notice { reach: Reach::Member(member), .. }) => Some(*member),
            Self::Ruling(ruling) => Some(ruling.member),
            Self::Withdrawn(withdrawn) => withdrawn.member,
            Self::Notice(_) | Self::Objection(_) | Self::PolicyApplied(_) | Self::Document(_) => {
                None
            }
        }
    }

    /// Whether a row leaves the lake with the fact: an item was edited, deleted or expired.
    pub(crate) fn takes_rows_out(&self) -> bool {
        matches!(self, Self::Withdrawn(withdrawn) if withdrawn.row().is_some())
    }
}

impl AppliedPolicy {
    /// A policy by its text, whose hash names it.
    pub fn of(version: Day, document: String) -> Self {
        Self { hash: PolicyHash::of_bytes(document.as_bytes()), version, document }
    }
}

impl Withdrawn {
    /// One row that leaves the lake, or is replaced in it, for every purpose.
    pub fn of_row(cause: RemovalCause, (member, item): (MemberNumber, ItemId)) -> Self {
        Self {
            cause,
            member: Some(member),
            item: Some(item),
            category: None,
            purpose: None,
            note: String::new(),
        }
    }

    /// The row that left the lake, or was replaced in it.
    pub(crate) fn row(&self) -> Option<(MemberNumber, ItemId)> {
        match self.cause {
            RemovalCause::Edit
            | RemovalCause::Deletion
            | RemovalCause::Visibility
            | RemovalCause::Retention => Some((self.member?, self.item?)),
            RemovalCause::Objection
            | RemovalCause::ConsentWithdrawn
            | RemovalCause::Erasure
            | RemovalCause::Restriction
            | RemovalCause::AccountClosed
            | RemovalCause::Policy
            | RemovalCause::Ruling
            | RemovalCause::NonmemberObjection => None,
        }
    }
}

impl Reach {
    /// Whether the notice reached a member who lives in `region`.
    pub fn includes(&self, member: MemberNumber, region: Option<Country>) -> bool {
        match self {
            Self::Member(one) => *one == member,
            Self::Cohort { regions, members_below } => {
                let lives_in = |named: &Region| {
                    *named == Region::Elsewhere
                        || region.is_some_and(|country| named.names(country))
                };
                member < *members_below && regions.iter().any(lives_in)
            }
        }
    }
}
