use clap::Subcommand;

use super::MemberReference;

/// `zweck member …`
#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Everything that is known of a member: account, choices, notices, holders, removals.
    #[command(
        after_help = "Examples:\n  zweck member show platform:m000007\n  zweck member show '#7'"
    )]
    Show {
        /// SOURCE:EXTERNAL-ID or #NUMBER.
        member: MemberReference,
    },
    /// Lists members by number.
    #[command(after_help = "Example:\n  zweck member list --limit 5")]
    List {
        /// How many.
        #[arg(long, value_name = "COUNT", default_value_t = 20)]
        limit: usize,
        /// From this number on.
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        from: i64,
    },
    /// Writes every row of a member, for the member: one JSON object a line, with its table.
    #[command(after_help = "\
Example:
  zweck member own-data platform:m000007 > m000007.ndjson

Each column has its name and unit as `zweck columns` lists them. `zweck export member` writes an
archive instead.")]
    OwnData {
        /// SOURCE:EXTERNAL-ID or #NUMBER.
        member: MemberReference,
    },
    /// Erases a member for ever: the rows leave the lake and every holder.
    #[command(after_help = "\
Example:
  zweck member erase platform:m000007 --yes

The member's identity is closed: the same account does not come in again. In what
others have written the name stays masked; what they write later is not searched
for it, because the name is erased as well: `zweck object --name` records it, if
its owner wants that.")]
    Erase {
        /// SOURCE:EXTERNAL-ID or #NUMBER.
        member: MemberReference,
        /// Does it; nothing is erased without.
        #[arg(long)]
        yes: bool,
    },
}
