//! How much memory the resolved answers of a network take.
//!
//! `bench-answers MEMBERS` prints one line of JSON.

use anyhow::{Context, Result, ensure};
use bench::{
    clock::{Watch, peak_memory_bytes},
    network::mix,
};
use gate::{Answers, CategoryReasons, MemberAnswer};
use policy::{Category, ReasonSet};
use serde_json::json;

/// How many of 10,000 members share each answer, the last of which is a decision row by row; for
/// generative AI, for being suggested to recruiters, and for the ads of a partner.
const PURPOSES: [(&str, &[u64]); 3] = [
    ("generative-ai", &[8600, 800, 250, 150, 100, 50, 30, 20]),
    ("talent", &[8800, 600, 250, 150, 100, 50, 30, 20]),
    ("partner-ads", &[8200, 1000, 400, 150, 120, 80, 30, 20]),
];

/// Members whose answer is compared afterwards.
const COMPARED: u64 = 10_000_000;

fn main() -> Result<()> {
    let members: u64 = std::env::args().nth(1).context("how many members?")?.parse()?;
    let mut bytes = Vec::new();
    let mut kept = Vec::new();
    let mut lookups = Vec::new();
    for ((name, shares), salt) in PURPOSES.iter().zip(1_u64..) {
        let code = |member: u64| code(shares, mix(member ^ salt << 56) % 10_000);
        let codes: Vec<u16> = (0..members).map(code).collect();
        let kinds = shares.len() - 1;
        let table: Vec<CategoryReasons> = (0..kinds).map(reasons).collect();
        let answers = Answers::compress(&codes, table.clone(), reasons(0));
        drop(codes);
        let watch = Watch::start()?;
        for number in 0..COMPARED {
            let member = mix(number) % members;
            let expected = table
                .get(usize::from(code(member)))
                .map_or(MemberAnswer::RowByRow, MemberAnswer::Uniform);
            ensure!(answers.of(member.cast_signed()) == expected, "member {member} of {name}");
        }
        lookups.push(watch.cpu_seconds()? / COMPARED as f64 * 1e9);
        bytes.push(answers.heap_bytes());
        kept.push(answers);
    }
    let result = json!({
        "members": members,
        "purposes": PURPOSES.map(|(name, shares)| json!({ "name": name, "of_10000": shares })),
        "bytes": bytes,
        "total_bytes": kept.iter().map(Answers::heap_bytes).sum::<usize>(),
        "compared": COMPARED,
        "nanoseconds_a_random_lookup_with_its_check": lookups,
        "peak_memory_bytes_while_building": peak_memory_bytes()?,
    });
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

/// The answer that a draw of 10,000 falls on.
fn code(shares: &[u64], draw: u64) -> u16 {
    let mut below = 0;
    for (code, share) in (0..).zip(shares) {
        below += share;
        if draw < below {
            return code;
        }
    }
    0
}

fn reasons(code: usize) -> CategoryReasons {
    [ReasonSet::from_bits(u32::try_from(code).unwrap_or_default()); Category::ALL.len()]
}
