use crate::{Refusal, RefusalReason};

/// Whether bytes start as UTF-16 does: with its mark, or with one of the first two zero.
pub fn is_utf_16(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [first, second, ..] => (*first == 0) != (*second == 0),
        _ => false,
    }
}

/// Text in UTF-8; what is something else is refused with what it seems to be.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to() + 1;
        RefusalReason::NotUtf8.because(match bytes {
            [0x1F, 0x8B, ..] => "it is packed; gunzip unpacks it".to_owned(),
            _ => {
                format!("from byte {place} on; iconv -f LATIN1 -t UTF-8 mends it if it is Latin-1")
            }
        })
    })
}

/// Refuses a whole file for its encoding, once.
pub(crate) fn refusal() -> Refusal {
    let hint = "the file is in UTF-16; nothing of it was read (iconv -f UTF-16 -t UTF-8 mends it)";
    RefusalReason::WrongEncoding.because(hint)
}
