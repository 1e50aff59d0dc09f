use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// More days than the calendar has, from the year -9999 to 9999.
const ALL_DAYS: i64 = 8_000_000;

/// A point in time, UTC, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A calendar day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(Date);

impl Instant {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// `days` days of 24 hours later (earlier if negative), saturating.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(86_400_000_000)))
    }

    /// The same moment of the day so many calendar months later (earlier if negative), saturating;
    /// the last day of a month that has no such day.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let (day, moment) = (self.day(), self.0.rem_euclid(86_400_000_000));
        let moved = day.0.saturating_add(jiff::Span::new().months(months.clamp(-200_000, 200_000)));
        Self(Day(moved).start().0.saturating_add(moment))
    }

    /// The day it falls on; the first or the last representable day if out of range.
    pub fn day(self) -> Day {
        let beyond = if self.0 < 0 { Date::MIN } else { Date::MAX };
        Timestamp::from_microsecond(self.0)
            .map_or(Day(beyond), |timestamp| Day(timestamp.to_zoned(TimeZone::UTC).date()))
    }
}

impl Day {
    /// Midnight, UTC, at which the day starts; of the days at either end of the calendar, which
    /// have none, the first or the last instant of all.
    pub fn start(self) -> Instant {
        let beyond = if self.0.year() < 0 { i64::MIN } else { i64::MAX };
        let zoned = self.0.to_zoned(TimeZone::UTC);
        Instant(zoned.map_or(beyond, |zoned| zoned.timestamp().as_microsecond()))
    }

    /// The day `days` later (earlier if negative), saturating.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let days = days.clamp(-ALL_DAYS, ALL_DAYS);
        Self(self.0.saturating_add(SignedDuration::from_hours(days * 24)))
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 with a `Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;

    /// RFC 3339, a day (its midnight), or a date and time without offset (taken as UTC).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Ok(Self(timestamp.as_microsecond()));
        }
        let local: jiff::civil::DateTime = text.parse()?;
        Ok(Self(local.to_zoned(TimeZone::UTC)?.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
