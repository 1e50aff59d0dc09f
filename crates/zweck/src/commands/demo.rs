//! The whole story on a made-up network: rules, rows, choices, a corpus, and somebody who says no.

mod facts;
mod folder;
mod person;
mod told;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use ::policy::{Instant, Purpose};
use anyhow::{Context, ensure};
use corpus::{Corpus, DocumentId, Split};
use sources::{NdjsonSource, Report};
use testkit::{FixedClock, MALFORMED_EVENTS, Network, NetworkSize};

use self::{person::Person, told::Told};
use super::{
    corpus::build,
    gate::report,
    holder::corpora,
    import::import_one,
    removal::{RunView, carry_on},
    verify::verify,
};
use crate::{
    args::{Build, Demo, Global},
    clock::{Clock, Stopwatch},
    config::Config,
    exit::Exit,
    output::Output,
    state::State,
};

/// The name under which the made-up network hands its events over.
pub(super) const SOURCE: &str = "demo";
/// The purpose that the demo is about.
const PURPOSE: &str = "generative-ai";
/// The corpus that the demo builds.
const CORPUS: &str = "assistants";
/// Lines that are no events, beside those that are.
const MALFORMED: usize = 3;

/// The documents of a corpus by their names.
type Documents = BTreeMap<DocumentId, String>;

/// Runs `zweck demo`.
pub(super) async fn run(global: &Global, args: &Demo, output: &mut Output) -> anyhow::Result<Exit> {
    let stopwatch = Stopwatch::start();
    folder::make_anew(&args.keep)?;
    let start = global.at.unwrap_or_else(|| FixedClock::default().now());
    let state = open(global, &args.keep, start).await?;
    let mut told = Told::new(output);
    told.opening(args, start)?;

    let network = Network::generate(NetworkSize::of_members(args.members), args.seed);
    let import = import(&state, &network, &args.keep).await?;
    told.network(&network, &import)?;
    let rules = facts::put_rules_in_force(&state, start).await?;
    told.rules(&rules)?;
    let said = facts::record_choices(&state, &network, start).await?;
    told.choices(&said)?;
    let purpose: Purpose = PURPOSE.parse()?;
    told.report(&report(&state, purpose.clone()).await?)?;

    let built = build(&state, build_args(&purpose)).await?;
    told.built(&built.manifest)?;
    let first = verify(&state, CORPUS).await?;
    told.verified(&first)?;
    let before = documents(&state).await?;

    let person = Person::find(&state, &network, &before).await?;
    let objects = person.objects(&state, &purpose, start).await?;
    told.objection(&person, objects)?;
    let run: RunView = carry_on(&state).await?;
    let after = documents(&state).await?;
    told.removal(&person, &run, (&before, &after))?;
    let second = verify(&state, CORPUS).await?;
    told.verified(&second)?;
    told.closing((&args.keep, start), &person, (&before, &after), stopwatch.seconds())?;
    Ok(match (first.exit(), second.exit()) {
        (Exit::Success, Exit::Success) if run.still_open > 0 => Exit::StillOpen,
        (Exit::Success, second) => second,
        (first, _) => first,
    })
}

async fn open(global: &Global, keep: &Path, start: Instant) -> anyhow::Result<State> {
    let global = Global { state: folder::state_in(keep), at: Some(start), ..global.clone() };
    let config = Config::find(global.config.as_deref(), &global.state)?;
    ensure!(
        config.lake.url.is_none(),
        "a demo stays in its folder, and `[lake] url` names a bucket (hint: another --config)"
    );
    ensure!(
        config.store.url.is_none(),
        "a demo stays in its folder, and `[store] url` names a database (hint: another --config)"
    );
    let mut state = State::open_or_make(&global).await?;
    state.clock = Clock::Fixed(start);
    Ok(state)
}

/// Writes the network as events, and a few lines that are none, and imports both.
async fn import(state: &State, network: &Network, keep: &Path) -> anyhow::Result<Report> {
    let path = keep.join("events.ndjson");
    let writing = || format!("writing `{}`", path.display());
    let mut file = BufWriter::new(File::create(&path).with_context(writing)?);
    network.write_events(&mut file).with_context(writing)?;
    file.flush().with_context(writing)?;
    let damaged = MALFORMED_EVENTS.iter().take(MALFORMED).flat_map(|one| [one.line, b"\n"]);
    let path = keep.join("damaged.ndjson");
    let writing = || format!("writing `{}`", path.display());
    std::fs::write(&path, damaged.collect::<Vec<_>>().concat()).with_context(writing)?;
    let mut source = NdjsonSource::open(SOURCE, keep)?;
    let report = import_one(state, &mut source, None).await?;
    state.gate().await?.resolve_mentions(state.now()).await?;
    Ok(report)
}

fn build_args(purpose: &Purpose) -> Build {
    let (name, purpose) = (CORPUS.to_owned(), purpose.clone());
    Build { name, purpose, as_of: None, shards: None, slices: None, recipe: None, after: None }
}

/// Reads the corpus as an engineer would.
async fn documents(state: &State) -> anyhow::Result<Documents> {
    let opened: Corpus = corpora(state)?.open(&state.gate().await?, CORPUS).await?;
    let mut documents = Documents::new();
    for cell in Split::ALL.iter().flat_map(|split| opened.cells(*split)) {
        for document in opened.documents(cell)? {
            documents.insert(document.document, document.text);
        }
    }
    Ok(documents)
}
