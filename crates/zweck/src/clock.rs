use policy::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where instants come from: the clock of the machine, or `--at`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    /// The machine's.
    System,
    /// Stands still.
    Fixed(Instant),
}

impl Clock {
    /// The instant at which something is recorded or asked.
    pub(crate) fn now(self) -> Instant {
        match self {
            Self::Fixed(instant) => instant,
            Self::System => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "the binary is the one place that reads the clock"
                )]
                let now = SystemTime::now();
                let micros = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
                Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
            }
        }
    }
}

/// The duration of a piece of work, for people; never for a decision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts counting.
    pub(crate) fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "measures how long people waited")]
        let now = std::time::Instant::now();
        Self(now)
    }

    /// Seconds since the start.
    pub(crate) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
