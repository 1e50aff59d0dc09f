//! Words, days and instants come back as they went out.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use policy::{
    AgeClass, Ambiguous, Answer, Basis, Category, Country, Day, Group, Instant, ObjectionScope,
    Purpose, Reason, Region, Status, UnknownWord, Visibility,
};
use proptest::prelude::*;

use crate::generators::days;

fn round_trip<T>(all: &[T])
where
    T: Display + Debug + Copy + PartialEq + FromStr<Err = UnknownWord>,
{
    assert!(!all.is_empty());
    for one in all {
        assert_eq!(one.to_string().parse(), Ok(*one));
        assert!(format!("{one} ").parse::<T>().is_err());
        assert!(one.to_string().to_uppercase().parse::<T>().is_err());
    }
}

#[test]
fn every_word_is_read_as_it_is_written() {
    round_trip(Category::ALL);
    round_trip(AgeClass::ALL);
    round_trip(Status::ALL);
    round_trip(Visibility::ALL);
    round_trip(Basis::ALL);
    round_trip(Answer::ALL);
    round_trip(ObjectionScope::ALL);
    round_trip(Ambiguous::ALL);
    round_trip(Reason::ALL);
}

#[test]
fn every_country_is_read_as_it_is_written() {
    let all: Vec<_> = Country::all().collect();
    assert_eq!(all.len(), 249);
    assert!(all.is_sorted_by(|a, b| a < b));
    for country in all {
        assert_eq!(country.to_string().parse(), Ok(country));
        assert_eq!(country.to_string().parse(), Ok(Region::Country(country)));
    }
    for word in ["UK", "de", "", "DEU", "ÄÖ", "XX"] {
        assert!(word.parse::<Country>().is_err(), "{word}");
    }
    for word in ["EU", "EEA", "*"] {
        assert_eq!(word.parse::<Region>().unwrap().to_string(), word);
    }
}

#[test]
fn groups_hold_their_members() {
    // 27 member states, and seven of their territories that have a code of their own.
    assert_eq!(Country::all().filter(|one| Group::Eu.contains(*one)).count(), 27 + 7);
    assert_eq!(Country::all().filter(|one| Group::Eea.contains(*one)).count(), 27 + 7 + 3);
    for (code, eu, eea) in
        [("DE", true, true), ("NO", false, true), ("CH", false, false), ("GB", false, false)]
    {
        let country = code.parse().unwrap();
        assert_eq!((Group::Eu.contains(country), Group::Eea.contains(country)), (eu, eea));
    }
}

#[test]
fn every_reason_is_explained_in_both_languages() {
    let mut seen = std::collections::BTreeSet::new();
    for reason in Reason::ALL {
        let text = reason.explain();
        for sentence in [text.en, text.de] {
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{reason}: {sentence}");
            assert!(seen.insert(sentence.clone()), "said of two reasons: {sentence}");
        }
    }
}

#[test]
fn instants_are_read_in_three_shapes() {
    let midnight = Instant::from_micros(1_762_128_000_000_000);
    for text in
        ["2025-11-03T00:00:00Z", "2025-11-03", "2025-11-03T00:00:00", "2025-11-03T01:00+01:00"]
    {
        assert_eq!(text.parse::<Instant>().unwrap(), midnight, "{text}");
    }
    assert!("yesterday".parse::<Instant>().is_err());
}

proptest! {
    #[test]
    fn instants_round_trip(micros in -62_135_596_800_000_000_i64..253_370_764_800_000_000) {
        let instant = Instant::from_micros(micros);
        prop_assert_eq!(instant.to_string().parse::<Instant>().unwrap(), instant);
    }

    #[test]
    fn any_number_is_an_instant(micros: i64, days: i64) {
        let instant = Instant::from_micros(micros);
        prop_assert!(!instant.to_string().is_empty());
        prop_assert!(instant.plus_days(days.saturating_abs()) >= instant);
        let _ = instant.day();
    }

    #[test]
    fn whatever_lies_beyond_the_calendar_lies_beyond_it_on_its_own_side(
        micros in -62_135_596_800_000_000_i64..253_370_764_800_000_000,
        months: i32,
    ) {
        let instant = Instant::from_micros(micros);
        let moved = instant.plus_months(months);
        let is_on_its_side = if months < 0 { moved <= instant } else { moved >= instant };
        prop_assert!(is_on_its_side, "{} and {} months are {}", instant, months, moved);
        prop_assert!(moved.plus_days(100_000_000).day() >= moved.day());
    }

    #[test]
    fn days_round_trip(day in days(), more in -100_000_i64..100_000) {
        let day = day.plus_days(more);
        prop_assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
        prop_assert_eq!(day.start().day(), day);
        prop_assert_eq!(day.start().plus_days(1).day(), day.plus_days(1));
        prop_assert_eq!(Instant::from_micros(day.start().as_micros() - 1).day(), day.plus_days(-1));
    }

    #[test]
    fn any_number_of_days_can_be_added(more: i64) {
        let day: Day = "2025-11-03".parse().unwrap();
        prop_assert_eq!(day.plus_days(more) >= day, more >= 0);
    }

    #[test]
    fn purposes_are_words_joined_by_hyphens(name in "[a-z0-9-]{0,6}") {
        let right = !name.is_empty() && name.split('-').all(|part| !part.is_empty());
        prop_assert_eq!(Purpose::new(&name).is_ok(), right);
    }
}
