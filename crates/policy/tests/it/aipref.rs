use policy::aipref::{Category, Preference, Usage};
use proptest::{prelude::*, sample::select};

const PREFERENCES: [Option<Preference>; 3] =
    [None, Some(Preference::Allow), Some(Preference::Disallow)];

fn every_usage() -> impl Iterator<Item = Usage> {
    PREFERENCES
        .into_iter()
        .flat_map(|train_ai| PREFERENCES.into_iter().map(move |search| Usage { train_ai, search }))
}

fn usage() -> impl Strategy<Value = Usage> {
    select(every_usage().collect::<Vec<_>>())
}

/// Well-formed members that say nothing of a category.
const OTHERS: &[&str] = &[
    "foo",
    "bar=y",
    "*a.b-c_d=?0",
    "n=-12.125;a;b=1",
    "s=\"a, train-ai=y \\\" \\\\\"",
    "l=(a \"b\";c=1 3);d",
    "e=()",
    "b=:aGk=:",
    "d=@1659578233",
    "t=%\"f%c3%bc r\"",
];

/// Members that make the whole dictionary fail.
const MALFORMED: &[&str] = &[
    "Train-AI=n",
    "foo=",
    "foo=1234567890123456",
    "foo=1.",
    "foo=1.2345",
    "foo=-",
    "foo=\"a",
    "foo=\"\\n\"",
    "foo=(a",
    "foo=(a\tb)",
    "foo=:a:",
    "foo=?2",
    "foo=@1.5",
    "foo=%\"%C3\"",
    "foo=%\"%ff\"",
    "foo bar",
    "foo=ü",
    "1a",
    ";a",
    ",",
];

#[test]
fn the_examples_of_the_draft_mean_what_it_says() {
    let check = |expression: &str, train_ai, search| {
        assert_eq!(Usage::parse(expression), Usage { train_ai, search }, "{expression}");
    };
    let (allow, disallow) = (Some(Preference::Allow), Some(Preference::Disallow));
    check("train-ai=y, search=n", allow, disallow);
    check("train-ai=y, train-ai, search=n, search=\"n\"", None, None);
    check("train-ai;allow=n, train-ai=y", allow, None);
    check("train-ai;has;parameters=\"?\";", None, None);
    check("train-ai=Y, search=no", None, None);
    check("TRAIN-AI=n", None, None);
    check("", None, None);
    check("  train-ai=n\t,\t search=y  ", disallow, allow);
    check("\ttrain-ai=n", None, None);
    check("train-ai=n,", None, None);
    check("train-ai =n", None, None);
    check("train-ai= n", None, None);
}

#[test]
fn one_disallowance_wins_over_any_allowance() {
    for (one, other) in every_usage().flat_map(|one| every_usage().map(move |other| (one, other))) {
        for category in Category::ALL {
            let said = [one.of(*category), other.of(*category)];
            let expected = if said.contains(&Some(Preference::Disallow)) {
                Some(Preference::Disallow)
            } else {
                said[0].or(said[1])
            };
            assert_eq!(one.combine(other).of(*category), expected);
        }
    }
}

#[test]
fn nothing_said_is_not_written() {
    assert_eq!(Usage::default().expression(), None);
    assert_eq!(Usage::default().to_string(), "");
}

#[test]
fn what_is_no_dictionary_is_told_from_what_says_nothing() {
    for (expression, is_read) in [
        ("", true),
        ("search", true),
        ("train-ai=maybe", true),
        ("other=n", true),
        ("n", true),
        ("train-ai=n;", false),
        ("Train-AI=n", false),
        ("no AI", false),
    ] {
        let expected = is_read.then(Usage::default);
        assert_eq!(Usage::read(expression), expected, "{expression}");
    }
    assert!(Category::ALL.iter().all(|category| Usage::DISALLOWED.disallows(*category)));
}

#[test]
fn one_malformed_member_leaves_nothing_said() {
    for malformed in MALFORMED {
        for expression in [format!("train-ai=n, {malformed}"), format!("{malformed}, train-ai=n")] {
            assert_eq!(Usage::parse(&expression), Usage::default(), "{expression}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(usage in usage()) {
        prop_assert_eq!(Usage::parse(usage.expression().unwrap_or_default()), usage);
    }

    #[test]
    fn other_members_and_parameters_change_nothing(
        usage in usage(),
        before in prop::collection::vec(select(OTHERS), 0..4),
        after in prop::collection::vec(select(OTHERS), 0..4),
        parameters in select(&["", ";a", "; a=y;b=(", ";a=?1"][..]),
    ) {
        // An inner list is no parameter.
        let malformed = parameters.ends_with('(');
        let said = Category::ALL.iter().filter_map(|category| {
            let preference = usage.of(*category)?;
            Some(format!("{}={}{parameters}", category.name(), preference.token()))
        });
        let members: Vec<_> = before.into_iter().map(str::to_owned).chain(said)
            .chain(after.into_iter().map(str::to_owned)).collect();
        let read = Usage::parse(members.join(", "));
        let expected = if malformed { Usage::default() } else { usage };
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn the_last_of_two_statements_counts(first in usage(), second in usage()) {
        prop_assume!(first.expression().is_some() && second.expression().is_some());
        let read = Usage::parse(format!("{first},{second}"));
        for category in Category::ALL {
            let expected = second.of(*category).or(first.of(*category));
            prop_assert_eq!(read.of(*category), expected);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        Usage::parse(&bytes);
    }

    #[test]
    fn any_text_of_the_alphabet_is_read_the_same_after_it_was_written(
        text in "[a-z*=?:@%\"();, \\\\0-9.-]{0,24}(, train-ai=[yn])?",
    ) {
        let usage = Usage::parse(&text);
        prop_assert_eq!(Usage::parse(usage.to_string()), usage);
    }
}
