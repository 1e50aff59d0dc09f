use std::sync::atomic::{AtomicI64, Ordering};

use policy::Instant;

/// A clock that stands still until it is moved; shared by reference between threads.
#[derive(Debug)]
pub struct FixedClock {
    micros: AtomicI64,
}

impl FixedClock {
    /// A clock that stands at an instant.
    pub const fn at(instant: Instant) -> Self {
        Self { micros: AtomicI64::new(instant.as_micros()) }
    }

    /// The instant at which the clock stands.
    pub fn now(&self) -> Instant {
        Instant::from_micros(self.micros.load(Ordering::SeqCst))
    }

    /// Moves the clock to an instant, forwards or backwards.
    pub fn set(&self, instant: Instant) {
        self.micros.store(instant.as_micros(), Ordering::SeqCst);
    }

    /// Moves the clock by days of 24 hours (backwards if negative) and tells where it stands then.
    pub fn advance_days(&self, days: i64) -> Instant {
        self.advance_micros(days.saturating_mul(86_400_000_000))
    }

    /// Moves the clock by seconds (backwards if negative) and tells where it stands then.
    pub fn advance_seconds(&self, seconds: i64) -> Instant {
        self.advance_micros(seconds.saturating_mul(1_000_000))
    }

    fn advance_micros(&self, micros: i64) -> Instant {
        Instant::from_micros(self.micros.fetch_add(micros, Ordering::SeqCst).saturating_add(micros))
    }
}

impl Default for FixedClock {
    /// 2026-11-01T00:00:00Z, after everything in a synthetic network.
    fn default() -> Self {
        Self::at(Instant::from_micros(1_793_491_200_000_000))
    }
}
