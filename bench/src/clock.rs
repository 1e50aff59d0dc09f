//! The clocks. The only place outside the binary of Zweck that reads any.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Ticks in a second in `/proc/self/stat`; Linux has reported 100 on every platform since 2.6.
const TICKS_PER_SECOND: f64 = 100.0;

/// Wall-clock and CPU time since it was started.
pub struct Watch {
    started: Instant,
    cpu_seconds: f64,
}

impl Watch {
    /// Starts counting.
    ///
    /// # Errors
    /// If the system does not tell the CPU time.
    #[expect(clippy::disallowed_methods, reason = "measuring time is what it is for")]
    pub fn start() -> Result<Self> {
        Ok(Self { cpu_seconds: cpu_seconds()?, started: Instant::now() })
    }

    /// Wall-clock time since the start.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// CPU seconds of all threads of this process since the start, to a hundredth.
    ///
    /// # Errors
    /// If the system does not tell the CPU time.
    pub fn cpu_seconds(&self) -> Result<f64> {
        Ok(cpu_seconds()? - self.cpu_seconds)
    }
}

/// The greatest resident memory of this process so far, in bytes.
///
/// # Errors
/// If the system does not tell.
pub fn peak_memory_bytes() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("reading the status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("no VmHWM")?;
    let kilobytes = line.split_whitespace().nth(1).context("no value of VmHWM")?;
    Ok(kilobytes.parse::<u64>().context("reading VmHWM")? * 1024)
}

/// User and system time of all threads of this process.
fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("reading the CPU time")?;
    // the name of the process may hold anything, but it ends with the last parenthesis
    let (_, fields) = stat.rsplit_once(')').context("an unknown form of the CPU time")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(|field| field.parse::<f64>().context("reading the CPU time"));
    Ok(ticks.sum::<Result<f64>>()? / TICKS_PER_SECOND)
}

/// Microseconds since 1970, which another process can compare with its own.
#[expect(clippy::disallowed_methods, reason = "measuring time is what it is for")]
pub fn micros_since_1970() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_default()
}
