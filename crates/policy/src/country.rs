use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::words::UnknownWord;

/// ISO 3166-1 alpha-2, as of 2026, space-separated.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The member states of the European Union, with the territories of theirs that have a code of
/// their own and in which the GDPR applies.
const EU: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK AX GF GP MF MQ RE YT";

/// What the European Economic Area has beyond the Union.
const EEA_BEYOND_EU: &str = "IS LI NO";

/// A country or territory by its ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A named group of countries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The European Union.
    Eu,
    /// The European Economic Area.
    Eea,
}

/// What a policy cell may name as its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// One country.
    Country(Country),
    /// A group of countries.
    Group(Group),
    /// `*`: every country that no other cell of the purpose names.
    Elsewhere,
}

impl Country {
    /// Every country, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.split(' ').filter_map(|code| code.as_bytes().try_into().ok().map(Self))
    }

    /// The two letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl Group {
    /// Whether the country belongs to the group.
    pub fn contains(self, country: Country) -> bool {
        const UNION: Members = Members::of(EU);
        const BEYOND: Members = Members::of(EEA_BEYOND_EU);
        UNION.contains(country) || self == Self::Eea && BEYOND.contains(country)
    }
}

/// A set of countries with a bit for every pair of letters.
struct Members([u64; (26_usize * 26).div_ceil(64)]);

impl Members {
    /// The countries of a space-separated list.
    const fn of(codes: &str) -> Self {
        let mut bits = [0; (26_usize * 26).div_ceil(64)];
        let mut rest = codes.as_bytes();
        while let [first, second, others @ ..] = rest {
            let place = Self::place([*first, *second]);
            #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
            {
                bits[place / 64] |= 1 << (place % 64);
            }
            rest = match others {
                [_space, next @ ..] => next,
                [] => others,
            };
        }
        Self(bits)
    }

    fn contains(&self, Country(letters): Country) -> bool {
        let place = Self::place(letters);
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    const fn place([first, second]: [u8; 2]) -> usize {
        (first.wrapping_sub(b'A')) as usize * 26 + second.wrapping_sub(b'A') as usize
    }
}

impl Region {
    /// Whether the country is named by this region itself; `*` names none.
    pub fn names(self, country: Country) -> bool {
        match self {
            Self::Country(one) => one == country,
            Self::Group(group) => group.contains(country),
            Self::Elsewhere => false,
        }
    }
}

impl FromStr for Country {
    type Err = UnknownWord;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::all().find(|country| country.code() == code).ok_or_else(|| UnknownWord {
            kind: "country",
            word: code.to_owned(),
            known: "the two-letter codes of ISO 3166-1, in capitals".to_owned(),
        })
    }
}

impl FromStr for Region {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "*" => Ok(Self::Elsewhere),
            "EU" => Ok(Self::Group(Group::Eu)),
            "EEA" => Ok(Self::Group(Group::Eea)),
            code => code.parse().map(Self::Country).map_err(|_| UnknownWord {
                kind: "region",
                word: code.to_owned(),
                known: "EU, EEA, `*` and the two-letter codes of ISO 3166-1".to_owned(),
            }),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Country(country) => f.pad(country.code()),
            Self::Group(Group::Eu) => f.pad("EU"),
            Self::Group(Group::Eea) => f.pad("EEA"),
            Self::Elsewhere => f.pad("*"),
        }
    }
}

/// Serialises a type as the word that its `Display` and `FromStr` share.
macro_rules! serde_as_word {
    ($name:ty) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

serde_as_word!(Country);
serde_as_word!(Region);
