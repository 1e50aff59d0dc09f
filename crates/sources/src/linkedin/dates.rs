//! The dates of the export, of which nearly every file has a shape of its own.

use policy::Instant;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The instant that a date of any known shape means, in UTC where it says no zone; a day is its
/// midnight. `None` for every other text, also for a date without year.
pub(super) fn instant(text: &str) -> Option<Instant> {
    // A sentence such as "You uploaded a feed photo on …" ends in the date.
    let text = text.rsplit_once(" on ").map_or(text, |(_, date)| date);
    let breaks =
        |one: char| one.is_whitespace() || matches!(one, ',' | '/' | '-' | ':' | '(' | ')');
    let words = text.split(breaks).filter(|word| !word.is_empty());
    let words: Vec<Word<'_>> = words.map(Word::of).take(10).collect();
    let (date, time) = shape(&words)?;
    let Date { year, month, day } = date;
    let Time { hour, minute, second } = time;
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
    text.parse().ok()
}

/// The date without zone as most files have it, `YYYY-MM-DD HH:MM:SS`.
pub(super) fn in_seconds(instant: Instant) -> Option<String> {
    let text = instant.to_string();
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    Some(format!("{date} {}", time.split('.').next()?))
}

#[derive(Debug, Clone, Copy)]
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<'a> {
    Number(u32, usize),
    Month(u32),
    Noon { is_after: bool },
    Utc,
    Other(&'a str),
}

impl<'a> Word<'a> {
    fn of(text: &'a str) -> Self {
        if let Ok(number) = text.parse()
            && text.len() <= 4
            && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Self::Number(number, text.len());
        }
        match text {
            "AM" => Self::Noon { is_after: false },
            "PM" => Self::Noon { is_after: true },
            "UTC" | "GMT" => Self::Utc,
            _ => month(text).map_or(Self::Other(text), Self::Month),
        }
    }
}

/// English months, short or in full.
fn month(text: &str) -> Option<u32> {
    let start = text.get(..3)?.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| *month == start)?;
    let is_word = text.len() == 3 || text.len() > 4 || matches!(start.as_str(), "jun" | "jul");
    is_word.then(|| u32::try_from(place).map_or(0, |place| place + 1))
}

fn shape(words: &[Word<'_>]) -> Option<(Date, Time)> {
    use Word::{Month, Noon, Number, Other, Utc};
    let words = words.strip_suffix(&[Utc]).unwrap_or(words);
    let (date, time) = match *words {
        // 2024-03-05 and 2024/03/05, with or without a time
        [Number(year, 4), Number(month, 2), Number(day, 2), ref time @ ..] => {
            (Date { year, month, day }, clock(time)?)
        }
        // 3/5/24, 9:07 PM
        [
            Number(month, _),
            Number(day, _),
            Number(year, 2),
            Number(hour, _),
            Number(minute, 2),
            Noon { is_after },
        ] => (Date { year: 2000 + year, month, day }, of_noon(hour, minute, is_after)?),
        // Tue Mar 05 21:07:00 UTC 2024
        [Other(_), Month(month), Number(day, _), ref time @ .., Utc, Number(year, 4)] => {
            (Date { year, month, day }, clock(time)?)
        }
        // 05 Mar 2024
        [Number(day, _), Month(month), Number(year, 4)] => {
            (Date { year, month, day }, Time::default())
        }
        // Mar 5, 2024
        [Month(month), Number(day, _), Number(year, 4)] => {
            (Date { year, month, day }, Time::default())
        }
        // March 5, 2024 at 9:07 PM
        [
            Month(month),
            Number(day, _),
            Number(year, 4),
            Other("at"),
            Number(hour, _),
            Number(minute, 2),
            Noon { is_after },
        ] => (Date { year, month, day }, of_noon(hour, minute, is_after)?),
        _ => return None,
    };
    Some((date, time))
}

/// A time of 24 hours, with or without seconds, or none.
const fn clock(words: &[Word<'_>]) -> Option<Time> {
    match *words {
        [] => Some(Time { hour: 0, minute: 0, second: 0 }),
        [Word::Number(hour, 2), Word::Number(minute, 2)] => Some(Time { hour, minute, second: 0 }),
        [Word::Number(hour, 2), Word::Number(minute, 2), Word::Number(second, 2)] => {
            Some(Time { hour, minute, second })
        }
        _ => None,
    }
}

/// A time of twice 12 hours, in which 12 comes before 1.
fn of_noon(hour: u32, minute: u32, is_after: bool) -> Option<Time> {
    let half = if is_after { 12 } else { 0 };
    (1..=12).contains(&hour).then_some(Time { hour: hour % 12 + half, minute, second: 0 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_shape_of_the_export() {
        let table = [
            ("2024-03-05 21:07:09", "2024-03-05T21:07:09Z"),
            ("2024-03-05 21:07:09 UTC", "2024-03-05T21:07:09Z"),
            ("2024/03/05 21:07:09 UTC", "2024-03-05T21:07:09Z"),
            ("2024/03/05", "2024-03-05T00:00:00Z"),
            ("2024-03-05 21:07", "2024-03-05T21:07:00Z"),
            ("2024-03-05 21:07 UTC", "2024-03-05T21:07:00Z"),
            ("3/5/24, 9:07 PM", "2024-03-05T21:07:00Z"),
            ("12/31/23, 12:00 AM", "2023-12-31T00:00:00Z"),
            ("12/31/23, 12:30 PM", "2023-12-31T12:30:00Z"),
            ("03/05/24 09:07 PM UTC", "2024-03-05T21:07:00Z"),
            ("Tue Mar 05 21:07:09 UTC 2024", "2024-03-05T21:07:09Z"),
            ("05 Mar 2024", "2024-03-05T00:00:00Z"),
            ("Mar 5, 2024", "2024-03-05T00:00:00Z"),
            ("You uploaded a feed photo on March 5, 2024 at 9:07 PM (GMT)", "2024-03-05T21:07:00Z"),
        ];
        for (text, expected) in table {
            let found = instant(text).map(|one| one.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        let table = [
            "",
            "N/A",
            "Mar 5",
            "Mar 2024",
            "2024",
            "2024-02-30 00:00:00",
            "2024-03-05 25:00:00",
            "13/13/24, 9:07 PM",
            "3/5/24, 13:07 PM",
            "3/5/2024",
            "yesterday",
        ];
        for text in table {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn seconds_survive(seconds in 0_i64..4_000_000_000) {
            let at = Instant::from_micros(seconds * 1_000_000);
            prop_assert_eq!(instant(&in_seconds(at).unwrap()), Some(at));
        }

        #[test]
        fn any_text_is_a_date_or_none(text in "[ -~é]{0,40}") {
            instant(&text);
        }
    }
}
