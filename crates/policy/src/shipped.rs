use std::path::Path;

use crate::{Day, Policy, PolicyError};

/// Every shipped policy, the oldest first.
const FILES: [(&str, &[u8]); 2] = [
    ("2024-11-20.toml", include_bytes!("../policies/2024-11-20.toml")),
    ("2025-11-03.toml", include_bytes!("../policies/2025-11-03.toml")),
];

/// The policies that come with this crate, by file name, the oldest first: the programme as it was
/// announced.
pub fn shipped() -> Vec<(&'static str, &'static [u8])> {
    FILES.to_vec()
}

/// The shipped policy of a version; `None` if there is none.
///
/// # Errors
/// [`PolicyError::Invalid`] never in a tested build: the shipped files are checked by tests.
pub fn shipped_policy(version: Day) -> Result<Option<Policy>, PolicyError> {
    let name = format!("{version}.toml");
    let file = FILES.iter().find(|(file, _)| *file == name);
    file.map(|(name, bytes)| Policy::parse(Path::new(name), bytes)).transpose()
}
