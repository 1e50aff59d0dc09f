use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use lake::{Erasure, Table};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::*;

async fn neither_footers_nor_logs_nor_checkpoints_hold_statistics(at: At) {
    let (site, lake) = at.fresh().await;
    fill(&lake, 0..5).await;
    let mut writer = lake.writer().await.unwrap();
    for item in 0..52 {
        writer.append(append(&[(Table::Items, &[row(1, item, "zebra")])]), AT).await.unwrap();
    }
    drop(writer);
    for file in site.data_files().await {
        let bytes = site.read(&file).await;
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        for column in reader.metadata().row_groups().iter().flat_map(|group| group.columns()) {
            assert!(column.statistics().is_none());
            assert!(column.column_index_offset().is_none());
            assert!(column.bloom_filter_offset().is_none());
        }
    }
    let logs: Vec<_> = site.files().await.into_iter().filter(|path| is_log(path)).collect();
    let is_checkpoint = |path: &&String| path.contains("checkpoint.parquet");
    assert_eq!(logs.iter().filter(is_checkpoint).count(), 5);
    for log in &logs {
        if log.ends_with(".json") {
            let text = String::from_utf8(site.read(log).await.to_vec()).unwrap();
            assert!(!text.contains("minValues") && !text.contains("numRecords"), "{text}");
        }
    }
    for needle in ["canary", "zebra", "minValues\":", "numRecords\":"] {
        let hits: Vec<_> =
            site.hunt(needle).await.into_iter().filter(|path| is_log(path)).collect();
        assert!(hits.is_empty(), "{needle} in {hits:?}");
    }

    let lake = site.open().await;
    assert_eq!(rows(&lake.head().await.unwrap(), Table::Items).await.len(), 57);
    let mut writer = lake.writer().await.unwrap();
    let erasure = Erasure { members: vec![member(1)], ..Erasure::default() };
    let evidence = writer.erase(&erasure, AT).await.unwrap();
    assert_eq!(evidence.files_rewritten.iter().filter(|f| f.table == Table::Items).count(), 53);
    assert!(site.hunt("zebra").await.is_empty());
}

async fn a_scan_reports_no_extremes(at: At) {
    let (_site, lake) = at.fresh().await;
    fill(&lake, 0..25).await;
    let provider = lake.table(Table::Items).await.unwrap();
    let session = datafusion::prelude::SessionContext::new();
    let plan = provider.scan(&session.state(), None, &[], None).await.unwrap();
    let statistics =
        StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new()).unwrap();
    let names: Vec<_> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    for (name, column) in names.iter().zip(&statistics.column_statistics) {
        if name != "range" {
            assert!(column.min_value.get_value().is_none(), "{name}");
            assert!(column.max_value.get_value().is_none(), "{name}");
        }
    }
}

in_both!(neither_footers_nor_logs_nor_checkpoints_hold_statistics, a_scan_reports_no_extremes,);
