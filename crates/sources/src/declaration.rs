use std::path::Path;

use policy::{AgeClass, Country, Day, Instant, Status, Visibility, line_of};
use serde::Deserialize;

use crate::SourcesError;

/// What an operator says about rows whose source cannot say it.
///
/// It fills only what the source leaves missing and never overrides; it is recorded in the store
/// by its hash, and figures on the data name that hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The BLAKE3 hash of the file, 64 hex digits.
    pub hash: String,
    /// The file itself.
    pub text: String,
    /// Where the members live.
    pub region: Option<Country>,
    /// Whether they are adults.
    pub age: Option<AgeClass>,
    /// The state of their accounts.
    pub status: Option<Status>,
    /// Who can see their rows.
    pub visibility: Option<Visibility>,
    /// Why the operator may say so.
    pub reason: String,
    /// An announcement that reached the members of the source.
    pub notice: Option<DeclaredNotice>,
}

/// An announcement that an operator says was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredNotice {
    /// The version of the policy that was announced.
    pub policy_version: Day,
    /// When it reached them.
    pub delivered_at: Instant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: Option<Country>,
    age: Option<AgeClass>,
    status: Option<Status>,
    visibility: Option<Visibility>,
    reason: String,
    notice: Option<DeclaredNotice>,
}

impl Declaration {
    /// Reads a declaration; `file` stands for it in messages.
    ///
    /// # Errors
    /// If it is not of the shape, gives no reason or declares nothing.
    pub fn parse(file: &Path, text: &str) -> Result<Self, SourcesError> {
        let wrong = |line: usize, what: String| SourcesError::Declaration {
            file: file.to_owned(),
            line,
            what,
        };
        let read: File = toml::from_str(text).map_err(|fault| {
            let start = fault.span().map_or(0, |span| span.start);
            wrong(line_of(text.as_bytes(), start), fault.message().to_owned())
        })?;
        let File { region, age, status, visibility, reason, notice } = read;
        if reason.trim().is_empty() {
            return Err(wrong(1, "`reason` is empty (hint: why may this be said?)".to_owned()));
        }
        if status == Some(Status::Erased) {
            let what = "`status` cannot be `erased` (hint: an erasure is a command)";
            return Err(wrong(1, what.to_owned()));
        }
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        let text = text.to_owned();
        Ok(Self { hash, text, region, age, status, visibility, reason, notice })
    }

    /// Reads a declaration from a file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`Declaration::parse`].
    pub fn read(file: &Path) -> Result<Self, SourcesError> {
        let at = |source| SourcesError::Read { file: file.to_owned(), source };
        Self::parse(file, &std::fs::read_to_string(file).map_err(at)?)
    }
}
