use std::path::PathBuf;

use clap::{ArgGroup, Args};
use policy::{Category, Instant, Purpose};

/// `zweck check`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["kind", "category"])))]
#[command(group(ArgGroup::new("said").required(true).args(["choices", "no_choices"])))]
#[command(after_help = "\
Examples:
  zweck check train.parquet --author user_id --category posts \\
      --choices opt-outs.csv --policy 2025-11-03 --purpose generative-ai --declare facts.toml
  zweck check ./my-dataset --author meta.author --kind type --region meta.country --age meta.age \\
      --visibility meta.visibility --created date --item id --source platform \\
      --choices choices.ndjson --policy policy.toml --json > refused.ndjson

In a pipeline, a data set that must not be used stops the job:
  zweck check ./my-dataset … || exit 1                    anything but clean
  zweck check ./my-dataset …; [ $? -eq 4 ] && quarantine  rows that must not be there

DATASET is a .parquet, .arrow, .jsonl or .ndjson file (the last two also .gz or .zst), or a folder
of them, such as a Hugging Face repository or what save_to_disk writes. Whatever else in the folder
may hold rows (.csv, .json, .txt, …, a link to a folder) is named as not read, and the check fails;
empty files, words about data, code, pictures, and what is hidden hold none. COLUMN is a name, or a
path into structs such as meta.author. --choices reads what `zweck choose --from` reads; --declare
what `zweck import --declare` reads. What neither a column nor the declaration says is a missing
fact, and a missing fact refuses. No state folder is needed.

Exits with 0 if every row may be there, 4 if rows must not be there or cannot be read, 1 if a file,
a column, the choices or the policy cannot be read or something in the folder is not read, 2 if the
command line was not understood.")]
pub(crate) struct Check {
    /// A file, or a folder of files.
    #[arg(value_name = "DATASET")]
    pub(crate) dataset: PathBuf,
    /// The column that says whose row it is.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) author: String,
    /// What members said, CSV or NDJSON by its ending.
    #[arg(long, value_name = "FILE")]
    pub(crate) choices: Option<PathBuf>,
    /// Nobody has said anything yet; a file that holds no choice is an error.
    #[arg(long)]
    pub(crate) no_choices: bool,
    /// A policy file, or a version that is shipped.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: String,
    /// What the data set is for; needed if the policy has several purposes.
    #[arg(long)]
    pub(crate) purpose: Option<Purpose>,
    /// The instant that the question is about; that of --at, if not given.
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    pub(crate) as_of: Option<Instant>,
    /// The column that says what kind of data a row is: a category, or post, comment, …
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) kind: Option<String>,
    /// Every row is of this kind; of a row whose kind column is empty, too.
    #[arg(long, value_name = "CATEGORY", help_heading = "What is known of rows")]
    pub(crate) category: Option<Category>,
    /// The column with the author's country, as two letters.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) region: Option<String>,
    /// The column that says adult or minor, or the author's age in years.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) age: Option<String>,
    /// The column with the state of the author's account.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) status: Option<String>,
    /// The column that says who can see a row.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) visibility: Option<String>,
    /// The column with the instant or day at which a row was created.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) created: Option<String>,
    /// The column that says what a row's author wants it to be used for, as `train-ai=n` (AIPREF).
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) content_usage: Option<String>,
    /// The column with a row's id; without it, a choice against one item keeps all of its author's
    /// rows of that kind out.
    #[arg(long, value_name = "COLUMN", help_heading = "What is known of rows")]
    pub(crate) item: Option<String>,
    /// Whose ids the authors are: authors are SOURCE:AUTHOR in the choices.
    #[arg(long, value_name = "NAME", help_heading = "What is known of rows")]
    pub(crate) source: Option<String>,
    /// What you say where rows are silent (region, age, status, visibility, notice), as TOML.
    #[arg(long, value_name = "FILE", help_heading = "What is known of rows")]
    pub(crate) declare: Option<PathBuf>,
    /// A kind of document that is on record, where the policy requires some.
    #[arg(long = "document", value_name = "KIND,…", value_delimiter = ',')]
    #[arg(help_heading = "What is known of rows")]
    pub(crate) documents: Vec<String>,
    /// How many refused rows are listed: 20 for people, all as JSON.
    #[arg(long, value_name = "COUNT")]
    pub(crate) limit: Option<u64>,
}
