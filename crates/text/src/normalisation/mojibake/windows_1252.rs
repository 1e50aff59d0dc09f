//! Windows-1252 (<https://encoding.spec.whatwg.org/#windows-1252>), in which bytes without a
//! character are those of Latin-1.

/// The characters of the bytes from 0x80 to 0x9F.
pub(super) const SPECIAL: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The byte that was read as a character: in Windows-1252, or else in Latin-1.
pub(super) fn byte_of(character: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(character)) {
        return Some(byte);
    }
    let index = SPECIAL.iter().position(|one| *one == character)?;
    u8::try_from(0x80 + index).ok()
}

/// The character as which a byte is read.
#[cfg(test)]
pub(super) fn char_of(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|index| SPECIAL.get(usize::from(index)));
    special.map_or(char::from(byte), |one| *one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_read_back() {
        for byte in 0..=u8::MAX {
            assert_eq!(byte_of(char_of(byte)), Some(byte));
        }
        assert_eq!(byte_of('\u{80}'), Some(0x80));
        assert_eq!(byte_of('ł'), None);
    }
}
