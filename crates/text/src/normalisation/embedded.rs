//! Files that are written into a text as letters: `data:text/calendar;base64,QkVHSU4…`
//! ([RFC 2397](https://www.rfc-editor.org/rfc/rfc2397)).
//!
//! Nobody reads them, and no search sees what is in them: a name, a place, a picture.

use memchr::memmem;

use super::rewriting::{Rewriting, Rewritten};

/// What stands before the letters of the file.
const CODED: &str = ";base64,";

const SCHEME: &str = "data:";

/// No media type with its parameters is longer, in bytes.
const LONGEST_TYPE: usize = 128;

/// Fewer letters are an example of how it is written, and no file.
const SHORTEST: usize = 16;

/// Takes the files out; what they were stays, `data:text/calendar;base64,`.
pub(super) fn leave_out(text: &str) -> Option<Rewritten> {
    let mut rewriting = Rewriting::new(text);
    for coded in memmem::find_iter(text.as_bytes(), CODED) {
        let start = coded + CODED.len();
        if start < rewriting.done() || !has_media_type(text, coded) {
            continue;
        }
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| is_of_file(**byte)).count();
        if length >= SHORTEST {
            rewriting.replace(start..start + length, "");
        }
    }
    rewriting.finish()
}

/// Whether the scheme and a media type stand right before a place.
fn has_media_type(text: &str, end: usize) -> bool {
    let is_of_type = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+.;=-_\"*".contains(byte);
    let before = text.as_bytes().get(..end).unwrap_or_default();
    let length = before.iter().rev().take(LONGEST_TYPE).take_while(|byte| is_of_type(byte)).count();
    let scheme = before.get(..end - length).unwrap_or_default();
    let start = scheme.len().checked_sub(SCHEME.len()).and_then(|start| scheme.get(start..));
    start.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME.as_bytes()))
}

/// A letter of base64, in either alphabet, or of one that is escaped.
const fn is_of_file(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_a_text_is_left_out() {
        let file = "QkVHSU46VkNBTEVOREFSDQpWRVJTSU9OOjIuMA0K";
        let check = |before: &str, after: &str| {
            let rewritten = leave_out(&format!("{before}{file}{after}")).unwrap();
            assert_eq!(rewritten, Rewritten { text: format!("{before}{after}"), places: 1 });
        };
        check("[Termin](data:text/calendar;charset=utf8;base64,", "), danke");
        check("<img src='DATA:image/png;base64,", "' alt='x'>");
        check("url(data:;base64,", ")");
        check("data:image/png;base64,", "");
        let twice = format!("data:a/b;base64,{file} und data:a/b;base64,{file}%3D");
        let rewritten = leave_out(&twice).unwrap();
        assert_eq!(rewritten.text, "data:a/b;base64, und data:a/b;base64,");
        assert_eq!(rewritten.places, 2);
    }

    #[test]
    fn what_is_no_file_stays() {
        for text in [
            "data:image/png;base64,iVBOR…",
            "data:text/plain,QkVHSU46VkNBTEVOREFSDQpWRVJTSU9O",
            "a header `;base64,QkVHSU46VkNBTEVOREFSDQpWRVJTSU9O`",
            "QkVHSU46VkNBTEVOREFSDQpWRVJTSU9OOjIuMA0K",
            "data:image/png;base64,",
        ] {
            assert_eq!(leave_out(text), None, "{text}");
        }
    }
}
