use std::{path::PathBuf, sync::Arc};

use policy::{MemberNumber, PolicyHash, Purpose, Sequence};
use sea_orm::DbErr;

use crate::{HolderId, HolderState, RemovalId, StorePlace, chain::ChainError};

/// What can go wrong while facts are written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be opened or brought to this version.
    #[error("opening the store `{place}` (hint: {hint})")]
    Open {
        /// Where it is.
        place: StorePlace,
        /// What usually helps.
        hint: &'static str,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// No connection to the server, or none that may do what is needed.
    #[error("connecting to the store `{place}` (hint: {hint})")]
    Connect {
        /// Where it is.
        place: StorePlace,
        /// What usually helps.
        hint: &'static str,
        /// What the server, or the way to it, said.
        #[source]
        source: DbErr,
    },
    /// What should be the address of a database is none.
    #[error("reading the address of the store (hint: `postgres://user@host/database`)")]
    Address {
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server may forget what it has acknowledged.
    #[error(
        "the server of the store `{place}` runs with `{setting} = {value}`, so that what it \
         acknowledges may be lost (hint: `{setting} = on` in its configuration)"
    )]
    NotDurable {
        /// Where it is.
        place: StorePlace,
        /// Which setting of the server.
        setting: &'static str,
        /// What it is set to.
        value: String,
    },
    /// Facts were to be brought into a database that holds some already.
    #[error(
        "there are facts in `{place}` already (hint: an empty database for each system; [store] \
         in zweck.toml names another)"
    )]
    NotEmpty {
        /// Where it is.
        place: StorePlace,
    },
    /// The store was written by a later version of Zweck.
    #[error(
        "the store `{place}` has the step `{step}`, which this version does not know; \
         use the newer version that wrote it"
    )]
    IsNewer {
        /// Where it is.
        place: StorePlace,
        /// The first unknown migration step.
        step: String,
    },
    /// The store was written by an earlier version of Zweck.
    #[error("the store `{place}` lacks the step `{step}` of this version (hint: `zweck upgrade`)")]
    IsOlder {
        /// Where it is.
        place: StorePlace,
        /// The first step that it lacks.
        step: String,
    },
    /// The file system failed.
    #[error("{doing} `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The journal cannot be read or written: nothing is recorded, and nobody is answered.
    #[error("the journal of facts failed")]
    Journal {
        /// What went wrong.
        #[source]
        source: ChainError,
    },
    /// The store has a journal, and it is not where it should be.
    #[error(
        "the journal `{}` is missing, and without it facts may be missing as well \
         (hint: put it back, or `zweck journal use FOLDER`)", path.display()
    )]
    JournalGone {
        /// The file.
        path: PathBuf,
    },
    /// The journal has not even the line that it begins with.
    #[error(
        "the journal `{}` is empty, and without what it had facts may be missing as well \
         (hint: put the whole journal back, or `zweck journal use FOLDER`)", path.display()
    )]
    JournalEmpty {
        /// The file.
        path: PathBuf,
    },
    /// The journal ends before the store does.
    #[error(
        "the journal `{}` was cut: the facts of this store go on to its line {entries} \
         (hint: put the whole journal back)", path.display()
    )]
    JournalCut {
        /// The file.
        path: PathBuf,
        /// How many lines it has to have.
        entries: u64,
    },
    /// The journal is that of another system, or of another past of this one.
    #[error(
        "the journal `{}` is not the one that the facts of this store went into \
         (hint: put its own journal back)", path.display()
    )]
    JournalForeign {
        /// The file.
        path: PathBuf,
    },
    /// A store without a journal was to begin one where there is one already.
    #[error(
        "there is a journal in `{}` already, of a system whose facts are not here \
         (hint: `zweck restore` brings them back; [journal] in zweck.toml names another folder)",
        path.display()
    )]
    JournalTaken {
        /// The file.
        path: PathBuf,
    },
    /// A line of the journal is not as this version writes it.
    #[error("line {line} of the journal `{}` cannot be read", path.display())]
    JournalLine {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: u64,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// The journal was begun by a later version of Zweck.
    #[error(
        "the journal `{}` has format {format}, which this version does not know \
         (hint: use the newer version that wrote it)", path.display()
    )]
    JournalNewer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The journal ends with half a line, and nobody can tell whether more was cut off.
    #[error(
        "the journal `{}` ends in the middle of a line, behind line {line}: it was cut, or its \
         system died while writing (hint: take the journal of the system itself; if this is it, \
         `zweck journal mend FOLDER` drops the half line, which nobody was answered by)",
        path.display()
    )]
    JournalTorn {
        /// The file.
        path: PathBuf,
        /// The last line that is whole.
        line: u64,
    },
    /// The last line of the journal is whole, and the newline behind it is not there.
    #[error(
        "the journal `{}` lacks the newline behind line {line}, so it was cut there: the line itself \
         is whole (hint: take the whole journal, if there is one; if this is it, `zweck journal \
         mend FOLDER` puts the newline back)",
        path.display()
    )]
    JournalUnended {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: u64,
    },
    /// The journal lacks facts between the last of the store and its next.
    #[error("the journal goes on with fact {found} where fact {expected} has to come")]
    JournalGap {
        /// The next fact of the store.
        expected: Sequence,
        /// The fact that the journal has.
        found: Sequence,
    },
    /// The store has a journal and was opened without; it can be read, and nothing is recorded.
    #[error("the store keeps a journal and was opened without it: nothing can be recorded")]
    JournalNotGiven,
    /// The journal does not go with the store: nothing is recorded, and no permit is issued.
    #[error("the gate is closed")]
    Closed {
        /// What is wrong with the journal.
        #[source]
        source: Arc<StoreError>,
    },
    /// A key is not the one with which everything in the store was made.
    #[error(
        "the key `{name}` is not the one that everything here was made with \
         (hint: put the key with fingerprint {expected} back; this one has {found})"
    )]
    KeyDiffers {
        /// Which key.
        name: String,
        /// The fingerprint on record.
        expected: String,
        /// The fingerprint of the key given.
        found: String,
    },
    /// The database refused a statement.
    #[error("{doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        #[source]
        source: DbErr,
    },
    /// A column holds something that this version cannot read.
    #[error("column `{column}` of `{table}` holds `{value}`, which cannot be read")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// A value cannot be written as, or read from, JSON.
    #[error("JSON in column `{column}`")]
    Json {
        /// The column.
        column: &'static str,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A fact names a member that the store never gave out.
    #[error("member `{member}` is unknown")]
    MemberUnknown {
        /// The number.
        member: MemberNumber,
    },
    /// An account fact names a member that was erased.
    #[error("member `{member}` was erased and does not come in again")]
    MemberErased {
        /// The number.
        member: MemberNumber,
    },
    /// A text holds the character NUL, which not every database keeps.
    #[error("the source of a choice of member `{member}` has a NUL character in it")]
    NulInText {
        /// Whose choice it is.
        member: MemberNumber,
    },
    /// An identity's hash is not 32 lower-case hex digits.
    #[error("the identity hash `{hash}` is not 32 lower-case hex digits")]
    IdentityHash {
        /// The hash as given.
        hash: String,
    },
    /// A policy was handed in under a name that is not the hash of its text.
    #[error("the policy text does not have the hash `{hash}`")]
    PolicyText {
        /// The hash as given.
        hash: PolicyHash,
    },
    /// A cohort's notice names no region.
    #[error("a cohort notice names no region")]
    CohortEmpty,
    /// No holder has this id.
    #[error("holder `{holder}` is not registered")]
    HolderUnknown {
        /// The id.
        holder: HolderId,
    },
    /// An id or an active name is already in use.
    #[error("a holder with id `{holder}` or an active one named `{name}` is already registered")]
    HolderTaken {
        /// The id.
        holder: HolderId,
        /// The name.
        name: String,
    },
    /// The holder is in a state in which this cannot be done.
    #[error("{doing} holder `{holder}`, which is {state}")]
    HolderInState {
        /// What was being done.
        doing: &'static str,
        /// The holder.
        holder: HolderId,
        /// Its state.
        state: HolderState,
    },
    /// A permit was asked for another purpose than the holder is registered for.
    #[error("holder `{holder}` is registered for `{registered}`, not for `{asked}`")]
    PermitPurpose {
        /// The holder.
        holder: HolderId,
        /// Its purpose.
        registered: Purpose,
        /// The purpose asked for.
        asked: Purpose,
    },
    /// A sequence lies outside the range that the call allows.
    #[error("sequence `{sequence}` lies outside `{from}` to `{to}`")]
    SequenceOutOfRange {
        /// The sequence as given.
        sequence: Sequence,
        /// The least one allowed.
        from: Sequence,
        /// The greatest one allowed.
        to: Sequence,
    },
    /// No removal has this id.
    #[error("removal `{removal}` is unknown (hint: `zweck removal list --all`)")]
    RemovalUnknown {
        /// The id.
        removal: RemovalId,
    },
    /// No import has this id.
    #[error("import `{import}` is unknown or already finished")]
    ImportUnknown {
        /// The id.
        import: i64,
    },
    /// The batch in which a choice was to be committed failed. Whether the choice is recorded is
    /// open; asked again, it is recorded once.
    #[error("committing a batch of choices")]
    Batch {
        /// What went wrong for the whole batch.
        #[source]
        source: Arc<StoreError>,
    },
    /// The writer task has ended, because its runtime is shutting down.
    #[error("the writer of choices has ended; the choice is not recorded")]
    WriterEnded,
    /// Another connection kept the database busy, so that old pages may remain in it.
    #[error("another connection keeps the store busy; close readers and scrub again")]
    ScrubBlocked,
}

impl StoreError {
    /// Whether a choice was not recorded for what it says; whatever else goes wrong is no answer
    /// to it, and it has to be said again.
    pub fn refuses_choice(&self) -> bool {
        matches!(
            self,
            Self::MemberUnknown { .. } | Self::MemberErased { .. } | Self::NulInText { .. }
        )
    }

    /// Whether a journal was read that is not as it was written.
    pub fn is_broken_journal(&self) -> bool {
        match self {
            Self::Journal { source } => matches!(source, ChainError::Damaged { .. }),
            Self::JournalLine { .. } | Self::JournalEmpty { .. } => true,
            _ => false,
        }
    }
}

/// What every call of this crate returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Says what was being done when the database refused.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T>;
}

impl<T> Doing<T> for std::result::Result<T, DbErr> {
    fn doing(self, doing: &'static str) -> Result<T> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}
