use std::{fmt, str::FromStr};

use policy::Instant;
use serde::{Deserialize, Deserializer, de};

/// A length of time as people say it: `5 years`, `18 months`, `90 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    count: i32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Years,
    Months,
    Days,
}

/// The longest, in years. What is to stay for longer needs no period.
const MOST_YEARS: i64 = 1000;

impl Period {
    /// The instant that lies so long before another.
    pub(crate) fn before(self, instant: Instant) -> Instant {
        match self.unit {
            Unit::Years => instant.plus_months(self.count.saturating_mul(-12)),
            Unit::Months => instant.plus_months(-self.count),
            Unit::Days => instant.plus_days(-i64::from(self.count)),
        }
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no period (hint: `5 years`, `18 months` or `90 days`)");
        let (count, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let count = count.parse().ok().filter(|count: &i64| *count > 0).ok_or_else(wrong)?;
        let (unit, in_a_year) = match unit.trim() {
            "year" | "years" => (Unit::Years, 1),
            "month" | "months" => (Unit::Months, 12),
            "day" | "days" => (Unit::Days, 366),
            _ => return Err(wrong()),
        };
        let fits = i32::try_from(count).ok().filter(|_| count <= MOST_YEARS * in_a_year);
        let count = fits.ok_or_else(|| {
            format!(
                "`{text}` is too long: {MOST_YEARS} years at the most (hint: what has no period is \
                 kept for as long as its member)"
            )
        })?;
        Ok(Self { count, unit })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Years => "year",
            Unit::Months => "month",
            Unit::Days => "day",
        };
        let many = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {unit}{many}", self.count)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_said_and_counted_back() {
        let now: Instant = "2026-03-31T12:00:00Z".parse().unwrap();
        let table = [
            ("5 years", Some(("5 years", "2021-03-31T12:00:00Z"))),
            ("1 year", Some(("1 year", "2025-03-31T12:00:00Z"))),
            ("1 months", Some(("1 month", "2026-02-28T12:00:00Z"))),
            (" 90 days", Some(("90 days", "2025-12-31T12:00:00Z"))),
            ("0 days", None),
            ("-1 days", None),
            ("5", None),
            ("5 weeks", None),
            ("five years", None),
            ("1000 years", Some(("1000 years", "1026-03-31T12:00:00Z"))),
            ("12000 months", Some(("12000 months", "1026-03-31T12:00:00Z"))),
            ("1001 years", None),
            ("300000 years", None),
            ("5000000000 days", None),
        ];
        for (text, expected) in table {
            let read = text.parse::<Period>().ok();
            let found = read.map(|period| (period.to_string(), period.before(now).to_string()));
            let expected = expected.map(|(words, instant)| (words.to_owned(), instant.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_older_than_a_period_that_goes_back_beyond_the_calendar() {
        let early: Instant = "-009500-01-01T00:00:00Z".parse().unwrap();
        for text in ["1000 years", "12000 months", "366000 days"] {
            let cutoff = text.parse::<Period>().unwrap().before(early);
            assert!(cutoff < early.plus_days(-365_000), "{text}: {cutoff}");
        }
    }
}
