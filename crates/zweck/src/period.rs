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
        let count = count.parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
        let unit = match unit.trim() {
            "year" | "years" => Unit::Years,
            "month" | "months" => Unit::Months,
            "day" | "days" => Unit::Days,
            _ => return Err(wrong()),
        };
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
        ];
        for (text, expected) in table {
            let read = text.parse::<Period>().ok();
            let found = read.map(|period| (period.to_string(), period.before(now).to_string()));
            let expected = expected.map(|(words, instant)| (words.to_owned(), instant.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
