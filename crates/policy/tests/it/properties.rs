//! Theorems of the rule, each named after what it holds.

use policy::{
    Answer, Category, ChoiceInForce, Decision, Facts, Instant, Policy, Purpose, RULES, Reason,
    ReasonSet, Request, Visibility,
    aipref::{self, Usage},
    decide, must_be_redacted,
};
use proptest::{prelude::*, sample::select};

use crate::generators::{
    allowed, countries, facts, instants, policies, purpose, shipped_policies, words,
};

fn ask(policy: &Policy, purpose: &Purpose, category: Category, at: Instant, f: &Facts) -> Decision {
    decide(&Request { policy, purpose, category, as_of: at }, f)
}

/// Facts with a refusal at one of the three scopes; the item's is the last. One that stands there
/// already counts from when it was said first: to say the same again changes nothing.
fn refused_at(facts: Facts, scope: usize, said_at: Instant) -> Facts {
    let mut facts = facts;
    let choice = match scope {
        0 => &mut facts.choices.everything,
        1 => &mut facts.choices.category,
        _ => &mut facts.choices.item,
    };
    let standing = choice.filter(|one| one.answer == Answer::Refuse).map(|one| one.said_at);
    let said_at = standing.map_or(said_at, |first| first.min(said_at));
    *choice = Some(ChoiceInForce { answer: Answer::Refuse, said_at });
    facts
}

type Missing = fn(&mut Facts);

/// Every fact that can be missing, and the code that says so.
const MISSING: [(Missing, Reason); 8] = [
    (|facts| facts.member_known = false, Reason::MemberUnknown),
    (|facts| facts.region = None, Reason::RegionUnknown),
    (|facts| facts.age = None, Reason::AgeUnknown),
    (|facts| facts.status = None, Reason::StatusUnknown),
    (|facts| facts.notice = None, Reason::NoticeMissing),
    (|facts| facts.documents_complete = false, Reason::DocumentsMissing),
    (|facts| facts.item.visibility = None, Reason::VisibilityUnknown),
    (|facts| facts.item.created = None, Reason::DateUnknown),
];

proptest! {
    #[test]
    fn the_generator_of_allowed_cases_is_right((policy, purpose, category, at, facts) in allowed()) {
        prop_assert_eq!(ask(&policy, &purpose, category, at, &facts).reasons, ReasonSet::EMPTY);
    }

    #[test]
    fn refusal_wins(
        (policy, purpose, category, at, facts) in allowed(), scope in 0..3_usize, said_at in instants(),
    ) {
        let decision = ask(&policy, &purpose, category, at, &refused_at(facts, scope, said_at));
        prop_assert!(decision.reasons.contains(Reason::Objected));
    }

    #[test]
    fn a_missing_fact_refuses(
        (policy, purpose, category, at, facts) in allowed(), (forget, reason) in select(&MISSING[..]),
    ) {
        let mut facts = facts;
        forget(&mut facts);
        let not_asked = match reason {
            Reason::VisibilityUnknown => !category.has_audience(),
            Reason::DateUnknown => !category.is_dated(),
            _ => false,
        };
        let expect = if not_asked { ReasonSet::EMPTY } else { ReasonSet::EMPTY.with(reason) };
        prop_assert_eq!(ask(&policy, &purpose, category, at, &facts).reasons, expect);
    }

    #[test]
    fn a_missing_fact_refuses_under_any_policy(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
        (forget, reason) in select(&MISSING[..6]),
    ) {
        let mut facts = facts;
        forget(&mut facts);
        let decision = ask(&policy, &purpose(), category, at, &facts);
        prop_assert!(decision.reasons.contains(reason));
    }

    #[test]
    fn order_does_not_matter(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
        order in Just(RULES.to_vec()).prop_shuffle(),
    ) {
        let purpose = purpose();
        let request = Request { policy: &policy, purpose: &purpose, category, as_of: at };
        let permuted: ReasonSet = order.iter().filter_map(|rule| rule(&request, &facts)).collect();
        prop_assert_eq!(permuted, decide(&request, &facts).reasons);
    }

    #[test]
    fn adding_a_refusal_never_allows(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
        scope in 0..3_usize, said_at in instants(),
    ) {
        let before = ask(&policy, &purpose(), category, at, &facts);
        let after = ask(&policy, &purpose(), category, at, &refused_at(facts, scope, said_at));
        prop_assert!(before.is_allowed() || !after.is_allowed());
    }

    #[test]
    fn a_refusal_of_the_item_always_refuses(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
        said_at in instants(),
    ) {
        let decision = ask(&policy, &purpose(), category, at, &refused_at(facts, 2, said_at));
        prop_assert!(decision.reasons.contains(Reason::Objected));
    }

    #[test]
    fn every_refusal_has_a_reason(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
    ) {
        let decision = ask(&policy, &purpose(), category, at, &facts);
        prop_assert_eq!(decision.is_allowed(), decision.reasons.first().is_none());
        prop_assert_eq!(decision.is_allowed(), decision.reasons.to_string().is_empty());
    }

    #[test]
    fn sealed_is_never_admitted(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
    ) {
        let decision = ask(&policy, &purpose(), category, at, &facts);
        prop_assert_eq!(decision.reasons.contains(Reason::SealedCategory), category.is_sealed());
    }

    #[test]
    fn a_purpose_that_no_policy_names_is_never_served(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
    ) {
        let other = Purpose::new("credit-scoring").unwrap();
        prop_assert!(!ask(&policy, &other, category, at, &facts).is_allowed());
    }

    /// Whatever an objection reached under the policy under which it was made, it reaches under
    /// every later one.
    #[test]
    fn a_later_policy_never_revives_an_objection(
        older in policies(), later in policies(), category in words(Category::ALL),
        then in instants(), now in instants(), facts in facts(), scope in 0..3_usize,
        said_at in instants(),
    ) {
        prop_assume!(said_at < later.version.start());
        let facts = refused_at(facts, scope, said_at);
        let refused = ask(&older, &purpose(), category, then, &facts);
        let answer = ask(&later, &purpose(), category, now, &facts);
        if refused.reasons.contains(Reason::Objected) {
            prop_assert!(answer.reasons.contains(Reason::Objected));
        }
    }

    #[test]
    fn consent_is_never_presumed(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
        region in countries(),
    ) {
        let mut facts = facts;
        facts.region = Some(region);
        facts.choices = policy::Choices::default();
        let purpose = purpose();
        let decision = ask(&policy, &purpose, category, at, &facts);
        let cell = policy.rules(&purpose).and_then(|rules| rules.cell(region));
        if cell.is_some_and(|cell| {
            cell.basis == policy::Basis::Consent || cell.default == Answer::Refuse
        }) {
            prop_assert!(decision.reasons.contains(Reason::ConsentMissing));
        }
    }

    #[test]
    fn minors_are_never_used(
        (policy, purpose, category, at, facts) in allowed(),
    ) {
        let facts = Facts { age: Some(policy::AgeClass::Minor), ..facts };
        let decision = ask(&policy, &purpose, category, at, &facts);
        prop_assert_eq!(decision.reasons, ReasonSet::EMPTY.with(Reason::NotAdult));
    }

    /// No choice lifts a signal, and nothing but a signal against the use of the purpose is one.
    #[test]
    fn a_signal_refuses_the_use_that_it_speaks_of(
        (policy, purpose, category, at, facts) in allowed(), asked in words(aipref::Category::ALL),
        signal in select(&["train-ai=n", "search=n", "train-ai=n, search=n", "search=y"][..]),
        names_use in any::<bool>(),
    ) {
        let (mut policy, mut facts) = (policy, facts);
        let rules = policy.purposes.get_mut(&purpose).unwrap();
        rules.content_usage = names_use.then_some(asked);
        facts.item.content_usage = Usage::parse(signal);
        let refused = names_use && signal.contains(&format!("{asked}=n"));
        let reasons = ask(&policy, &purpose, category, at, &facts).reasons;
        let expected = ReasonSet::EMPTY.with(Reason::OptedOutBySignal);
        prop_assert_eq!(reasons, if refused { expected } else { ReasonSet::EMPTY });
    }

    #[test]
    fn nothing_is_used_inside_the_notice_window(
        policy in policies(), category in words(Category::ALL), at in instants(), facts in facts(),
    ) {
        let told = facts.notice.is_some_and(|told| told.plus_days(policy.notice_days) <= at);
        prop_assert!(told || !ask(&policy, &purpose(), category, at, &facts).is_allowed());
    }

    #[test]
    fn a_reason_set_holds_what_was_put_in(bits in 0_u32..1 << Reason::ALL.len()) {
        let set = ReasonSet::from_bits(bits);
        prop_assert_eq!(set.iter().collect::<ReasonSet>(), set);
        prop_assert_eq!(set.iter().count(), usize::try_from(bits.count_ones()).unwrap());
        prop_assert_eq!(set.first(), Reason::ALL.iter().copied().find(|one| set.contains(*one)));
    }
}

/// The day after the start, under `content-after-objection`.
fn content_after() -> (Policy, Facts, Instant) {
    let mut policy = shipped_policies().pop().unwrap();
    let rules = policy.purposes.get_mut(&purpose()).unwrap();
    rules.objection = policy::ObjectionScope::ContentAfterObjection;
    let at: Instant = "2026-11-03".parse().unwrap();
    let mut facts = Facts {
        member_known: true,
        region: Some("DE".parse().unwrap()),
        age: Some(policy::AgeClass::Adult),
        status: Some(policy::Status::Active),
        notice: Some("2025-09-18".parse().unwrap()),
        documents_complete: true,
        ..Facts::default()
    };
    facts.item.visibility = Some(Visibility::Public);
    (policy, facts, at)
}

#[test]
fn an_objection_to_later_content_reaches_what_it_says() {
    let (policy, facts, at) = content_after();
    let check = |scope, category, said: &str, created: &str, objected| {
        let mut facts = refused_at(facts, scope, said.parse().unwrap());
        facts.item.created = Some(created.parse().unwrap());
        let decision = ask(&policy, &purpose(), category, at, &facts);
        let case = format!("{scope} {category} {said} {created}");
        assert_eq!(decision.reasons.contains(Reason::Objected), objected, "{case}");
        assert_eq!(decision.is_allowed(), !objected, "{case}");
    };
    check(0, Category::Posts, "2026-01-01", "2025-12-31", false);
    check(0, Category::Posts, "2026-01-01", "2026-01-01", true);
    check(1, Category::Posts, "2026-01-01", "2025-12-31", false);
    // Before the start it reaches everything, and so it does for data without a date.
    check(0, Category::Posts, "2025-11-02", "2025-01-01", true);
    check(0, Category::Skills, "2026-01-01", "2025-12-31", true);
    // An item is always older than the objection to it.
    check(2, Category::Posts, "2026-01-01", "2025-12-31", true);
}

#[test]
fn an_objection_before_the_start_reaches_everything_even_if_the_policy_held() {
    let (mut policy, facts, at) = content_after();
    policy.version = "2025-01-01".parse().unwrap();
    let mut facts = refused_at(facts, 0, "2025-11-02".parse().unwrap());
    facts.item.created = Some("2025-02-01".parse().unwrap());
    let decision = ask(&policy, &purpose(), Category::Posts, at, &facts);
    assert_eq!(decision.reasons, ReasonSet::EMPTY.with(Reason::Objected));
}

#[test]
fn only_an_objection_to_a_legitimate_interest_can_reach_less_than_everything() {
    let (policy, facts, at) = content_after();
    let mut facts = refused_at(facts, 0, "2026-01-01".parse().unwrap());
    facts.item.created = Some("2025-12-31".parse().unwrap());
    let objected = |basis, default| {
        let mut policy = policy.clone();
        let rules = policy.purposes.get_mut(&purpose()).unwrap();
        for cell in &mut rules.cells {
            (cell.basis, cell.default) = (basis, default);
        }
        let decision = ask(&policy, &purpose(), Category::Posts, at, &facts);
        decision.reasons.contains(Reason::Objected)
    };
    use policy::Basis::{Consent, LegitimateInterest, Terms};
    assert!(!objected(LegitimateInterest, Answer::Allow));
    assert!(objected(LegitimateInterest, Answer::Refuse));
    assert!(objected(Consent, Answer::Refuse));
    assert!(objected(Terms, Answer::Allow));
}

#[test]
fn an_objection_keeps_its_reach_when_a_later_policy_shortens_it() {
    let (mut policy, facts, at) = content_after();
    let mut facts = refused_at(facts, 0, "2026-01-01".parse().unwrap());
    facts.item.created = Some("2025-12-31".parse().unwrap());
    assert!(ask(&policy, &purpose(), Category::Posts, at, &facts).is_allowed());
    policy.version = "2026-02-01".parse().unwrap();
    assert!(!ask(&policy, &purpose(), Category::Posts, at, &facts).is_allowed());
}

#[test]
fn behaviour_needs_no_visibility_and_a_profile_does() {
    let policy = shipped_policies().pop().unwrap();
    let ads = Purpose::new("partner-ads").unwrap();
    let (_, mut facts, at) = content_after();
    facts.region = Some("US".parse().unwrap());
    facts.item.created = Some(at.plus_days(-1));
    facts.item.visibility = None;
    for category in [Category::Activity, Category::AdEvents] {
        assert!(ask(&policy, &ads, category, at, &facts).is_allowed(), "{category}");
    }
    let profile = ask(&policy, &ads, Category::Profile, at, &facts);
    assert_eq!(profile.reasons, ReasonSet::EMPTY.with(Reason::VisibilityUnknown));
}

#[test]
fn names_stay_only_of_active_members_who_did_not_refuse() {
    use policy::{Choices, Status};
    let none = Choices::default();
    assert!(!must_be_redacted(Some(Status::Active), none));
    for status in [None, Some(Status::Restricted), Some(Status::Closed), Some(Status::Erased)] {
        assert!(must_be_redacted(status, none), "{status:?}");
    }
    let said_at = Instant::from_micros(0);
    let said = |answer| Choices { category: Some(ChoiceInForce { answer, said_at }), ..none };
    assert!(must_be_redacted(Some(Status::Active), said(Answer::Refuse)));
    assert!(!must_be_redacted(Some(Status::Active), said(Answer::Allow)));
}
