//! How much memory it takes to find which of many short documents are nearly the same.
//!
//! `bench-duplicates DOCUMENTS` makes up documents of 24 to 39 words, of which one in 20 has the words
//! of an earlier one but for the last, and prints one line of JSON.

use std::fmt::Write;

use anyhow::{Context, Result};
use bench::{
    clock::{Watch, peak_memory_bytes},
    network::mix,
};
use corpus::measured::MeasuredDuplicates;
use serde_json::json;

/// How many different words there are.
const WORDS: u64 = 50_000;

/// One document in so many is nearly the one before it.
const REPEATED: u64 = 20;

fn main() -> Result<()> {
    let documents: u64 = std::env::args().nth(1).context("how many documents?")?.parse()?;
    let watch = Watch::start()?;
    let mut duplicates = MeasuredDuplicates::new();
    let (mut text, mut bytes) = (String::new(), 0);
    for document in 0..documents {
        write_text(&mut text, document)?;
        bytes += text.len();
        duplicates.push(document.cast_signed(), &text)?;
    }
    let taken_in = watch.cpu_seconds()?;
    let stood_for = duplicates.stood_for(documents.cast_signed())?;
    let result = json!({
        "documents": documents,
        "bytes": bytes,
        "made_nearly_the_same": documents / REPEATED,
        "stood_for": stood_for,
        "cpu_seconds_taking_in": taken_in,
        "cpu_seconds": watch.cpu_seconds()?,
        "seconds": watch.elapsed().as_secs_f64(),
        "peak_memory_bytes": peak_memory_bytes()?,
    });
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

fn write_text(text: &mut String, document: u64) -> Result<()> {
    text.clear();
    let is_repeated = document % REPEATED == 1;
    let seed = mix(if is_repeated { document - 1 } else { document });
    let words = 24 + seed % 16;
    for place in 0..words {
        let own = if is_repeated && place + 1 == words { document } else { 0 };
        write!(text, "word{} ", mix(seed ^ (place << 40) ^ own) % WORDS)?;
    }
    Ok(())
}
