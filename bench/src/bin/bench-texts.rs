//! Does one step of a recipe to every text of a file of JSON lines, each with a `text`, as often as
//! it takes for a second: `bench-texts STEP FILE`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
};

use anyhow::{Context, Result, bail};
use bench::clock::Watch;
use corpus::{Recipe, SliceKey, Steps};
use text::{
    language,
    minhash::{self, MinHash},
    normalisation::Normalisation,
    personal_data,
    quality::{Analyser, Limits},
    redaction::Redaction,
    sensitive::SensitiveFinder,
};

#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [step, file] = arguments.as_slice() else {
        bail!(
            "usage: bench-texts normalise|find|redact|language|quality|sensitive|minhash|recipe FILE"
        );
    };
    let texts = texts(file)?;
    let bytes: usize = texts.iter().map(String::len).sum();
    let (watch, mut rounds, mut seen) = (Watch::start()?, 0, 0);
    while watch.cpu_seconds()? < 1.0 {
        rounds += 1;
        seen = seen_in(&texts, step)?;
    }
    let seconds = watch.cpu_seconds()?;
    let line = serde_json::json!({
        "step": step,
        "texts": texts.len(),
        "bytes": bytes,
        "seen": seen,
        "megabytes_a_cpu_second": (bytes * rounds) as f64 / 1e6 / seconds,
        "texts_a_cpu_second": (texts.len() * rounds) as f64 / seconds,
    });
    println!("{line}");
    Ok(())
}

fn texts(file: &str) -> Result<Vec<String>> {
    let lines = BufReader::new(File::open(file).with_context(|| format!("opening `{file}`"))?);
    lines
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(&line?)?;
            let text = row.get("text").and_then(serde_json::Value::as_str);
            Ok(text.context("a line has no `text`")?.to_owned())
        })
        .collect()
}

/// What a step has found in all texts, so that none of its work can be left out.
fn seen_in(texts: &[String], step: &str) -> Result<usize> {
    let key = SliceKey::new([0; 32]);
    let texts = texts.iter();
    Ok(match step {
        "find" => texts.map(|text| personal_data::find(text).len()).sum(),
        "normalise" => {
            let rules = Normalisation::default();
            texts.map(|text| rules.apply(text).text.len()).sum()
        }
        "redact" => {
            let redaction = Redaction::default();
            texts.map(|text| redaction.apply(text, |_, _| 0).text.len()).sum()
        }
        "language" => texts.filter(|text| language::identify(text).is_some()).count(),
        "quality" => {
            let (mut analyser, limits) = (Analyser::new()?, Limits::default());
            texts.filter(|text| analyser.first_failed(text, Some("en"), &limits).is_some()).count()
        }
        "minhash" => {
            let mut minhash = MinHash::new(minhash::Parameters::default());
            let firsts = texts.filter_map(|text| minhash.bands(text).next());
            firsts.fold(0, |sum, band| sum ^ usize::try_from(band).unwrap_or_default())
        }
        "sensitive" => {
            let finder = SensitiveFinder::new()?;
            texts.filter(|text| finder.judge(text).is_some()).count()
        }
        "recipe" => {
            let mut steps = Steps::of(Recipe::default())?;
            texts.map(|text| steps.apply(text, &key).text.len()).sum()
        }
        _ => bail!("`{step}` is no step"),
    })
}
