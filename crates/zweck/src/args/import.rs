use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use policy::Day;

/// `zweck import`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  zweck import events.ndjson
  cat events.ndjson | zweck import -
  zweck import ./quantumcomputing --declare declaration.toml
  zweck import ./protocols --format bundestag --declare declaration.toml
  zweck import events/ --source my-network --refused refused.ndjson
  zweck import Complete_LinkedInDataExport_03-05-2026.zip --member 123456789
  connector | zweck import --follow --source my-network
  zweck import --follow ./inbox --source my-network --every 2s

With --follow, standard output has one line of JSON after each commit: up to where everything is
durable. A signal to end commits what is complete and exits with 0.

Members are then named SOURCE:EXTERNAL-ID. The same import twice changes nothing. Exits with 3 if
rows were refused; all others are in. An archive of LinkedIn holds all that a member has: what an
earlier one had, and this one has not, is removed.")]
pub(crate) struct Import {
    /// Files or folders; `-` is standard input.
    #[arg(required_unless_present = "follow", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Goes on reading events: of standard input, or of a file or folder that grows.
    #[arg(long)]
    pub(crate) follow: bool,
    /// With --follow: the longest that an event waits for its commit.
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = time)]
    pub(crate) every: Duration,
    /// With --follow: runs the removals that events start, so often at the most; or `never`.
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = pace)]
    pub(crate) removals: Pace,
    /// How to read them; a folder with Users.xml is stack-exchange, a ZIP file or a folder with
    /// Profile.csv is linkedin, plenary protocols are bundestag, everything else is ndjson.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// What you say where the source is silent (region, age, status,
    /// visibility, a notice), as TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) declare: Option<PathBuf>,
    /// The name of the source: `platform` for ndjson, `linkedin` for its archives (a copy that
    /// Zweck wrote says its own), `stack-exchange:FOLDER` for a dump, `bundestag`.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Writes the refused rows there, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) refused: Option<PathBuf>,
    /// Whose archive it is, where it does not say so itself (linkedin).
    #[arg(
        long,
        value_name = "EXTERNAL-ID",
        help_heading = "Archives of a member",
        conflicts_with = "follow"
    )]
    pub(crate) member: Option<String>,
    /// The day on which the archive was made, where its name does not say it (linkedin).
    #[arg(
        long,
        value_name = "DAY",
        help_heading = "Archives of a member",
        conflicts_with = "follow"
    )]
    pub(crate) made: Option<Day>,
    /// Whether the archive is complete, where its name does not say it (linkedin).
    #[arg(long, value_enum, help_heading = "Archives of a member", conflicts_with = "follow")]
    pub(crate) scope: Option<Scope>,
}

/// What it means that a file is not in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scope {
    /// The member has nothing of the kind, or no more: it goes.
    Complete,
    /// Nothing: it was not asked for.
    Basic,
}

/// How a path is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Events, one JSON object a line.
    Ndjson,
    /// A folder of a Stack Exchange data dump.
    StackExchange,
    /// The archive that a member of LinkedIn gets, or that `zweck export member` writes.
    #[value(name = "linkedin")]
    LinkedIn,
    /// Plenary protocols of the German Bundestag, in XML.
    Bundestag,
}

/// How often something is done at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// With so long a pause after each time.
    Every(Duration),
    /// Not at all.
    Never,
}

/// Reads a length of time, saying how one looks.
fn time(text: &str) -> Result<Duration, String> {
    let example = || "a time is a whole number and a unit: `500ms`, `10s`, `5m` or `1h`".to_owned();
    let split = text.find(|letter: char| !letter.is_ascii_digit()).ok_or_else(example)?;
    let (count, unit) = text.split_at(split);
    let count: u64 = count.parse().map_err(|_| example())?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(example()),
    };
    count.checked_mul(milliseconds).map(Duration::from_millis).ok_or_else(example)
}

fn pace(text: &str) -> Result<Pace, String> {
    match text {
        "never" => Ok(Pace::Never),
        _ => time(text).map(Pace::Every).map_err(|example| format!("{example}, or `never`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let table = [
            ("500ms", Some(500)),
            ("2s", Some(2_000)),
            ("1m", Some(60_000)),
            ("1h", Some(3_600_000)),
            ("0s", Some(0)),
            ("", None),
            ("5", None),
            ("s", None),
            ("-1s", None),
            ("5 s", None),
            ("99999999999999999999s", None),
            ("9999999999999999999h", None),
        ];
        for (text, expected) in table {
            assert_eq!(time(text).ok(), expected.map(Duration::from_millis), "{text}");
        }
        assert_eq!(pace("never"), Ok(Pace::Never));
    }
}
