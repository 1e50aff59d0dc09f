use policy::{
    AgeClass, Answer, Category, Day, Facts, ItemId, MemberNumber, Policy, Region, Sequence, Status,
};
use proptest::prelude::*;
use store::{
    AccountFact, Choice, Document, Fact, NewFact, Notice, Objection, Reach, Ruling, Scope, Snapshot,
};

use crate::sample::{
    GENERATIVE, TALENT, account, adult_in, applied, at, choice, member, purpose, sequence, store,
};

/// The shipped policy, but that every cell asks for a document and counts notices of its own
/// version only.
fn policy() -> Policy {
    let mut policy = policy::shipped_policy(day("2025-11-03")).unwrap().unwrap();
    for rules in policy.purposes.values_mut() {
        for cell in &mut rules.cells {
            cell.documents = vec!["balancing-test".to_owned()];
            cell.announced_by = day("2025-11-03");
        }
    }
    policy
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn notice(version: &str, reach: Reach, delivered_at: i64) -> NewFact {
    let (policy_version, delivered_at) = (day(version), at(delivered_at));
    NewFact::Notice(Notice { policy_version, reach, delivered_at, source: "mail".to_owned() })
}

fn cohort(regions: &[&str], below: i64) -> Reach {
    let regions = regions.iter().map(|region| region.parse::<Region>().unwrap()).collect();
    Reach::Cohort { regions, members_below: member(below) }
}

fn fold(facts: impl IntoIterator<Item = NewFact>) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for (number, content) in (1..).zip(facts) {
        snapshot.apply(&Fact { sequence: sequence(number), recorded_at: at(0), content });
    }
    snapshot
}

#[test]
fn a_cohort_reaches_low_numbers_in_its_regions() {
    let snapshot = fold([
        NewFact::Account(adult_in(0, "DE")),
        NewFact::Account(adult_in(1, "US")),
        NewFact::Account(adult_in(2, "NO")),
        NewFact::Account(adult_in(5, "DE")),
        notice("2025-11-03", cohort(&["EU", "NO"], 5), 10),
        notice("2025-11-03", Reach::Member(member(1)), 20),
        notice("2025-11-03", Reach::Member(member(0)), 30),
        notice("2024-01-01", cohort(&["*"], 9), 5),
    ]);
    let notices = |version| [0, 1, 2, 5].map(|one| snapshot.notice(member(one), day(version)));
    assert_eq!(notices("2025-11-03"), [Some(at(10)), Some(at(20)), Some(at(10)), None]);
    assert_eq!(notices("2025-11-04"), [None; 4]);
    assert_eq!(notices("2024-01-01"), [Some(at(5)); 4]);
}

#[test]
fn account_facts_add_up_and_a_ruling_restricts_the_account() {
    let ruling = |restricted| {
        NewFact::Ruling(Ruling { member: member(3), item: None, restricted, reason: "r".into() })
    };
    let minor = AccountFact { age: Some(AgeClass::Minor), ..account(3) };
    let mut facts = vec![NewFact::Account(adult_in(3, "DE")), NewFact::Account(minor)];
    let snapshot = fold(facts.clone());
    let seen = |snapshot: &Snapshot| (snapshot.age(member(3)), snapshot.status(member(3)));
    assert_eq!(seen(&snapshot), (Some(AgeClass::Minor), Some(Status::Active)));
    assert_eq!(snapshot.region(member(3)), Some("DE".parse().unwrap()));
    assert_eq!(snapshot.members().collect::<Vec<_>>(), [member(3)]);
    assert!(!snapshot.is_known(member(2)) && !snapshot.is_known(member(-1)));

    facts.push(ruling(true));
    assert_eq!(fold(facts.clone()).status(member(3)), Some(Status::Restricted));
    facts.push(ruling(false));
    assert_eq!(fold(facts).status(member(3)), Some(Status::Active));
}

#[test]
fn exceptional_members_are_those_for_whom_one_bit_is_not_enough() {
    let narrow =
        |number, scope| NewFact::Choice(Choice { scope, ..choice(number, Answer::Refuse, 1) });
    let ruling = |number, restricted| {
        let item = Some(ItemId::from_i64(1));
        NewFact::Ruling(Ruling { member: member(number), item, restricted, reason: "r".into() })
    };
    let snapshot = fold([
        NewFact::Choice(choice(0, Answer::Refuse, 1)),
        narrow(2, Scope::Category(Category::Posts)),
        narrow(1, Scope::Item(ItemId::from_i64(7))),
        ruling(4, true),
        ruling(5, true),
        ruling(5, false),
    ]);
    let numbers = |members: Vec<MemberNumber>| -> Vec<_> {
        members.into_iter().map(MemberNumber::as_i64).collect()
    };
    let exceptional =
        |name| numbers(snapshot.exceptional_members(&purpose(name)).into_iter().collect());
    assert_eq!(exceptional(GENERATIVE), [1, 2, 4]);
    assert_eq!(exceptional(TALENT), [4]);
    assert_eq!(numbers(snapshot.members_with_choices(&purpose(GENERATIVE)).collect()), [0, 1, 2]);
}

#[test]
fn names_are_redacted_after_a_refusal_for_everything_or_the_profile_and_unless_known_active() {
    let status =
        |number, status| NewFact::Account(AccountFact { status: Some(status), ..account(number) });
    let about = |number, category| {
        let scope = Scope::Category(category);
        NewFact::Choice(Choice { scope, ..choice(number, Answer::Refuse, 1) })
    };
    let mut facts: Vec<_> = (0..5).map(|number| status(number, Status::Active)).collect();
    facts.extend([
        NewFact::Choice(choice(0, Answer::Refuse, 1)),
        about(1, Category::Profile),
        about(2, Category::Posts),
        status(3, Status::Erased),
        NewFact::Choice(choice(6, Answer::Allow, 1)),
    ]);
    let snapshot = fold(facts);
    let redacted = |name| -> Vec<_> {
        snapshot.redacted_members(&purpose(name)).map(|one| one.as_i64()).collect()
    };
    // Nothing is known of the accounts 5 and 6.
    assert_eq!(redacted(GENERATIVE), [0, 1, 3, 5, 6]);
    assert_eq!(redacted(TALENT), [3, 5, 6]);
    assert!(snapshot.must_be_redacted(member(99), &purpose(GENERATIVE)));
}

#[test]
fn a_non_members_objection_holds_until_it_is_lifted() {
    let objection = |id: &str, lifted| {
        let (names, emails) = (vec!["Ada Lovelace".to_owned()], vec![]);
        let (id, purpose, said_at) = (id.to_owned(), purpose(GENERATIVE), at(1));
        NewFact::Objection(Objection { id, purpose, names, emails, said_at, lifted })
    };
    let snapshot = fold([objection("a", false), objection("b", false), objection("a", true)]);
    let ids: Vec<_> =
        snapshot.objections(&purpose(GENERATIVE)).map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["b"]);
    assert_eq!(snapshot.objections(&purpose(TALENT)).count(), 0);
}

#[test]
fn the_facts_of_a_row_are_put_together_from_all_of_them() {
    let policy = policy();
    let document = |version: Option<&str>| {
        let policy_version = version.map(day);
        let (kind, hash) = ("balancing-test".to_owned(), "00".to_owned());
        NewFact::Document(Document { kind, policy_version, hash, title: "t".to_owned() })
    };
    let item = ItemId::from_i64(5);
    let refusal = choice(0, Answer::Refuse, 3);
    let mut facts = vec![
        NewFact::Account(adult_in(0, "DE")),
        notice("2025-11-03", cohort(&["EU"], 1), 2),
        NewFact::Choice(Choice { scope: Scope::Item(item), ..refusal.clone() }),
        NewFact::Choice(Choice { scope: Scope::Category(Category::Posts), ..refusal }),
        NewFact::Ruling(Ruling {
            member: member(0),
            item: Some(item),
            restricted: true,
            reason: "r".into(),
        }),
        document(Some("2024-11-20")),
        NewFact::PolicyApplied(applied("text")),
    ];
    let of = |snapshot: &Snapshot, category, item| {
        snapshot.facts(&policy, &purpose(GENERATIVE), member(0), category, item)
    };
    let snapshot = fold(facts.clone());
    assert_eq!(snapshot.policy(), Some(&applied("text").hash));
    let found = of(&snapshot, Category::Posts, Some(item));
    let in_force = Some(policy::ChoiceInForce { answer: Answer::Refuse, said_at: at(3) });
    let expected = Facts {
        member_known: true,
        region: Some("DE".parse().unwrap()),
        age: Some(AgeClass::Adult),
        status: Some(Status::Active),
        notice: Some(at(2)),
        documents_complete: false,
        choices: policy::Choices { everything: None, category: in_force, item: in_force },
        item: policy::ItemFacts { restricted: true, ..Default::default() },
    };
    assert_eq!(found, expected);
    let without_item = of(&snapshot, Category::Articles, None);
    assert_eq!(without_item.choices, policy::Choices::default());
    assert!(!without_item.item.restricted);

    facts.push(document(Some("2025-11-03")));
    assert!(of(&fold(facts), Category::Posts, None).documents_complete);
    let unknown = snapshot.facts(&policy, &purpose(GENERATIVE), member(8), Category::Posts, None);
    assert_eq!(unknown, Facts { documents_complete: true, ..Facts::default() });
}

fn any_fact() -> impl Strategy<Value = NewFact> {
    let answer = prop_oneof![Just(Answer::Refuse), Just(Answer::Allow)];
    let status = prop::sample::select(vec![None, Some(Status::Active), Some(Status::Closed)]);
    let region = prop::sample::select(vec![None, Some("DE"), Some("US")]);
    let bits = (any::<bool>(), 0_i64..2);
    prop_oneof![
        (0_i64..4, answer, 0_i64..5).prop_map(|(number, answer, said_at)| {
            NewFact::Choice(choice(number, answer, said_at))
        }),
        (0_i64..4, status, region).prop_map(|(number, status, region)| {
            let region = region.map(|region| region.parse().unwrap());
            NewFact::Account(AccountFact { status, region, ..account(number) })
        }),
        (0_i64..5, 0_i64..9).prop_map(|(below, delivered)| {
            notice("2025-11-03", cohort(&["EU"], below), delivered)
        }),
        (0_i64..4, bits).prop_map(|(number, (restricted, item))| {
            let (member, item) = (member(number), Some(ItemId::from_i64(item)));
            NewFact::Ruling(Ruling { member, item, restricted, reason: "r".to_owned() })
        }),
    ]
}

/// What is known of each member, from the facts alone, by looking for the last that says it.
fn naive(facts: &[Fact], number: MemberNumber) -> (Option<Status>, Option<String>, [bool; 2]) {
    let accounts = || {
        facts.iter().rev().filter_map(|fact| match &fact.content {
            NewFact::Account(account) if account.member == number => Some(account),
            _ => None,
        })
    };
    let restricted = |item: i64| {
        let last = facts.iter().rev().find_map(|fact| match &fact.content {
            NewFact::Ruling(ruling)
                if (ruling.member, ruling.item) == (number, Some(ItemId::from_i64(item))) =>
            {
                Some(ruling.restricted)
            }
            _ => None,
        });
        last.unwrap_or(false)
    };
    let status = accounts().find_map(|account| account.status);
    let region = accounts().find_map(|account| account.region).map(|region| region.to_string());
    (status, region, [restricted(0), restricted(1)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_snapshot_is_the_replay_of_the_facts_up_to_it(
        facts in prop::collection::vec(any_fact(), 1..30),
        cut in 0_i64..30,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (read, stored, stepped) = runtime.block_on(async {
            let (_home, store) = store(4).await;
            store.record(facts, at(0)).await.unwrap();
            let last = store.last_sequence().await.unwrap();
            let cut = Sequence::from_i64(cut.min(last.as_i64()));
            let read = store.facts_between(Sequence::START, last).await.unwrap();
            let stored = store.snapshot_at(cut).await.unwrap();
            let (mut stepped, rest) = store.snapshot_between(cut, last).await.unwrap();
            rest.iter().for_each(|fact| stepped.apply(fact));
            (read, stored, stepped)
        });
        for (snapshot, up_to) in [(&stored, stored.sequence()), (&stepped, stepped.sequence())] {
            let replayed: Vec<_> =
                read.iter().filter(|fact| fact.sequence <= up_to).cloned().collect();
            for number in (0..4).map(member) {
                let (status, region, restricted) = naive(&replayed, number);
                prop_assert_eq!(snapshot.status(number), status);
                prop_assert_eq!(snapshot.region(number).map(|one| one.to_string()), region);
                let found = [0, 1].map(|item| snapshot.is_restricted(number, ItemId::from_i64(item)));
                prop_assert_eq!(found, restricted);
            }
            let again = fold(replayed.into_iter().map(|fact| fact.content));
            prop_assert_eq!(format!("{again:?}"), format!("{snapshot:?}"));
        }
    }
}
