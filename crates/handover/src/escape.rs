//! Anybody's words, made safe for a format.

/// A text as one line in which everything can be seen: white space becomes a space, and what is
/// invisible or turns the direction of others (controls, marks, private and unassigned signals)
/// becomes `�`.
pub(crate) fn line(text: &str) -> String {
    text.chars()
        .map(|one| match one {
            _ if one.is_whitespace() => ' ',
            _ if one.is_control() || is_invisible(one) => char::REPLACEMENT_CHARACTER,
            _ => one,
        })
        .collect()
}

/// Characters that are not seen themselves but change what is: directions, joiners, tags.
const fn is_invisible(one: char) -> bool {
    matches!(
        one,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text for the content or an attribute of XML.
pub(crate) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in line(text).chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(one),
        }
    }
    escaped
}

/// A text for prose and tables of Markdown
/// ([GitHub's dialect](https://github.github.com/gfm/)), in which none of it is markup.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in line(text).trim().chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => {
                if is_markup(one, &escaped) {
                    escaped.push('\\');
                }
                escaped.push(one);
            }
        }
    }
    escaped
}

/// Whether a mark can be markup of Markdown after what stands before it in its line.
fn is_markup(mark: char, before: &str) -> bool {
    match mark {
        '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~'
        | '$' => true,
        // Addresses become links by themselves.
        ':' | '@' => true,
        '.' => {
            let is_address = before.to_ascii_lowercase().ends_with("www");
            is_address || before.chars().all(|one| one.is_ascii_digit())
        }
        // Lists and headings begin with these.
        '+' | '-' | '=' => before.is_empty(),
        _ => false,
    }
}

/// A text as code of Markdown in a table, where a bar ends a cell even in code.
pub(crate) fn code_in_table(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A text as code of Markdown, as it stands, for hashes and names.
pub(crate) fn code(text: &str) -> String {
    let text = line(text);
    let longest = text.split(|one| one != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    match text.trim() {
        "" => "–".to_owned(),
        _ if text.starts_with('`') || text.ends_with('`') => format!("{fence} {text} {fence}"),
        _ => format!("{fence}{text}{fence}"),
    }
}

/// A text as a double-quoted scalar of YAML.
pub(crate) fn yaml(text: &str) -> String {
    let mut escaped = String::from("\"");
    for one in line(text).chars() {
        if matches!(one, '"' | '\\') {
            escaped.push('\\');
        }
        escaped.push(one);
    }
    escaped.push('"');
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_markup_somewhere_is_none_in_any_format() {
        let name = "a<b>&\"'\n`c` | [d](e) *f* \u{202e}g\u{0}";
        assert_eq!(line(name), "a<b>&\"' `c` | [d](e) *f* �g�");
        assert_eq!(xml(name), "a&lt;b&gt;&amp;&quot;&#39; `c` | [d](e) *f* �g�");
        assert_eq!(markdown(name), "a&lt;b&gt;&amp;\"' \\`c\\` \\| \\[d\\]\\(e\\) \\*f\\* �g�");
        assert_eq!(code(name), "``a<b>&\"' `c` | [d](e) *f* �g�``");
        assert_eq!(code_in_table("a|b"), "`a\\|b`");
        assert_eq!(yaml(name), "\"a<b>&\\\"' `c` | [d](e) *f* �g�\"");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code(""), "–");
    }
}
