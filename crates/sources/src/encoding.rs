use crate::{Refusal, RefusalReason};

/// Whether bytes start as UTF-16 does: with its mark, or with one of the first two zero.
pub fn is_utf_16(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    }
}

/// Refuses a whole file for its encoding, once.
pub(crate) fn refusal() -> Refusal {
    let hint = "the file is in UTF-16; nothing of it was read (iconv -f UTF-16 -t UTF-8 mends it)";
    RefusalReason::WrongEncoding.because(hint)
}
