use policy::{Answer, Category, Instant, ItemId, MemberNumber, Purpose, Sequence};

use crate::{
    HolderId, HolderProgress, LakeStepState, NewFact, RemovalCause, RemovalId, Result, Scope,
    Withdrawn,
    account::Account,
    entities::removals,
    read::{maybe_word, word},
};

/// A member's data, or one item, on its way out of all holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Names the removal.
    pub id: RemovalId,
    /// The fact that started it: a holder that has applied it has released.
    pub sequence: Sequence,
    /// When it started.
    pub started_at: Instant,
    /// When the last holder had released; `None` while it is open.
    pub ended_at: Option<Instant>,
    /// Why.
    pub cause: RemovalCause,
    /// Whose data; `None` for a policy or a non-member's objection.
    pub member: Option<MemberNumber>,
    /// Which item; `None` is all.
    pub item: Option<ItemId>,
    /// Which category; `None` is all.
    pub category: Option<Category>,
    /// From which purpose; `None` is all.
    pub purpose: Option<Purpose>,
    /// For the people who run it.
    pub note: String,
}

/// A removal, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalProgress {
    /// The removal.
    pub removal: Removal,
    /// Every holder that could hold the data when it started, by name.
    pub holders: Vec<HolderStep>,
    /// What the lake did, oldest first; asked of erasures only.
    pub lake: Vec<LakeStep>,
}

/// Where one holder stands in one removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderStep {
    /// The holder.
    pub holder: HolderId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// How far it is.
    pub progress: HolderProgress,
    /// When it released, or failed last.
    pub at: Option<Instant>,
    /// The evidence of the release, or of the failure.
    pub evidence: Option<serde_json::Value>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// What the lake did for an erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeStep {
    /// How it ended.
    pub state: LakeStepState,
    /// The files that were rewritten and removed, or what went wrong.
    pub evidence: serde_json::Value,
    /// When.
    pub recorded_at: Instant,
}

/// A removal that a fact starts.
pub(crate) struct Started {
    pub(crate) removal: Withdrawn,
    /// Whether the removal is itself the fact.
    pub(crate) is_fact: bool,
}

/// The removal that a fact starts: every fact that can end a permission starts one.
pub(crate) fn started_by(fact: &NewFact, before: &Account) -> Option<Started> {
    let nothing = Withdrawn {
        cause: RemovalCause::Policy,
        member: fact.member(),
        item: None,
        category: None,
        purpose: None,
        note: String::new(),
    };
    let removal = match fact {
        NewFact::Account(account) => Withdrawn { cause: before.cause(account)?, ..nothing },
        NewFact::Choice(choice) => {
            if choice.answer == Answer::Allow {
                return None;
            }
            let cause = match choice.withdraws_consent {
                true => RemovalCause::ConsentWithdrawn,
                false => RemovalCause::Objection,
            };
            let (category, item) = match choice.scope {
                Scope::Everything => (None, None),
                Scope::Category(category) => (Some(category), None),
                Scope::Item(item) => (None, Some(item)),
            };
            Withdrawn { cause, category, item, purpose: Some(choice.purpose.clone()), ..nothing }
        }
        NewFact::Objection(objection) => {
            let purpose = (!objection.lifted).then(|| objection.purpose.clone())?;
            let cause = RemovalCause::NonmemberObjection;
            Withdrawn { cause, purpose: Some(purpose), ..nothing }
        }
        NewFact::Ruling(ruling) => {
            let item = ruling.restricted.then_some(ruling.item)?;
            Withdrawn { cause: RemovalCause::Ruling, item, ..nothing }
        }
        NewFact::PolicyApplied(_) => nothing,
        NewFact::Withdrawn(withdrawn) => {
            return Some(Started { removal: withdrawn.clone(), is_fact: true });
        }
        NewFact::Notice(_) | NewFact::Document(_) => return None,
    };
    Some(Started { removal, is_fact: false })
}

impl Removal {
    pub(crate) fn read(row: removals::Model) -> Result<Self> {
        const TABLE: &str = "removals";
        Ok(Self {
            id: RemovalId::from_i64(row.sequence),
            sequence: Sequence::from_i64(row.sequence),
            started_at: Instant::from_micros(row.recorded_at),
            ended_at: row.ended_at.map(Instant::from_micros),
            cause: word(TABLE, "cause", &row.cause)?,
            member: row.member.map(MemberNumber::from_i64),
            item: row.item.map(ItemId::from_i64),
            category: maybe_word(TABLE, "category", row.category.as_deref())?,
            purpose: maybe_word(TABLE, "purpose", row.purpose.as_deref())?,
            note: row.note,
        })
    }
}
