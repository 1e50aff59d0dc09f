use std::fmt::Write as _;

use super::page::Style;

/// One line of a bar chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// What is counted.
    pub(crate) label: String,
    /// How many.
    pub(crate) count: u64,
    /// Whether it is what was kept; everything else was left out.
    pub(crate) is_kept: bool,
}

/// Characters of the longest bar.
const LONGEST: u64 = 40;
const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// Writes the bars below each other, with counts and shares of the sum.
pub(super) fn write(bars: &[Bar], text: &mut String, style: Style) {
    let labels = bars.iter().map(|bar| bar.label.chars().count()).max().unwrap_or(0);
    let digits = bars.iter().map(|bar| with_separators(bar.count).len()).max().unwrap_or(0);
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let sum = bars.iter().map(|bar| bar.count).sum::<u64>().max(1);
    for Bar { label, count, is_kept } in bars {
        let drawn = draw(*count, most);
        let drawn = if *is_kept { style.green(&drawn) } else { style.yellow(&drawn) };
        let share = share(*count, sum);
        let count = with_separators(*count);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {label:labels$}  {count:>digits$}  {share:>6}  {drawn}");
    }
}

/// A number as people read it, with a comma between thousands.
pub(crate) fn with_separators(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things, with the word for one or for many.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", with_separators(count), if count == 1 { one } else { many })
}

fn draw(count: u64, most: u64) -> String {
    let eighths = u128::from(count) * u128::from(LONGEST) * 8 / u128::from(most);
    // What is there is seen, however little it is.
    let eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(count > 0));
    let mut bar = "█".repeat(eighths / 8);
    if let Some(rest) = EIGHTHS.get(eighths % 8).filter(|rest| **rest != ' ') {
        bar.push(*rest);
    }
    bar
}

fn share(count: u64, sum: u64) -> String {
    let (count, sum) = (u128::from(count), u128::from(sum));
    let tenths = (count * 2_000 + sum) / (2 * sum);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_counts() {
        let table = [(0, ""), (1, "▏"), (500, "████████████████████"), (1_000, "█")];
        for (count, start) in table {
            assert!(draw(count, 1_000).starts_with(start), "{count}");
        }
        assert_eq!(draw(1_000, 1_000).chars().count(), 40);
        assert_eq!(with_separators(1_234_567), "1,234,567");
        assert_eq!(with_separators(12), "12");
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(2, 3), "66.7 %");
        assert_eq!(share(1, 2_000), "0.1 %");
    }
}
