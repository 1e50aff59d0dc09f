use std::{io, path::PathBuf};

use policy::{Day, Instant};

/// Why an import could not be started or finished; a row that is refused is no error.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    /// A file or folder could not be opened or read on.
    #[error("cannot read `{}`", .file.display())]
    Read {
        /// What was being read.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A folder holds nothing that the source can read.
    #[error("`{}` holds no {expected}", .folder.display())]
    NothingToRead {
        /// The folder.
        folder: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
    /// What is to be followed is neither a file nor a folder.
    #[error(
        "`{}` is neither a file nor a folder (hint: what comes through a pipe is followed on \
         standard input: `zweck import --follow < PIPE`)",
        .file.display()
    )]
    NotFollowed {
        /// What it is called.
        file: PathBuf,
    },
    /// The name of a source is empty or holds a control character.
    #[error("`{}` is no name for a source (hint: a word such as `stack-exchange:quantum`)", .name.escape_debug())]
    SourceName {
        /// The name as given.
        name: String,
    },
    /// An import declaration is not of the right shape.
    #[error("{}:{line}: {what}", .file.display())]
    Declaration {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, with a hint.
        what: String,
    },
    /// A declaration speaks of an announcement that nobody can have got yet.
    #[error(
        "the declaration says that a notice was delivered at `{delivered_at}`, which is still to \
         come"
    )]
    NoticeAhead {
        /// When it says so.
        delivered_at: Instant,
    },
    /// A mapping is not of the right shape, or does not fit the tables that it names.
    #[error("{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mapping {
        /// Everything that was found, with file, line and hint.
        problems: Vec<policy::Problem>,
    },
    /// No table of the name is attached.
    #[error("no table is attached as `{name}`; attached: {known}")]
    NotAttached {
        /// The name as given.
        name: String,
        /// The names of those that are.
        known: String,
    },
    /// An archive, or a file in it, is not as it has to be; nothing of it came in.
    #[error("`{}`{entry}: {what}", .file.display())]
    Archive {
        /// The archive.
        file: PathBuf,
        /// The file in it, as `: NAME`; empty if the whole archive is meant.
        entry: String,
        /// What is wrong, with a hint where one helps.
        what: String,
    },
    /// An archive does not say whose it is.
    #[error("`{}` does not say whose it is (hint: --member EXTERNAL-ID)", .file.display())]
    MemberUnsaid {
        /// The archive.
        file: PathBuf,
    },
    /// An archive does not say when it was made.
    #[error("`{}` does not say when it was made (hint: --made 2026-03-01)", .file.display())]
    Undated {
        /// The archive.
        file: PathBuf,
    },
    /// Somebody is a member already, under the name that their archive says.
    #[error(
        "the archive is of `{known}`, who is a member here and would come in a second time as \
         `{named}` (hint: leave --source and --member out)"
    )]
    KnownElsewhere {
        /// Source and external id that the archive says.
        known: String,
        /// Source and external id under which it was to come in.
        named: String,
    },
    /// A later archive of the same member came in before.
    #[error(
        "the archive was made on {made}, and one of {newest} came in before (hint: an older archive would bring back what the member deleted since; import the newest, or --made if the day is wrong)"
    )]
    OlderArchive {
        /// The day of this one.
        made: Day,
        /// The day of the newest that came in.
        newest: Day,
    },
    /// An archive says that it was made later than now.
    #[error(
        "the archive says that it was made on {made}, after today, {today} (hint: --made with the right day; every later archive would count as older)"
    )]
    FutureArchive {
        /// The day of the archive.
        made: Day,
        /// The day of the import.
        today: Day,
    },
    /// An archive could not be written.
    #[error("cannot write `{}`", .file.display())]
    Write {
        /// The file or folder.
        file: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// What the lake gave out does not have the columns of its table.
    #[error("rows of table `{table}` lack column `{column}`")]
    Rows {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] lake::LakeError),
    /// What has to be remembered of many rows could not be kept on disk.
    #[error(transparent)]
    Spill(#[from] spill::SpillError),
    /// Rows could not be put into columns: the lake asks for one that the importer does not fill.
    #[error("cannot put the rows of table `{table}` into columns")]
    Columns {
        /// The table.
        table: &'static str,
        /// What Arrow said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// The report could not be written down.
    #[error("cannot serialise the report of the import")]
    Report {
        /// What the serialiser said.
        #[source]
        source: serde_json::Error,
    },
    /// Some rows were neither kept nor left out by reason: a fault of this program.
    #[error("table `{table}`: {read} rows were read, {accounted} are accounted for")]
    Unaccounted {
        /// The source's table.
        table: String,
        /// Rows read.
        read: u64,
        /// The sum over the outcomes.
        accounted: u64,
    },
}
