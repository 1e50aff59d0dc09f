//! Reads a source to its end and counts, by our reader or by a plain one of the same format:
//! `bench-sources ours|plain ndjson|stack-exchange|linkedin|bundestag PATH`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use bench::clock::{Watch, peak_memory_bytes};
use quick_xml::{Reader, events::Event};
use sources::{
    BundestagSource, LinkedInOptions, LinkedInSource, NdjsonSource, Source, StackExchangeSource,
};

/// What a reader has found.
#[derive(Default)]
struct Counted {
    rows: u64,
    bytes: u64,
}

#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [how, kind, path] = arguments.as_slice() else {
        bail!("usage: bench-sources ours|plain ndjson|stack-exchange|linkedin|bundestag PATH");
    };
    let path = Path::new(path);
    let watch = Watch::start()?;
    let Counted { rows, bytes } = match (how.as_str(), kind.as_str()) {
        ("ours", _) => ours(open(kind, path)?.as_mut())?,
        (_, "ndjson") => plain_json(path)?,
        (_, "linkedin") => plain_csv(path)?,
        _ => plain_xml(path)?,
    };
    let seconds = watch.cpu_seconds()?;
    let line = serde_json::json!({
        "reader": how,
        "kind": kind,
        "rows": rows,
        "bytes": bytes,
        "cpu_seconds": seconds,
        "megabytes_a_second": bytes as f64 / 1e6 / seconds.max(0.01),
        "peak_megabytes": peak_memory_bytes()? / 1_000_000,
    });
    println!("{line}");
    Ok(())
}

fn open(kind: &str, path: &Path) -> Result<Box<dyn Source>> {
    Ok(match kind {
        "ndjson" => Box::new(NdjsonSource::open("bench", path)?),
        "stack-exchange" => Box::new(StackExchangeSource::open(path, Some("bench"))?),
        "bundestag" => Box::new(BundestagSource::open("bundestag", path)?),
        _ => {
            let (member, made) = (Some("ada"), "2026-01-15".parse().ok());
            Box::new(LinkedInSource::open(
                path,
                LinkedInOptions { member, made, ..Default::default() },
            )?)
        }
    })
}

fn ours(source: &mut dyn Source) -> Result<Counted> {
    let mut counted = Counted::default();
    while let Some(located) = source.next()? {
        counted.rows += 1;
        counted.bytes = located.position.bytes_read;
    }
    counted.bytes = counted.bytes.max(source.total_bytes());
    Ok(counted)
}

fn plain_json(path: &Path) -> Result<Counted> {
    let mut counted = Counted::default();
    let mut reader = BufReader::new(File::open(path)?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        serde_json::from_str::<serde_json::Value>(&line)?;
        counted.rows += 1;
        counted.bytes += line.len() as u64;
        line.clear();
    }
    Ok(counted)
}

fn plain_csv(folder: &Path) -> Result<Counted> {
    let mut counted = Counted::default();
    for file in files(folder, "csv")? {
        counted.bytes += file.metadata()?.len();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&file)?;
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            counted.rows += 1;
        }
    }
    Ok(counted)
}

/// Every element, attributes unescaped.
fn plain_xml(path: &Path) -> Result<Counted> {
    let mut counted = Counted::default();
    let files = if path.is_dir() { files(path, "xml")? } else { vec![path.to_owned()] };
    for file in files {
        counted.bytes += file.metadata()?.len();
        let mut reader = Reader::from_reader(BufReader::new(File::open(&file)?));
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer)? {
                Event::Eof => break,
                Event::Start(element) | Event::Empty(element) => {
                    for attribute in element.attributes() {
                        quick_xml::escape::unescape(&attribute?.value)?;
                    }
                    counted.rows += u64::from(element.name().as_ref() == "row");
                }
                _ => {}
            }
            buffer.clear();
        }
    }
    Ok(counted)
}

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().with_context(|| format!("reading {}", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|found| found == ending));
    paths.sort();
    Ok(paths)
}
