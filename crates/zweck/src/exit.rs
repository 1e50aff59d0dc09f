use std::{fmt::Write as _, process::ExitCode};

/// How a run of the program ended; scripts rely on the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Success,
    /// An error stopped it; what was acknowledged before stays.
    Failure,
    /// The command line was not understood. Clap ends the program with it by itself.
    Usage,
    /// Some rows were refused; all others are in.
    RowsRefused,
    /// A check was carried out and found something.
    Found,
    /// A removal is still open.
    StillOpen,
}

impl Exit {
    /// Every way to end.
    const ALL: [Self; 6] = [
        Self::Success,
        Self::Failure,
        Self::Usage,
        Self::RowsRefused,
        Self::Found,
        Self::StillOpen,
    ];

    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::RowsRefused => 3,
            Self::Found => 4,
            Self::StillOpen => 5,
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "everything was done",
            Self::Failure => "an error stopped it; what was acknowledged before stays",
            Self::Usage => "the command line was not understood",
            Self::RowsRefused => "some rows were refused; all others are in",
            Self::Found => "a check found something",
            Self::StillOpen => "a removal is still open",
        }
    }

    /// The table of exit codes for `--help`.
    pub(crate) fn table() -> String {
        let mut text = String::from("Exit codes:\n");
        for exit in Self::ALL {
            let _ = writeln!(text, "  {}  {}", exit.code(), exit.meaning());
        }
        text
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
