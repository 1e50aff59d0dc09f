//! Scripts that part no words by spaces.

/// Whether most letters of a text are of a script without spaces: then counts of words say nothing.
#[must_use]
pub fn is_without_spaces(text: &str) -> bool {
    let letters = || text.chars().filter(|sign| sign.is_alphabetic());
    !text.is_ascii() && 2 * letters().filter(|sign| is_of_such(*sign)).count() > letters().count()
}

/// Chinese, Japanese, Thai, Lao, Burmese and Khmer.
pub(crate) const fn is_of_such(sign: char) -> bool {
    matches!(sign,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_letters_decide() {
        for text in ["昨天和李小龙说过。", "昨日は良い天気でした", "สวัสดีครับ", "我用 Rust 写代码"]
        {
            assert!(is_without_spaces(text), "{text}");
        }
        for text in ["", "…", "Köln", "The word 中文 means Chinese.", "한국어 는"] {
            assert!(!is_without_spaces(text), "{text}");
        }
    }
}
