//! Numbers as people write them.

use crate::Language;

impl Language {
    /// A whole number with its digits in groups of three: `12,345` and `12.345`.
    pub(crate) fn number(self, number: u64) -> String {
        let separator = match self {
            Self::English => ',',
            Self::German => '.',
        };
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A share of a whole in percent, with one digit after the point: `4.5%` and `4,5 %`, the
    /// space being one that does not break. Nothing of nothing is nothing.
    pub(crate) fn percent(self, part: u64, whole: u64) -> String {
        let (part, whole) = (u128::from(part), u128::from(whole));
        let per_mille = (part * 1000 + whole / 2).checked_div(whole).unwrap_or_default();
        let (percent, tenth) = (per_mille / 10, per_mille % 10);
        match self {
            Self::English => format!("{percent}.{tenth}%"),
            Self::German => format!("{percent},{tenth}\u{a0}%"),
        }
    }
}

/// A number with an English noun, in the plural where it takes one.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", Language::English.number(number))
}

/// A number for an axis, in thousands, millions and so on where that is shorter: `500`, `1.5k`.
pub(crate) fn short(number: u64) -> String {
    const UNITS: &[(u64, &str)] = &[
        (1_000_000_000_000_000_000, "E"),
        (1_000_000_000_000_000, "P"),
        (1_000_000_000_000, "T"),
        (1_000_000_000, "G"),
        (1_000_000, "M"),
        (1_000, "k"),
    ];
    let Some((unit, sign)) = UNITS.iter().find(|(unit, _)| number >= *unit) else {
        return number.to_string();
    };
    match (number / unit, number % unit / (unit / 10)) {
        (whole, 0) => format!("{whole}{sign}"),
        (whole, tenth) => format!("{whole}.{tenth}{sign}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_does_it() {
        assert_eq!(Language::English.number(0), "0");
        assert_eq!(Language::English.number(999), "999");
        assert_eq!(Language::English.number(1_000), "1,000");
        assert_eq!(Language::German.number(1_234_567), "1.234.567");
        assert_eq!(Language::English.number(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn shares_are_rounded_and_nothing_of_nothing_is_nothing() {
        assert_eq!(Language::English.percent(1, 3), "33.3%");
        assert_eq!(Language::German.percent(2, 3), "66,7\u{a0}%");
        assert_eq!(Language::German.percent(0, 0), "0,0\u{a0}%");
        assert_eq!(Language::English.percent(u64::MAX, u64::MAX), "100.0%");
    }

    #[test]
    fn long_numbers_are_short_on_an_axis() {
        let check = |number, expected| assert_eq!(short(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_500, "1.5k");
        check(20_000, "20k");
        check(2_500_000, "2.5M");
        check(u64::MAX, "18.4E");
    }
}
