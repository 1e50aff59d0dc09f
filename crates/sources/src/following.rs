use std::{collections::BTreeMap, sync::Arc};

use lake::{Compaction, Lake, Writer};
use policy::{Instant, LakeVersion};
use serde::Serialize;
use store::{FeedLine, FeedPosition, ImportReport, Store};

use crate::{
    Fed, FeedMark, Keys, Options, Position, Progress, RefusedRow, Report, Source, SourcesError,
    Whole, comparison::Comparison, importer::Importer, plan::Pending,
};

/// A batch is committed early once its rows took this many bytes in the source.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;

/// How many refused rows the report of an import tells one by one.
const TOLD: usize = 1_000;

/// An import that goes on: rows are handed over as they come, and the caller says when they are
/// committed.
///
/// A batch becomes visible as one lake version or not at all. Identities, account facts and
/// removals are recorded before it, and last of all which events came in and how far the files of
/// the feed are: whoever was cut off reads on from there, and what comes twice comes in once.
pub struct Following<'a> {
    importer: Importer<'a>,
    import: i64,
    pending: Vec<Pending>,
    marks: BTreeMap<String, FeedMark>,
    last: Option<Last>,
    rows: u64,
    committed_bytes: u64,
    bytes: u64,
    /// Versions since small files were joined.
    versions: usize,
    /// The first refused rows of all commits, for the report.
    refused: Vec<RefusedRow>,
}

/// What was handed over last.
struct Last {
    file: Arc<str>,
    line: u64,
    event: Option<String>,
    order: Option<i64>,
}

/// Up to where everything is durable, and what became of it so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Committed {
    /// The file.
    pub file: Arc<str>,
    /// The last line of it that was read, from 1; every line before it is dealt with as well.
    pub line: u64,
    /// The id of the last event that was understood.
    pub event: Option<String>,
    /// The source's own count in that event.
    pub order: Option<i64>,
    /// Rows read since the start.
    pub rows: u64,
    /// Rows refused since the start.
    pub refused: u64,
    /// Removals started since the start, one for each row that was edited, narrowed or deleted.
    pub removals_started: u64,
    /// Facts recorded since the start, those of accounts and the removals included.
    pub facts_recorded: u64,
    /// The newest version of the lake.
    pub lake_version: LakeVersion,
    /// The rows that were refused with this commit, at most 1,000.
    #[serde(skip)]
    pub refused_rows: Vec<RefusedRow>,
    /// How many more were.
    #[serde(skip)]
    pub refused_rows_untold: u64,
}

impl<'a> Following<'a> {
    /// Starts an import of a source, and puts the start and the declaration on record.
    ///
    /// # Errors
    /// If the name is no source's, or the store or the lake fail.
    pub async fn start(
        source: &str,
        parts: (&'a Lake, &'a Store, &'a Keys),
        options: Options<'a>,
    ) -> Result<Self, SourcesError> {
        let importer = Importer::new(source, parts, options).await?;
        let import = importer.store.start_import(&importer.name, options.at).await?;
        Ok(Self {
            importer,
            import,
            pending: Vec::new(),
            marks: BTreeMap::new(),
            last: None,
            rows: 0,
            committed_bytes: 0,
            bytes: 0,
            versions: 0,
            refused: Vec::new(),
        })
    }

    /// Tells a source what of the lake it has to know before its first row, and refuses what is
    /// older than what came in before.
    pub(crate) async fn prepare(&mut self, source: &mut dyn Source) -> Result<(), SourcesError> {
        self.importer.introduce(source).await?;
        if let Some(whole) = source.whole() {
            let comparison = Comparison::start(&whole, &self.importer).await?;
            self.importer.comparison = Some(comparison);
        }
        Ok(())
    }

    /// Removes what a source that has handed over everything has no more.
    pub(crate) async fn remove_missing(&mut self, whole: &Whole) -> Result<(), SourcesError> {
        self.importer.remove_missing(whole).await
    }

    /// Takes a row; it is not durable before the next [`Self::commit`].
    pub fn take(&mut self, fed: Fed) {
        let Fed { located, mark } = fed;
        let Position { file, line, bytes_read } = &located.position;
        self.rows += 1;
        self.bytes = *bytes_read;
        let before = self.last.take();
        let occurrence = located.event.as_ref().ok().and_then(|event| event.occurrence());
        let (event, order) = match occurrence {
            Some(occurrence) => (Some(occurrence.id.clone()), occurrence.order),
            None => before.map_or((None, None), |before| (before.event, before.order)),
        };
        self.last = Some(Last { file: Arc::clone(file), line: *line, event, order });
        if let Some(mark) = mark {
            self.marks.insert(mark.file.clone(), mark);
        }
        self.importer.sort(located, &mut self.pending);
    }

    /// Whether it is time to commit, so that memory stays bounded.
    pub fn is_full(&self) -> bool {
        self.pending.len() >= self.importer.options.batch_rows.max(1)
            || self.bytes.saturating_sub(self.committed_bytes) >= BATCH_BYTES
    }

    /// Whether rows wait to be committed, or were refused since the last commit.
    pub fn is_waiting(&self) -> bool {
        self.last.is_some()
    }

    /// Rows read since the start.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How far the import is.
    pub fn progress(&self, position: &Position, total_bytes: u64) -> Progress {
        let report = &self.importer.report;
        Progress {
            file: Arc::clone(&position.file),
            bytes_read: position.bytes_read,
            total_bytes,
            rows: self.rows,
            refused: report.total().refused.values().sum(),
            lake_version: report.lake_version_after,
        }
    }

    /// Commits what was taken; when it returns, all of it is durable. `None` if nothing was.
    ///
    /// # Errors
    /// If the store or the lake fail. If somebody else writes the lake for long, nothing is lost
    /// and it can be asked for again; otherwise the import ends here and is started anew.
    pub async fn commit(&mut self, at: Instant) -> Result<Option<Committed>, SourcesError> {
        if !self.is_waiting() {
            return Ok(None);
        }
        self.importer.options.at = at;
        let positions: Vec<_> = self.marks.values().map(position_of).collect();
        if self.pending.is_empty() {
            self.importer.store.record_events(Vec::new(), &positions).await?;
        } else {
            let mut writer = self.importer.writer().await?;
            let before = writer.version();
            let pending = std::mem::take(&mut self.pending);
            self.importer.commit(&mut writer, pending, &positions).await?;
            self.join_files(&mut writer, before, at).await?;
        }
        self.marks.clear();
        self.committed_bytes = self.bytes;
        Ok(self.last.take().map(|last| self.committed(last)))
    }

    /// Ends the import with its report, which is put on record. What was taken and not committed
    /// is given up.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn finish(mut self, at: Instant) -> Result<Report, SourcesError> {
        self.keep_refused();
        let Importer { mut report, store, .. } = self.importer;
        let told = u64::try_from(self.refused.len()).unwrap_or(u64::MAX);
        let refused: u64 = report.total().refused.values().sum();
        report.refused_rows = self.refused;
        report.refused_rows_untold = refused.saturating_sub(told);
        report.check()?;
        let total = report.total();
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let finished = ImportReport {
            accepted: number(total.accepted + total.replaced + total.unchanged),
            refused: number(refused),
            report: serde_json::to_value(report.to_record())
                .map_err(|source| SourcesError::Report { source })?,
        };
        store.finish_import(self.import, &finished, at).await?;
        Ok(report)
    }

    /// Joins the small files of many commits, which every later commit would have to read.
    async fn join_files(
        &mut self,
        writer: &mut Writer,
        before: LakeVersion,
        at: Instant,
    ) -> Result<(), SourcesError> {
        self.versions += usize::from(writer.version() > before);
        let min_files = self.importer.options.join_files;
        if min_files > 1 && self.versions >= min_files {
            self.versions = 0;
            let compaction = Compaction::while_importing(min_files);
            let joined = writer.compact(compaction, at, &mut |_| {}).await?;
            self.importer.report.lake_version_after = joined.version;
        }
        Ok(())
    }

    fn committed(&mut self, last: Last) -> Committed {
        let Last { file, line, event, order } = last;
        let untold = self.importer.report.refused_rows_untold;
        let refused_rows = self.keep_refused();
        let report = &self.importer.report;
        Committed {
            file,
            line,
            event,
            order,
            rows: self.rows,
            refused: report.total().refused.values().sum(),
            removals_started: report.removals_started,
            facts_recorded: report.facts_recorded,
            lake_version: report.lake_version_after,
            refused_rows,
            refused_rows_untold: untold,
        }
    }

    /// Empties the list of the report, so that every commit can tell what it refused, and keeps
    /// the first for the end.
    fn keep_refused(&mut self) -> Vec<RefusedRow> {
        self.importer.report.refused_rows_untold = 0;
        let refused = std::mem::take(&mut self.importer.report.refused_rows);
        let room = TOLD.saturating_sub(self.refused.len());
        self.refused.extend(refused.iter().take(room).cloned());
        refused
    }
}

fn position_of(mark: &FeedMark) -> FeedPosition {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (start, hash) = mark.last;
    FeedPosition {
        file: mark.file.clone(),
        bytes: number(mark.bytes),
        lines: number(mark.lines),
        last: Some(FeedLine { start: number(start), hash }),
    }
}
