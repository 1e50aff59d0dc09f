use serde::{Deserialize, Serialize};

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Seconds in a day.
const DAY: i64 = 86_400;

impl Instant {
    /// The instant that is so many microseconds after the epoch, or before it if negative.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The instant in UTC, as in
    /// [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339): `2025-11-03T08:00:00.25Z`.
    ///
    /// `None` outside the years 0 to 9999, which that format cannot say.
    pub fn rfc3339(self) -> Option<String> {
        let day = self.day()?;
        let seconds = self.0.div_euclid(SECOND).rem_euclid(DAY);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = match self.0.rem_euclid(SECOND) {
            0 => String::new(),
            micros => format!(".{micros:06}").trim_end_matches('0').to_owned(),
        };
        Some(format!("{day}T{hours:02}:{minutes:02}:{seconds:02}{fraction}Z"))
    }

    /// The day in UTC, `2025-11-03`; `None` outside the years 0 to 9999.
    pub fn day(self) -> Option<String> {
        let (year, month, day) = self.civil()?;
        Some(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// The month in UTC as the AI Office's template asks for it, `11/2025`.
    pub(crate) fn month(self) -> Option<String> {
        let (year, month, _) = self.civil()?;
        Some(format!("{month:02}/{year:04}"))
    }

    /// Year, month and day in the proleptic Gregorian calendar.
    ///
    /// Years are counted from March here, so that the leap day is the last of its year.
    pub(crate) fn civil(self) -> Option<(i64, i64, i64)> {
        let days = self.0.div_euclid(SECOND * DAY) + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let leaps = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
        let year_of_era = (day_of_era - leaps) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (0..=9999).contains(&year).then_some((year, month, day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_rfc_3339() {
        // python3 -c 'import datetime as d; e=d.datetime(1970,1,1); print(…)' gave the microseconds
        let check = |micros, expected: Option<&str>| {
            assert_eq!(Instant::from_micros(micros).rfc3339().as_deref(), expected);
        };
        check(0, Some("1970-01-01T00:00:00Z"));
        check(-1, Some("1969-12-31T23:59:59.999999Z"));
        check(951_782_400_000_000, Some("2000-02-29T00:00:00Z"));
        check(1_709_210_096_789_000, Some("2024-02-29T12:34:56.789Z"));
        check(1_762_128_000_250_000, Some("2025-11-03T00:00:00.25Z"));
        check(253_402_300_799_999_999, Some("9999-12-31T23:59:59.999999Z"));
        check(253_402_300_800_000_000, None);
        check(-62_167_219_200_000_000, Some("0000-01-01T00:00:00Z"));
        check(-62_167_219_200_000_001, None);
        check(i64::MAX, None);
        check(i64::MIN, None);
    }
}
