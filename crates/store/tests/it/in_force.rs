use policy::{Answer, Category, ChoiceInForce, ItemId};
use proptest::prelude::*;
use store::{Choice, Fact, NewFact, Scope, Snapshot};

use crate::sample::{GENERATIVE, TALENT, at, choice, member, purpose, sequence};

use Answer::{Allow, Refuse};

/// An answer and the second at which it was said.
type Said = (Answer, i64);

fn snapshot(choices: impl IntoIterator<Item = Choice>) -> Snapshot {
    recorded(choices.into_iter().map(|choice| (choice, 1_000)))
}

/// With the second at which each was recorded.
fn recorded(choices: impl IntoIterator<Item = (Choice, i64)>) -> Snapshot {
    let mut snapshot = Snapshot::new();
    for (number, (choice, second)) in (1..).zip(choices) {
        let content = NewFact::Choice(choice);
        snapshot.apply(&Fact { sequence: sequence(number), recorded_at: at(second), content });
    }
    snapshot
}

#[test]
fn an_allowance_from_the_future_does_not_defeat_a_later_refusal() {
    let ahead = (choice(0, Allow, 90), 90);
    let in_force = |choices: &[(Choice, i64)]| {
        let found = recorded(choices.iter().cloned());
        let found = found.choice(member(0), &purpose(GENERATIVE), Scope::Everything).unwrap();
        (found.answer, found.said_at)
    };
    let refused = (choice(0, Refuse, 5), 6);
    assert_eq!(in_force(&[ahead.clone(), refused.clone()]), (Refuse, at(5)));
    // it takes nothing from an allowance that was made when the refusal was recorded
    let late = (choice(0, Refuse, 5), 91);
    assert_eq!(in_force(&[ahead.clone(), late]), (Allow, at(90)));
    // what is allowed after the refusal counts again, and a refusal from the future stays
    let again = (choice(0, Allow, 7), 8);
    assert_eq!(in_force(&[ahead, refused, again.clone()]), (Allow, at(7)));
    assert_eq!(in_force(&[(choice(0, Refuse, 90), 90), again]), (Refuse, at(90)));
}

#[test]
fn the_choice_said_last_is_in_force() {
    let table: &[(&[Said], Said)] = &[
        (&[(Refuse, 1)], (Refuse, 1)),
        (&[(Allow, 1)], (Allow, 1)),
        (&[(Refuse, 1), (Allow, 2)], (Allow, 2)),
        (&[(Allow, 1), (Refuse, 2)], (Refuse, 2)),
        // What was said earlier and recorded later changes nothing.
        (&[(Refuse, 2), (Allow, 1)], (Refuse, 2)),
        (&[(Allow, 2), (Refuse, 1)], (Allow, 2)),
        // At the same instant the refusal wins, in either order.
        (&[(Refuse, 1), (Allow, 1)], (Refuse, 1)),
        (&[(Allow, 1), (Refuse, 1)], (Refuse, 1)),
        // What is repeated keeps its first instant.
        (&[(Refuse, 1), (Refuse, 2), (Refuse, 3)], (Refuse, 1)),
        (&[(Refuse, 3), (Refuse, 1)], (Refuse, 1)),
        (&[(Allow, 1), (Allow, 2)], (Allow, 1)),
        (&[(Allow, 1), (Refuse, 2), (Allow, 3), (Allow, 4)], (Allow, 3)),
        // A consent in between breaks the run, also when it is recorded late.
        (&[(Refuse, 1), (Allow, 2), (Refuse, 3), (Refuse, 4)], (Refuse, 3)),
        (&[(Refuse, 1), (Refuse, 3), (Allow, 2)], (Refuse, 3)),
    ];
    for (said, (answer, said_at)) in table {
        let choices = said.iter().map(|(answer, said_at)| choice(0, *answer, *said_at));
        let found = snapshot(choices).choice(member(0), &purpose(GENERATIVE), Scope::Everything);
        let expected = ChoiceInForce { answer: *answer, said_at: at(*said_at) };
        assert_eq!(found, Some(expected), "{said:?}");
    }
}

#[test]
fn scopes_purposes_and_members_do_not_mix() {
    let scopes = [
        Scope::Everything,
        Scope::Category(Category::Posts),
        Scope::Category(Category::Profile),
        Scope::Item(ItemId::from_i64(1)),
        Scope::Item(ItemId::from_i64(0)),
    ];
    for said in scopes {
        let snapshot = snapshot([Choice { scope: said, ..choice(1, Refuse, 1) }]);
        for asked in scopes {
            let found = snapshot.choice(member(1), &purpose(GENERATIVE), asked);
            assert_eq!(found.is_some(), said == asked, "{said:?} {asked:?}");
            assert_eq!(snapshot.choice(member(1), &purpose(TALENT), asked), None);
            assert_eq!(snapshot.choice(member(0), &purpose(GENERATIVE), asked), None);
        }
    }
}

/// What the architecture says, sentence by sentence, over the whole list each time.
fn naive(said: &[Choice], asked: &Choice) -> Option<ChoiceInForce> {
    let at_scope: Vec<_> = said
        .iter()
        .enumerate()
        .filter(|(_, one)| {
            (one.member, &one.purpose, one.scope) == (asked.member, &asked.purpose, asked.scope)
        })
        .collect();
    let greatest = at_scope.iter().map(|(_, one)| one.said_at).max()?;
    let at_greatest = || at_scope.iter().filter(|(_, one)| one.said_at == greatest);
    if !at_greatest().any(|(_, one)| one.answer == Refuse) {
        // The run reaches back to just after the last refusal, which wins at its own instant.
        let refused = at_scope.iter().filter(|(_, one)| one.answer == Refuse);
        let broken_at = refused.map(|(_, one)| one.said_at).max();
        let in_run = at_scope.iter().map(|(_, one)| one.said_at);
        let said_at = in_run.filter(|at| broken_at.is_none_or(|broken| *at > broken)).min()?;
        return Some(ChoiceInForce { answer: Allow, said_at });
    }
    // The run reaches back to just after the last consent that is not beaten at its own instant.
    let allowed =
        at_scope.iter().filter(|(_, one)| one.answer == Allow).map(|(_, one)| one.said_at);
    let broken_at = allowed.max();
    let refusals = at_scope.iter().filter(|(_, one)| one.answer == Refuse);
    let in_run = refusals.filter(|(_, one)| broken_at.is_none_or(|broken| one.said_at >= broken));
    let said_at = in_run.map(|(_, one)| one.said_at).min()?;
    Some(ChoiceInForce { answer: Refuse, said_at })
}

fn any_choice() -> impl Strategy<Value = Choice> {
    let scope = prop_oneof![
        Just(Scope::Everything),
        Just(Scope::Category(Category::Posts)),
        (-1_i64..2).prop_map(|item| Scope::Item(ItemId::from_i64(item))),
    ];
    let answer = prop_oneof![Just(Refuse), Just(Allow)];
    let name = prop_oneof![Just(GENERATIVE), Just(TALENT)];
    (0_i64..3, name, scope, answer, 0_i64..6).prop_map(|(number, name, scope, answer, said_at)| {
        Choice { purpose: purpose(name), scope, ..choice(number, answer, said_at) }
    })
}

proptest! {
    #[test]
    fn the_choice_in_force_is_that_of_the_naive_model(
        said in prop::collection::vec(any_choice(), 0..40),
        asked in any_choice(),
    ) {
        let snapshot = snapshot(said.clone());
        let found = snapshot.choice(asked.member, &asked.purpose, asked.scope);
        prop_assert_eq!(found, naive(&said, &asked));
        let listed = snapshot.choices_of(asked.member, &asked.purpose);
        let listed = listed.into_iter().find(|(scope, _)| *scope == asked.scope);
        prop_assert_eq!(listed.map(|(_, choice)| choice), found);
    }

    #[test]
    fn the_order_of_recording_does_not_matter(
        said in prop::collection::vec(any_choice(), 0..20),
        asked in any_choice(),
    ) {
        let backwards = snapshot(said.iter().rev().cloned());
        let found = backwards.choice(asked.member, &asked.purpose, asked.scope);
        prop_assert_eq!(found, naive(&said, &asked));
    }
}
