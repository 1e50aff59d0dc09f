use crate::{
    AgeClass, Answer, Basis, Category, Cell, ChoiceInForce, Choices, Facts, Instant,
    ObjectionScope, Policy, Purpose, PurposeRules, Reason, ReasonSet, SpecialCategories, Status,
    Visibility,
};

/// May rows of this category serve this purpose, as of an instant?
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The rules that hold.
    pub policy: &'a Policy,
    /// What the data is wanted for.
    pub purpose: &'a Purpose,
    /// The kind of the data.
    pub category: Category,
    /// The instant the question is about.
    pub as_of: Instant,
}

/// The answer, with every reason against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decision {
    /// Every reason against; empty means allowed.
    pub reasons: ReasonSet,
}

impl Decision {
    /// Whether nothing speaks against the use.
    pub const fn is_allowed(self) -> bool {
        self.reasons.is_empty()
    }
}

/// A rule can only refuse: it gives a reason against, or none.
pub type Rule = fn(&Request<'_>, &Facts) -> Option<Reason>;

/// The rules. Their order does not matter: each is asked, and one reason suffices.
pub const RULES: [Rule; 15] = [
    category,
    member,
    account,
    restriction,
    age,
    region,
    documents,
    notice,
    objection,
    consent,
    visibility,
    date,
    content_usage,
    sensitive,
    names_objector,
];

/// Decides over one row: it may be used if no rule refuses.
pub fn decide(request: &Request<'_>, facts: &Facts) -> Decision {
    Decision { reasons: RULES.iter().filter_map(|rule| rule(request, facts)).collect() }
}

/// Whether a member's name and mentions are redacted in the words of others: after a choice
/// against the purpose for everything or for profile data (a name is profile data), and unless the
/// account is known to be active: after a closure or an erasure and while it is restricted.
pub fn must_be_redacted(status: Option<Status>, everything: Choices) -> bool {
    status != Some(Status::Active)
        || everything.made().any(|choice| choice.answer == Answer::Refuse)
}

fn category(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    if request.category.is_sealed() {
        return Some(Reason::SealedCategory);
    }
    let Some(rules) = rules(request) else {
        return Some(Reason::NotThisPurpose);
    };
    let admitted = cell(request, facts).map_or_else(
        || rules.categories.contains(&request.category),
        |cell| cell.admits(request.category, &rules.categories),
    );
    (!admitted).then_some(Reason::NotThisPurpose)
}

fn member(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    (!facts.member_known).then_some(Reason::MemberUnknown)
}

fn account(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    match facts.status {
        None => Some(Reason::StatusUnknown),
        Some(Status::Closed | Status::Erased) => Some(Reason::AccountClosed),
        Some(Status::Active | Status::Restricted) => None,
    }
}

fn restriction(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    let restricted = facts.status == Some(Status::Restricted) || facts.item.restricted;
    restricted.then_some(Reason::Restricted)
}

fn age(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    match facts.age {
        None => Some(Reason::AgeUnknown),
        Some(AgeClass::Minor) => Some(Reason::NotAdult),
        Some(AgeClass::Adult) => None,
    }
}

fn region(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    if facts.region.is_none() {
        return Some(Reason::RegionUnknown);
    }
    let started = cell(request, facts).is_some_and(|cell| cell.from.start() <= request.as_of);
    (!started).then_some(Reason::RegionNotStarted)
}

fn documents(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    (!facts.documents_complete).then_some(Reason::DocumentsMissing)
}

fn notice(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    match facts.notice {
        None => Some(Reason::NoticeMissing),
        Some(delivered) if delivered > request.as_of => Some(Reason::NoticeMissing),
        Some(delivered) => (delivered.plus_days(request.policy.notice_days) > request.as_of)
            .then_some(Reason::NoticeWindowOpen),
    }
}

fn objection(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    let refuses = |choice: &ChoiceInForce| choice.answer == Answer::Refuse;
    let Choices { everything, category, item } = facts.choices;
    // An item was there when somebody objected to it: an objection to it always reaches it.
    let to_item = item.as_ref().is_some_and(refuses);
    let mut wider = [everything, category].into_iter().flatten().filter(refuses);
    (to_item || wider.any(|choice| reaches(request, facts, choice.said_at)))
        .then_some(Reason::Objected)
}

/// Whether an objection to more than the item reaches the row.
fn reaches(request: &Request<'_>, facts: &Facts, said_at: Instant) -> bool {
    let (Some(rules), Some(cell)) = (rules(request), cell(request, facts)) else {
        return true;
    };
    let later_content_only = rules.objection == ObjectionScope::ContentAfterObjection
        && cell.basis == Basis::LegitimateInterest
        && cell.default == Answer::Allow
        && request.category.is_dated()
        // An objection made under an earlier policy keeps its reach: this one must not shorten it.
        && said_at >= request.policy.version.start()
        && said_at >= cell.from.start();
    !later_content_only || facts.item.created.is_none_or(|created| created >= said_at)
}

fn consent(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    let cell = cell(request, facts)?;
    let needed = cell.basis == Basis::Consent || cell.default == Answer::Refuse;
    let given = facts
        .choices
        .made()
        .any(|choice| choice.answer == Answer::Allow && choice.said_at <= request.as_of);
    (needed && !given).then_some(Reason::ConsentMissing)
}

fn visibility(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    match facts.item.visibility {
        _ if !request.category.has_audience() => None,
        None => Some(Reason::VisibilityUnknown),
        Some(Visibility::Public) => None,
        Some(_) => Some(Reason::NotPublic),
    }
}

fn date(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    if !request.category.is_dated() {
        return None;
    }
    let Some(created) = facts.item.created else {
        return Some(Reason::DateUnknown);
    };
    if created > request.as_of {
        return Some(Reason::AfterAsOf);
    }
    let oldest = rules(request)?.oldest_content?;
    (created < oldest.start()).then_some(Reason::BeforeCutoff)
}

/// No choice lifts a signal: it speaks of the row, and only another version of the row takes it back.
fn content_usage(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    let asked = rules(request)?.content_usage?;
    facts.item.content_usage.disallows(asked).then_some(Reason::OptedOutBySignal)
}

fn sensitive(request: &Request<'_>, facts: &Facts) -> Option<Reason> {
    let made_public = facts.item.visibility == Some(Visibility::Public)
        && rules(request)
            .is_some_and(|rules| rules.special_categories == SpecialCategories::MadePublic);
    (facts.item.sensitive && !made_public).then_some(Reason::Sensitive)
}

fn names_objector(_: &Request<'_>, facts: &Facts) -> Option<Reason> {
    facts.item.names_objector.then_some(Reason::NamesObjector)
}

fn rules<'a>(request: &Request<'a>) -> Option<&'a PurposeRules> {
    request.policy.rules(request.purpose)
}

fn cell<'a>(request: &Request<'a>, facts: &Facts) -> Option<&'a Cell> {
    rules(request)?.cell(facts.region?)
}
