use std::str::FromStr;

use policy::{ItemId, MemberNumber};
use sources::Kind;

/// Between a source and an external id.
pub(crate) const SPLIT: char = ':';

/// A member on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum MemberReference {
    /// `#7`: by number.
    Number(MemberNumber),
    /// `SOURCE:EXTERNAL`, as the platform names the member. Both parts may hold colons.
    External(String),
}

/// A row of a member on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ItemReference {
    /// `#7`: by item id.
    Id(ItemId),
    /// `KIND:EXTERNAL`, as the member's platform names the row.
    External(Kind, String),
}

impl FromStr for MemberReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('#') {
            Some(number) => match number.parse::<MemberNumber>() {
                Ok(number) if number.as_i64() >= 0 => Ok(Self::Number(number)),
                _ => Err(format!("`{text}` is no member number; one looks like `#7`")),
            },
            None if text.trim_matches(SPLIT).contains(SPLIT) => Ok(Self::External(text.to_owned())),
            None => Err("a member is `SOURCE:EXTERNAL-ID` or `#NUMBER`".to_owned()),
        }
    }
}

impl FromStr for ItemReference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(id) = text.strip_prefix('#') {
            let id = id.parse::<ItemId>();
            return id.map(Self::Id).map_err(|_| format!("`{text}` is no item id"));
        }
        let (kind, external) = text
            .split_once(SPLIT)
            .filter(|(_, external)| !external.is_empty())
            .ok_or_else(|| "an item is `KIND:EXTERNAL-ID` or `#ID`".to_owned())?;
        let kind = kind.parse::<Kind>().map_err(|unknown| unknown.to_string())?;
        Ok(Self::External(kind, external.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members() {
        let table = [
            ("#7", Some(MemberReference::Number(MemberNumber::from_i64(7)))),
            ("#-7", None),
            ("#x", None),
            ("platform:m1", Some(MemberReference::External("platform:m1".to_owned()))),
            ("a:b:c", Some(MemberReference::External("a:b:c".to_owned()))),
            ("m1", None),
            (":m1", None),
            ("platform:", None),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }

    #[test]
    fn items() {
        let table = [
            ("#12", Some(ItemReference::Id(ItemId::from_i64(12)))),
            ("post:i:1", Some(ItemReference::External(Kind::Post, "i:1".to_owned()))),
            ("letter:1", None),
            ("post:", None),
            ("post", None),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }
}
