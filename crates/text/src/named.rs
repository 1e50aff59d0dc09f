//! Rules that are written by their names: shown, parsed, and read and written by serde alike.

/// Makes a rule with `ALL` and `code` known by its name; `$unknown` says that no rule is called so.
macro_rules! named_rules {
    ($rule:ident, $unknown:ident, $none:literal) => {
        /// No rule has this code.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $unknown(pub String);

        impl std::fmt::Display for $rule {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.code())
            }
        }

        impl std::str::FromStr for $rule {
            type Err = $unknown;

            fn from_str(code: &str) -> Result<Self, $unknown> {
                let found = Self::ALL.into_iter().find(|rule| rule.code() == code);
                found.ok_or_else(|| $unknown(code.to_owned()))
            }
        }

        impl std::fmt::Display for $unknown {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, concat!($none, " is called `{}`"), self.0)
            }
        }

        impl std::error::Error for $unknown {}

        impl serde::Serialize for $rule {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $rule {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use named_rules;
