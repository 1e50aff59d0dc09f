use std::{
    io::{BufReader, Cursor},
    path::{Path, PathBuf},
};

use lake::{Lake, Options as LakeOptions};
use policy::Instant;
use sources::{
    Declaration, Keys, Located, NdjsonSource, Options, Report, Source, StackExchangeSource, import,
};
use store::Store;
use tempfile::TempDir;

pub(crate) const KEYS: Keys = Keys { identity: [7; 32], item: [9; 32] };

pub(crate) const SOURCE: &str = "test-network";

/// A lake and a store in a folder that goes away.
pub(crate) struct World {
    pub(crate) lake: Lake,
    pub(crate) store: Store,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = folder.path().join("lake");
        let location = location.to_str().unwrap();
        let lake = Lake::open(location, LakeOptions::default()).await.unwrap();
        let store = Store::open(folder.path().join("store.sqlite")).await.unwrap();
        Self { lake, store, _folder: folder }
    }

    pub(crate) async fn import(&self, lines: &str) -> Report {
        self.import_with(lines, Options::at(at())).await
    }

    pub(crate) async fn import_with(&self, lines: &str, options: Options<'_>) -> Report {
        self.import_from(&mut ndjson(lines.as_bytes()), options).await
    }

    pub(crate) async fn import_from(
        &self,
        source: &mut dyn Source,
        options: Options<'_>,
    ) -> Report {
        let mut steps = Vec::new();
        let mut progress = |step| steps.push(step);
        import(source, &self.lake, &self.store, &KEYS, options, &mut progress).await.unwrap()
    }
}

pub(crate) fn at() -> Instant {
    "2026-11-01".parse().unwrap()
}

pub(crate) fn ndjson(bytes: &[u8]) -> NdjsonSource {
    let reader = Box::new(BufReader::new(Cursor::new(bytes.to_vec())));
    NdjsonSource::from_reader(SOURCE, "events.ndjson", reader).unwrap()
}

pub(crate) fn declaration(text: &str) -> Declaration {
    Declaration::parse(Path::new("declaration.toml"), text).unwrap()
}

/// A folder of data that is not part of the repository, if it is there.
pub(crate) fn data_folder(name: &str) -> Option<PathBuf> {
    let beside = "../../../shared/data";
    let data = std::env::var_os("ZWECK_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    Some(data.join(name)).filter(|folder| folder.is_dir())
}

/// Everything that a source yields.
pub(crate) fn read_all(source: &mut dyn Source) -> Vec<Located> {
    let mut all = Vec::new();
    while let Some(located) = source.next().unwrap() {
        all.push(located);
    }
    all
}

/// The refused rows, one a line: `file:line reason (hint)`.
pub(crate) fn refusals(source: &mut dyn Source) -> String {
    let lines = read_all(source).into_iter().filter_map(|located| {
        let refusal = located.event.err()?;
        let hint = refusal.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        let (file, line) = (located.position.file, located.position.line);
        Some(format!("{file}:{line} {}{hint}\n", refusal.reason))
    });
    lines.collect()
}

/// A dump of three tables with the given rows, and the folder that holds it.
pub(crate) fn dump(users: &str, posts: &str, comments: &str) -> (TempDir, StackExchangeSource) {
    let folder = tempfile::tempdir().unwrap();
    for (name, root, rows) in
        [("Users", "users", users), ("Posts", "posts", posts), ("Comments", "comments", comments)]
    {
        let text = format!(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root}>\n{rows}\n</{root}>"
        );
        std::fs::write(folder.path().join(format!("{name}.xml")), text).unwrap();
    }
    let source = StackExchangeSource::open(folder.path(), Some("test")).unwrap();
    (folder, source)
}
