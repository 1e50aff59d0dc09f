use std::path::PathBuf;

use clap::{ArgGroup, Args};
use policy::{Answer, Category, Day, Instant, Purpose, Region};

use super::{ItemReference, MemberReference};

/// `zweck choose`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("way").required(true).args(["member", "from", "stdin"])))]
#[command(after_help = "\
Examples:
  zweck choose --member platform:m000007 --purpose generative-ai refuse
  zweck choose --member '#7' --purpose generative-ai refuse --category comments
  zweck choose --member platform:m000007 --purpose generative-ai refuse --item post:i0000012
  zweck choose --from opt-outs.csv        with a line of headings:
                                          member,purpose,answer,said_at,category,item,source
  zweck choose --stdin < choices.ndjson   one line out for each line in, once it is durable

Lines of NDJSON have the same keys as the headings; category, item and source may be left out, and
said_at on standard input. When a choice is acknowledged it is on disk. An item may be one that has
not come in yet: the answer says so, and holds once it does. Exits with 3 if lines were refused.")]
pub(crate) struct Choose {
    #[command(flatten)]
    pub(crate) one: Option<One>,
    /// Reads choices from a file, CSV or NDJSON by its ending.
    #[arg(long, value_name = "FILE", conflicts_with = "one")]
    pub(crate) from: Option<PathBuf>,
    /// Reads NDJSON from standard input and acknowledges every line.
    #[arg(long, conflicts_with = "one")]
    pub(crate) stdin: bool,
}

/// One choice on the command line.
#[derive(Debug, Args)]
#[group(id = "one", multiple = true)]
pub(crate) struct One {
    /// Who: SOURCE:EXTERNAL-ID or #NUMBER.
    #[arg(long, required = false, requires = "answer", requires = "purpose")]
    pub(crate) member: MemberReference,
    /// About which purpose.
    #[arg(long, required = false, requires = "member")]
    pub(crate) purpose: Purpose,
    /// refuse or allow.
    #[arg(required = false, requires = "member", value_name = "refuse|allow")]
    pub(crate) answer: Answer,
    /// Only this kind of data.
    #[arg(long, requires = "member", conflicts_with = "item")]
    pub(crate) category: Option<Category>,
    /// Only this row: KIND:EXTERNAL-ID or #ID.
    #[arg(long, requires = "member")]
    pub(crate) item: Option<ItemReference>,
    /// When it was said; now, if not given.
    #[arg(long, value_name = "INSTANT", value_parser = super::instant, requires = "member")]
    pub(crate) said_at: Option<Instant>,
}

/// `zweck object`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  zweck object --name \"Erika Muster\" --email erika@example.com --purpose generative-ai")]
pub(crate) struct ObjectArgs {
    /// A name by which the person is mentioned; give it once for each name.
    #[arg(long = "name", required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// An e-mail address of the person; give it once for each address.
    #[arg(long = "email", value_name = "ADDRESS")]
    pub(crate) emails: Vec<String>,
    /// Against which purpose.
    #[arg(long)]
    pub(crate) purpose: Purpose,
}

/// `zweck notice`
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("reach").required(true).args(["member", "regions"])))]
#[command(after_help = "\
Examples:
  zweck notice --policy-version 2025-11-03 --region EEA,GB,CH
  zweck notice --policy-version 2025-11-03 --member platform:m000007 --delivered-at 2025-10-01

A region reaches the members who are there now, not those who come later.")]
pub(crate) struct NoticeArgs {
    /// The version that was announced.
    #[arg(long, value_name = "DAY")]
    pub(crate) policy_version: Day,
    /// To this member.
    #[arg(long)]
    pub(crate) member: Option<MemberReference>,
    /// To everybody there: countries, EU, EEA, or * for everywhere.
    #[arg(long = "region", value_name = "REGION,…", value_delimiter = ',')]
    pub(crate) regions: Vec<Region>,
    /// When it reached them; now, if not given.
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    pub(crate) delivered_at: Option<Instant>,
}
