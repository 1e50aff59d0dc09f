use std::{io, path::PathBuf};

/// Why a data set, or one of its files, cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// A file or folder could not be opened or read on.
    #[error("cannot read `{}`", .file.display())]
    Read {
        /// What was being read.
        file: PathBuf,
        /// What the operating system or the unpacking said.
        #[source]
        source: io::Error,
    },
    /// There is nothing to check.
    #[error("`{}` holds no data file (hint: {ENDINGS})", .folder.display())]
    NoData {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is named whose ending says no format.
    #[error("`{}` is no data file (hint: {ENDINGS})", .file.display())]
    UnknownFormat {
        /// The file.
        file: PathBuf,
    },
    /// The list of files that a data set keeps of itself cannot be used.
    #[error("`{}` does not list the files of the data set: {why}", .file.display())]
    FileList {
        /// The list.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A Parquet file is broken.
    #[error("`{}` cannot be read as Parquet after row {row}", .file.display())]
    Parquet {
        /// The file.
        file: PathBuf,
        /// The last row that was read; 0 before the first.
        row: u64,
        /// What the reader said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// An Arrow file or stream is broken.
    #[error("`{}` cannot be read as Arrow after row {row}", .file.display())]
    Arrow {
        /// The file.
        file: PathBuf,
        /// The last row that was read; 0 before the first.
        row: u64,
        /// What the reader said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A file contradicts itself in a way at which its reader gave up altogether.
    #[error("`{}` contradicts itself after row {row}: {what}", .file.display())]
    Contradiction {
        /// The file.
        file: PathBuf,
        /// The last row that was read; 0 before the first.
        row: u64,
        /// What the reader said.
        what: String,
    },
    /// A column that was named is not there.
    #[error("`{}` has no column `{column}` (hint: {known})", .file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The column as it was named.
        column: String,
        /// The columns that there are, or what else helps.
        known: String,
    },
    /// A name that was given is that of several columns.
    #[error("`{}` has more than one column `{column}` (hint: give each a name of its own)", .file.display())]
    SeveralColumns {
        /// The file.
        file: PathBuf,
        /// The column as it was named.
        column: String,
    },
    /// A column holds values that cannot be what was asked for.
    #[error("column `{column}` of `{}` holds {holds}: no text, whole numbers or dates", .file.display())]
    WrongColumn {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// The type of its values.
        holds: String,
    },
    /// An author may be one of several members who chose.
    #[error(
        "`{}`:{row}: author `{author}` may be {members} in the choices (hint: `--source NAME` says whose ids the authors are)",
        .file.display()
    )]
    AmbiguousAuthor {
        /// The file.
        file: PathBuf,
        /// The row, from 1.
        row: u64,
        /// The author as the row has it.
        author: String,
        /// The members that it may be.
        members: String,
    },
    /// The policy does not name the purpose.
    #[error("policy {version} has no purpose `{purpose}`; it has: {known}")]
    UnknownPurpose {
        /// The purpose that was asked about.
        purpose: policy::Purpose,
        /// The version of the policy.
        version: policy::Day,
        /// Every purpose that it has.
        known: String,
    },
}

/// What a data file is called.
pub(crate) const ENDINGS: &str =
    "files end in .parquet, .arrow, .jsonl or .ndjson, the last two also with .gz or .zst";
