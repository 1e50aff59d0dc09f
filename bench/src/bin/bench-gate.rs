//! Scans with and without the gate.
//!
//! `bench-gate make|refused|reference|scan|gate|write-scan|write-gate|report FOLDER ORDER MEMBERS
//! ROWS THREADS [COLUMNS [NAMES]]` prints one line of JSON.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::Int64Type,
};
use bench::{
    clock::{Watch, peak_memory_bytes},
    consume::{DOCUMENT, Sums, count, sum_up},
    instructions::count_from_here,
    network::{Network, as_of, mix},
    tables::{Items, Order, session, write_refused},
};
use corpus::{Layout, TableFile};
use datafusion::{
    catalog::TableProvider, execution::SendableRecordBatchStream, prelude::DataFrame,
};
use futures::TryStreamExt;
use gate::{Evaluator, MemberAnswer, Table, measured::Measured};
use lake::ItemKind;
use policy::{Instant, ItemId, MemberNumber, Request, Visibility, decide};
use serde_json::{Value, json};
use store::Snapshot;
use tokio::runtime::Runtime;

/// What the gate reads beside the columns of a document; `decided` scans both on either side.
const DECIDED_BY: [&str; 2] = ["visibility", "sensitive"];

/// What is asked for on the command line.
struct Asked {
    task: String,
    items: Items,
    network: Network,
    threads: usize,
    /// The columns that a scan yields.
    columns: Vec<&'static str>,
    /// How many names are looked for in the texts.
    names: u64,
}

fn main() -> Result<()> {
    let asked = Asked::read(&mut std::env::args().skip(1))?;
    let result = match asked.task.as_str() {
        "make" => asked.make()?,
        "refused" => asked.refused()?,
        "reference" => asked.reference()?,
        "scan" | "gate" => asked.scan()?,
        "count-scan" | "count-gate" => asked.count()?,
        "write-scan" | "write-gate" => asked.write()?,
        other => bail!("no task `{other}`"),
    };
    #[expect(clippy::print_stdout, reason = "the result is what it is for")]
    {
        println!("{result}");
    }
    Ok(())
}

impl Asked {
    fn read(words: &mut impl Iterator<Item = String>) -> Result<Self> {
        let task = words.next().context("no task")?;
        let folder = PathBuf::from(words.next().context("no folder")?);
        let order = match words.next().context("no order")?.as_str() {
            "member" => Order::Member,
            "random" => Order::Random,
            other => bail!("no order `{other}`"),
        };
        let members = words.next().context("no members")?.parse()?;
        let rows = words.next().context("no rows")?.parse()?;
        let threads = words.next().context("no threads")?.parse()?;
        let columns = match words.next().as_deref() {
            None | Some("document") => DOCUMENT.to_vec(),
            Some("decided") => [&DOCUMENT[..], &DECIDED_BY].concat(),
            Some("all") => Table::Items.columns().map(|column| column.name).collect(),
            Some(other) => bail!("no columns `{other}`"),
        };
        let names = words.next().map_or(Ok(0), |names| names.parse())?;
        let network = Network::new(members, rows)?;
        Ok(Self { task, items: Items { folder, order }, network, threads, columns, names })
    }

    fn runtime(&self) -> Result<Runtime> {
        let mut builder = match self.threads {
            1 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        Ok(builder.worker_threads(self.threads).enable_all().build()?)
    }

    fn make(&self) -> Result<Value> {
        let watch = Watch::start()?;
        self.runtime()?.block_on(self.items.write(&self.network))?;
        Ok(json!({ "seconds": watch.elapsed().as_secs_f64() }))
    }

    fn evaluator(&self, snapshot: &Snapshot) -> Result<Evaluator> {
        let Network { purpose, policy, .. } = &self.network;
        Ok(Evaluator::of_snapshot(purpose, as_of()?, Arc::clone(policy), snapshot))
    }

    fn is_gated(&self) -> bool {
        self.task.ends_with("gate")
    }

    /// The table that the task scans, and the gate before it.
    fn table(&self, runtime: &Runtime) -> Result<(Arc<dyn TableProvider>, Option<Measured>)> {
        let rows = runtime.block_on(self.items.table())?;
        if !self.is_gated() {
            return Ok((rows, None));
        }
        let evaluator = self.evaluator(&self.network.snapshot()?)?;
        let gated = Measured::new(rows, Table::Items, evaluator, names(self.names))?;
        Ok((gated.rows(), Some(gated)))
    }

    fn frame(&self, rows: Arc<dyn TableProvider>) -> Result<DataFrame> {
        let frame = session(self.threads).read_table(rows)?;
        Ok(frame.select_columns(&self.columns)?)
    }

    /// Sums up the rows; the result can be compared with the peers' and the reference's.
    fn scan(&self) -> Result<Value> {
        let runtime = self.runtime()?;
        let (rows, gated) = self.table(&runtime)?;
        let frame = self.frame(rows)?;
        let watch = Watch::start()?;
        let sums = runtime.block_on(async { sum_up(frame.execute_stream().await?).await })?;
        Ok(json!({
            "cpu_seconds": watch.cpu_seconds()?,
            "seconds": watch.elapsed().as_secs_f64(),
            "sums": sums.to_json(),
            "accounting": gated.and_then(|gated| gated.accounting()),
            "peak_memory_bytes": peak_memory_bytes()?,
        }))
    }

    /// Counts the rows and drops them, in a function that a profiler can be told to look at.
    fn count(&self) -> Result<Value> {
        let runtime = self.runtime()?;
        let (rows, gated) = self.table(&runtime)?;
        let frame = self.frame(rows)?;
        let watch = Watch::start()?;
        count_from_here();
        let rows = measured_scan(&runtime, frame)?;
        Ok(json!({
            "cpu_seconds": watch.cpu_seconds()?,
            "rows": rows,
            "accounting": gated.and_then(|gated| gated.accounting()),
        }))
    }

    /// Writes the rows as a corpus is written, a file for each thread.
    fn write(&self) -> Result<Value> {
        let runtime = self.runtime()?;
        let (rows, gated) = self.table(&runtime)?;
        let frame = self.frame(rows)?;
        let out = self.items.folder.join("written");
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir_all(&out)?;
        let watch = Watch::start()?;
        let bytes = runtime.block_on(write_parts(frame, &out))?;
        Ok(json!({
            "cpu_seconds": watch.cpu_seconds()?,
            "seconds": watch.elapsed().as_secs_f64(),
            "bytes": bytes,
            "accounting": gated.and_then(|gated| gated.accounting()),
        }))
    }

    /// The same sums by `decide`, asked for every row by itself.
    fn reference(&self) -> Result<Value> {
        let snapshot = self.network.snapshot()?;
        let mut sums = Sums::default();
        self.by_decide(
            &snapshot,
            |batch, at, allowed| {
                if allowed { sums.add(&batch.slice(at, 1)) } else { Ok(()) }
            },
        )?;
        Ok(json!({ "sums": sums.to_json() }))
    }

    /// Writes what the peers join against.
    fn refused(&self) -> Result<Value> {
        let snapshot = self.network.snapshot()?;
        let evaluator = self.evaluator(&snapshot)?;
        let written = [ItemKind::Post, ItemKind::Article, ItemKind::Comment];
        let refuses = |member: i64| match evaluator.answers().of(member) {
            MemberAnswer::RowByRow => false,
            MemberAnswer::Uniform(reasons) => written.iter().any(|kind| {
                reasons.get(kind.category().index()).is_none_or(|reasons| !reasons.is_empty())
            }),
        };
        let members: Vec<_> =
            (0..self.network.members.cast_signed()).filter(|member| refuses(*member)).collect();
        let mut rows = BTreeSet::new();
        self.by_decide(&snapshot, |batch, at, allowed| {
            let row = ["member_number", "item"].map(|name| long(batch, name, at));
            let [Some(member), Some(item)] = row else { bail!("a row without an address") };
            let one_by_one = evaluator.answers().of(member) == MemberAnswer::RowByRow;
            if one_by_one && !allowed {
                rows.insert((member, item));
            }
            Ok(())
        })?;
        let counts = json!({ "members": members.len(), "rows": rows.len() });
        write_refused(&self.items.folder, members, &rows)?;
        Ok(counts)
    }

    /// Asks `decide` about every row.
    fn by_decide(
        &self,
        snapshot: &Snapshot,
        mut visit: impl FnMut(&RecordBatch, usize, bool) -> Result<()>,
    ) -> Result<()> {
        let runtime = self.runtime()?;
        let rows = runtime.block_on(self.items.table())?;
        let columns = [&DOCUMENT[..], &DECIDED_BY].concat();
        let frame = session(self.threads).read_table(rows)?.select_columns(&columns)?;
        runtime.block_on(async {
            let mut batches = frame.execute_stream().await?;
            while let Some(batch) = batches.try_next().await? {
                for at in 0..batch.num_rows() {
                    let allowed = self.allows(snapshot, &batch, at)?;
                    visit(&batch, at, allowed)?;
                }
            }
            Ok(())
        })
    }

    fn allows(&self, snapshot: &Snapshot, batch: &RecordBatch, at: usize) -> Result<bool> {
        let Network { purpose, policy, .. } = &self.network;
        let member = MemberNumber::from_i64(long(batch, "member_number", at).context("no member")?);
        let item = ItemId::from_i64(long(batch, "item", at).context("no item")?);
        let Some(Ok(kind)) = text(batch, "kind", at).map(str::parse::<ItemKind>) else {
            return Ok(false);
        };
        let category = kind.category();
        let mut facts = snapshot.facts(policy, purpose, member, category, Some(item));
        facts.item.visibility =
            text(batch, "visibility", at).and_then(|word| word.parse::<Visibility>().ok());
        facts.item.created = long(batch, "created", at).map(Instant::from_micros);
        let sensitive = batch.column_by_name("sensitive").and_then(|flags| flags.as_boolean_opt());
        facts.item.sensitive = sensitive.is_some_and(|flags| flags.is_valid(at) && flags.value(at));
        let request = Request { policy, purpose, category, as_of: as_of()? };
        Ok(decide(&request, &facts).is_allowed())
    }
}

/// What callgrind counts: planning is over, facts are resolved.
#[inline(never)]
fn measured_scan(runtime: &Runtime, frame: DataFrame) -> Result<u64> {
    runtime.block_on(async { count(frame.execute_stream().await?).await })
}

/// Writes each part of the rows into a file of its own, all at once; returns the bytes of all.
async fn write_parts(frame: DataFrame, folder: &Path) -> Result<u64> {
    let parts = frame.execute_stream_partitioned().await?.into_iter().enumerate();
    let parts = parts.map(|(at, rows)| {
        let path = folder.join(format!("{at}.parquet"));
        tokio::spawn(async move { write_part(rows, &path).await })
    });
    let parts: Vec<_> = parts.collect();
    let mut bytes = 0;
    for part in parts {
        bytes += part.await??;
    }
    Ok(bytes)
}

async fn write_part(mut rows: SendableRecordBatchStream, path: &Path) -> Result<u64> {
    let words = &["kind", "language"];
    let layout = Layout { schema: rows.schema(), sorted_by: None, words };
    let mut file = TableFile::create(path, layout)?;
    while let Some(batch) = rows.try_next().await? {
        file.write(&batch)?;
    }
    Ok(file.finish()?.bytes)
}

/// Names of two words that stand in no text.
fn names(count: u64) -> BTreeSet<String> {
    let name = |number: u64| format!("Xa{:x} Zu{:x}", mix(number) >> 40, mix(number) & 0xFF_FFFF);
    (0..count).map(name).collect()
}

fn long(batch: &RecordBatch, column: &str, at: usize) -> Option<i64> {
    let values = batch.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
    values.is_valid(at).then(|| values.value(at))
}

fn text<'a>(batch: &'a RecordBatch, column: &str, at: usize) -> Option<&'a str> {
    let values = batch.column_by_name(column)?.as_string_view_opt()?;
    values.is_valid(at).then(|| values.value(at))
}
