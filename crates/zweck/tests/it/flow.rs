use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    network,
    run::{Place, Ran, ZWECK},
};

#[test]
fn refused_rows_are_told_and_change_the_exit_code() {
    let place = Place::new();
    let good =
        r#"{"event":"e1","kind":"member","member":"m1","at":"2020-01-01T00:00:00Z","name":"Ada"}"#;
    place.write("events.ndjson", format!("{good}\nnot an event\n"));
    let ran = place.run("import events.ndjson --refused refused.ndjson");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stdout.contains("events.ndjson:2"), "{}", ran.stdout);
    let refused = std::fs::read_to_string(place.path().join("refused.ndjson")).unwrap();
    let row: Value = serde_json::from_str(refused.trim()).unwrap();
    assert_eq!((&row["line"], &row["reason"]), (&2.into(), &"not json".into()));
    let shown = place.json("member show platform:m1");
    assert_eq!(shown["account"]["member"], 0);
}

#[test]
fn without_a_state_nothing_is_made() {
    let place = Place::new();
    for line in ["member list", "removal run", "corpus list", "gate report --purpose talent"] {
        let ran = place.run(line);
        assert_eq!(ran.code, 1, "{line}");
        assert!(ran.stderr.contains("there is no state in `./zweck-state`"), "{}", ran.stderr);
        assert!(!place.path().join("zweck-state").exists(), "{line}");
    }
}

#[test]
fn a_corpus_is_built_and_follows_an_objection_and_an_erasure() {
    let (place, network) = network::ready(120);
    let built = place.json("corpus build assistants --purpose generative-ai");
    assert_eq!(built["is_sealed"], true);
    place.ok("corpus verify assistants");
    let documents = |place: &Place| {
        let listed = place.json("corpus list");
        listed["corpora"][0]["documents"].as_u64().unwrap()
    };
    let before = documents(&place);
    assert!(before > 0);
    let held = |id: &str| {
        let shown = place.json(&format!("member show demo:{id}"));
        shown["holders"][0]["rows"].as_u64().unwrap_or(0)
    };
    let mut holding =
        network.members().iter().map(|one| &one.external_id).filter(|id| held(id) > 0);
    let (objector, erased) = (holding.next().unwrap(), holding.next().unwrap());

    place.ok(&format!("choose --member demo:{objector} --purpose generative-ai refuse"));
    let open = place.json("removal list");
    assert_eq!(open["removals"][0]["cause"], "objection");
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "{run}");
    assert_eq!(held(objector), 0);
    place.ok("corpus verify assistants");
    assert!(documents(&place) < before);

    let refused = place.run(&format!("member erase demo:{erased}"));
    assert_eq!(refused.code, 1, "an erasure needs --yes");
    place.ok(&format!("member erase demo:{erased} --yes"));
    assert_eq!(held(erased), 0);
    place.ok("corpus verify assistants");
    let shown = place.json(&format!("member show demo:{erased}"));
    assert_eq!(shown["account"]["status"], "erased");
    assert_eq!(place.json("removal list")["removals"].as_array().unwrap().len(), 0);
}

#[test]
fn an_explanation_names_the_reason() {
    let (place, network) = network::ready(60);
    let member = &network.members()[0].external_id;
    place.ok(&format!("choose --member demo:{member} --purpose generative-ai refuse"));
    let told = place.ok(&format!("gate explain --member demo:{member} --purpose generative-ai"));
    assert!(told.contains("objected: You said no to this use."), "{told}");
    let report = place.json("gate report --purpose generative-ai");
    let tables = report["accounting"]["tables"].as_object().unwrap();
    for (name, counts) in tables {
        let left_out: u64 =
            counts["left_out"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        let kept = counts["kept"].as_u64().unwrap();
        assert_eq!(counts["rows_in"].as_u64().unwrap(), kept + left_out, "{name}");
    }
}

#[test]
fn an_explanation_counts_every_row_of_a_member_by_kind_and_reason() {
    let (place, network) = network::ready(25);
    place.ok("corpus build assistants --purpose generative-ai");
    let explain = |member: &str| {
        place.json(&format!("gate explain --member demo:{member} --purpose generative-ai"))
    };
    let count = |told: &Value, key: &str| -> u64 {
        let rows = told["rows"].as_array().unwrap().iter();
        rows.map(|counts| counts[key].as_u64().unwrap()).sum()
    };
    let (mut rows, mut permitted) = (0, 0);
    for member in network.members() {
        let told = explain(&member.external_id);
        for counts in told["rows"].as_array().unwrap() {
            let refused = counts["refused"].as_array().unwrap().iter();
            let refused: u64 = refused.map(|alike| alike["rows"].as_u64().unwrap()).sum();
            let kept = counts["permitted"].as_u64().unwrap();
            assert_eq!(kept + refused, counts["rows"].as_u64().unwrap(), "{told}");
        }
        let held = told["held"].as_array().unwrap();
        assert!(held.iter().all(|held| !held["rows"].as_array().unwrap().is_empty()), "{told}");
        rows += count(&told, "rows");
        permitted += count(&told, "permitted");
    }
    let report = place.json("gate report --purpose generative-ai");
    let tables = report["accounting"]["tables"].as_object().unwrap().values();
    let of_tables =
        |key: &str| -> u64 { tables.clone().map(|counts| counts[key].as_u64().unwrap()).sum() };
    assert_eq!((rows, permitted), (of_tables("rows_in"), of_tables("kept")));

    let member = &network.members()[0].external_id;
    let told = place.ok(&format!("gate explain --member demo:{member} --purpose generative-ai"));
    assert!(told.contains("--item KIND:EXTERNAL-ID tells of one row."), "{told}");
    place.ok(&format!("choose --member demo:{member} --purpose generative-ai refuse"));
    place.ok("removal run");
    let told = explain(member);
    assert_eq!((count(&told, "permitted"), told["held"].as_array().unwrap().len()), (0, 0));
}

#[test]
fn choices_of_a_file_keep_their_instants() {
    let (place, network) = network::ready(60);
    let [one, two] = [&network.members()[1].external_id, &network.members()[2].external_id];
    place.write(
        "opt-outs.csv",
        format!(
            "member,purpose,answer,said_at,category,source\n\
             demo:{one},generative-ai,refuse,2025-10-01T08:00:00Z,,\"letter, by post\"\n\
             demo:{two},generative-ai,refuse,2025-10-02,comments,\n\
             demo:nobody,generative-ai,refuse,2025-10-02,,\n\
             demo:{two},generative-ai,perhaps,2025-10-02,,\n\
             demo:{two},generative-ai,refuse,,,\n"
        ),
    );
    let ran = place.run("--json choose --from opt-outs.csv");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["recorded"], 2);
    let lines: Vec<_> =
        told["refused"].as_array().unwrap().iter().map(|one| &one["line"]).collect();
    assert_eq!(lines, [4, 5, 6], "{told}");
    let shown = place.json(&format!("member show demo:{two}"));
    let choice = &shown["choices"][0];
    assert_eq!(choice["said_at"], "2025-10-02T00:00:00Z");
    assert_eq!((&choice["scope"], &choice["answer"]), (&"comments".into(), &"refuse".into()));
}

#[test]
fn a_choice_that_says_two_things_is_none() {
    let (place, network) = network::ready(60);
    let member = &network.members()[1].external_id;
    let said = format!(
        r#"{{"member":"demo:{member}","purpose":"generative-ai","said_at":"2025-10-01","answer":"refuse","answer":"allow"}}"#
    );
    place.write("twice.ndjson", said);
    let row = format!("demo:{member},generative-ai,2025-10-01,refuse,allow\n");
    place.write("twice.csv", format!("member,purpose,said_at,answer,answer\n{row}"));
    for (file, why) in [("twice.ndjson", "a key stands twice"), ("twice.csv", "`answer` twice")] {
        let ran = place.run(&format!("--json choose --from {file}"));
        assert_eq!(ran.code, 3, "{file}: {}", ran.stderr);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told["recorded"], 0, "{told}");
        assert!(told["refused"][0]["why"].as_str().unwrap().contains(why), "{told}");
    }
}

#[test]
fn every_line_of_standard_input_is_answered_in_order() {
    let (place, network) = network::ready(60);
    let member = &network.members()[3].external_id;
    let mut child = place
        .command(["choose", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let good = format!(r##"{{"member":"demo:{member}","purpose":"talent","answer":"refuse"}}"##);
    let by_number = r##"{"member":"#4","purpose":"talent","answer":"allow","category":"skills"}"##;
    let bad = r#"{"member":"demo:nobody","purpose":"talent","answer":"refuse"}"#;
    let lines = [good.as_str(), "nonsense", bad, by_number, &good];
    child.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let answers: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let places: Vec<_> = answers.iter().map(|answer| answer["line"].as_u64().unwrap()).collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    let is_refused: Vec<_> = answers.iter().map(|one| one.get("refused").is_some()).collect();
    assert_eq!(is_refused, [false, true, true, false, false]);
    assert_eq!(answers[0]["fact"], answers[4]["fact"], "the same said again is the same fact");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = Place::new();
    let mut child = Command::new(ZWECK)
        .args(["policy", "table", "2025-11-03"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_non_member_is_masked_too() {
    let place = Place::new();
    let events = [
        r#"{"event":"e1","kind":"member","member":"m1","at":"2020-01-01T00:00:00Z","name":"Ada Byron","region":"US","age":"adult","status":"active"}"#,
        r#"{"event":"e2","kind":"post","member":"m1","at":"2020-01-01T00:00:00Z","id":"p1","text":"Met Erika Muster yesterday.","visibility":"public","created":"2020-01-01T00:00:00Z"}"#,
        r#"{"event":"e3","kind":"post","member":"m1","at":"2020-01-01T00:00:00Z","id":"p2","text":"昨天和李小龙说过。","visibility":"public","created":"2020-01-01T00:00:00Z"}"#,
    ];
    place.write("events.ndjson", events.join("\n"));
    place.ok("import events.ndjson");
    place.ok("policy apply 2024-11-20");
    place.ok("notice --policy-version 2024-11-20 --region * --delivered-at 2024-10-15");
    place.ok("corpus build small --purpose generative-ai");
    let mut object = place.command(["object", "--purpose", "generative-ai"]);
    let names = ["--name", "Erika Muster", "--name", "李小龙", "--name", "Erika"];
    let ran = Ran::of(object.args(names).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("1 name is one word"), "{}", ran.stdout);
    let run = place.json("removal run");
    assert_eq!(run["holders"][0]["release"]["rows_redacted"], 2, "{run}");
}

#[test]
fn a_row_that_reveals_something_is_refused_and_the_terms_are_told() {
    let place = Place::new();
    let events = [
        r#"{"event":"e1","kind":"member","member":"m1","at":"2020-01-01T00:00:00Z","name":"Ada Byron","region":"US","age":"adult","status":"active"}"#,
        r#"{"event":"e2","kind":"post","member":"m1","at":"2020-01-01T00:00:00Z","id":"p1","text":"Two years ago I was diagnosed with breast cancer.","visibility":"public","created":"2020-01-01T00:00:00Z"}"#,
    ];
    place.write("events.ndjson", events.join("\n"));
    let import = place.ok("import events.ndjson --source demo");
    assert!(import.contains("1 row that reveals special categories of data"), "{import}");
    place.ok("policy apply 2024-11-20");
    let explained =
        place.ok("gate explain --member demo:m1 --purpose generative-ai --item post:p1");
    assert!(explained.contains("sensitive:"), "{explained}");
    assert!(explained.contains("It reveals health, by these terms:"), "{explained}");
    let told = place.json("gate explain --member demo:m1 --purpose generative-ai --item post:p1");
    assert_eq!(told["decisions"][0]["reveals"]["category"], "health", "{told}");
}

#[test]
fn a_corpus_is_described_and_nothing_is_written_over() {
    let (place, _) = network::ready(60);
    place.ok("corpus build assistants --purpose generative-ai");
    place.write("provider.toml", "name = \"A network\"\nmodel = { en = \"One\", de = \"Eins\" }\n");
    let described = "corpus describe assistants --to description --provider provider.toml";
    let told = place.json(described);
    assert!(told["documents"].as_u64() > Some(20), "{told}");
    let read =
        |file: &str| fs::read_to_string(place.path().join("description").join(file)).unwrap();
    for file in told["files"].as_array().unwrap() {
        let file = file.as_str().unwrap();
        let content = read(file);
        assert_eq!(content.starts_with("<svg"), file.ends_with(".svg"), "{file}");
        assert!(!content.contains("NaN"), "{file}");
    }
    assert!(read("training-content-summary.de.md").contains("Eins"));
    let again = place.run(described);
    assert_eq!(again.code, 1, "{}", again.stdout);
    assert!(again.stderr.contains("`description` is not empty"), "{}", again.stderr);
    place.write("provider.toml", "nmae = \"A network\"\n");
    let wrong = place.run("corpus describe assistants --to other --provider provider.toml");
    assert!(wrong.stderr.contains("unknown field `nmae`"), "{}", wrong.stderr);
}

#[test]
fn a_left_over_file_is_found() {
    let (place, _) = network::ready(60);
    place.ok("corpus build assistants --purpose generative-ai");
    place.write("zweck-state/corpora/assistants/train/left-over.parquet", "anything");
    let ran = place.run("--json corpus verify assistants");
    assert_eq!(ran.code, 4, "{}{}", ran.stdout, ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(found["findings"][0]["code"], "file-unexpected", "{found}");
    let none = place.run("corpus verify nothing");
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("there is no corpus `nothing`"), "{}", none.stderr);
}

#[test]
fn a_corpus_with_a_damaged_manifest_is_named_and_stands_in_no_others_way() {
    let (place, network) = network::ready(60);
    for name in ["aa", "se", "zz"] {
        place.ok(&format!("corpus build {name} --purpose generative-ai"));
    }
    place.write("zweck-state/corpora/se/manifest.json", "{\n");
    let member = &network.members()[1].external_id;
    place.ok(&format!("choose --member demo:{member} --purpose generative-ai refuse"));
    let ran = place.run("removal run");
    assert_eq!(ran.code, 5, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("se.1 has not released"), "{}", ran.stdout);
    let discard = "`zweck corpus discard se --yes`";
    assert!(ran.stdout.replace("\n  ", " ").contains(discard), "{}", ran.stdout);
    let listed = place.json("corpus list");
    let of = |key: &str| -> Vec<_> {
        let corpora = listed["corpora"].as_array().unwrap().iter();
        corpora.map(|one| one[key].clone()).collect()
    };
    assert_eq!(of("is_behind"), [false, true, false], "{listed}");
    assert!(of("fault")[1].as_str().unwrap().contains(discard), "{listed}");
    assert!(place.ok("corpus list").contains("the manifest of corpus `se` cannot be read"));
    let shown = place.run("corpus show se");
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("a removal waits for it"), "{}", shown.stdout);
    assert!(shown.stdout.contains("cannot be read (hint: "), "{}", shown.stdout);
    assert!(!shown.stdout.contains("It has not been sealed"), "{}", shown.stdout);
    let built = place.run("corpus build se --purpose generative-ai");
    assert_eq!(built.code, 1);
    assert!(built.stderr.contains(&format!("or {discard}")), "{}", built.stderr);
    let verified = place.run("corpus verify se");
    assert_eq!(verified.code, 4);
    assert!(verified.stdout.contains("manifest-unreadable"), "{}", verified.stdout);
    assert!(verified.stdout.replace("\n  ", " ").contains(discard), "{}", verified.stdout);
    place.ok("corpus discard se --yes");
    place.ok("removal run");
}

#[test]
fn a_corpus_whose_files_are_gone_is_said_to_have_been_sealed() {
    let (place, _) = network::ready(60);
    place.ok("corpus build se --purpose generative-ai");
    std::fs::remove_dir_all(place.path().join("zweck-state/corpora/se")).unwrap();
    let shown = place.run("corpus show se");
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("corpus `se` is sealed as holder"), "{}", shown.stdout);
    assert!(shown.stdout.contains("corpora/se/manifest.json"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("It has not been sealed"), "{}", shown.stdout);
    let verified = place.run("corpus verify se");
    assert_eq!(verified.code, 4, "{}", verified.stderr);
    assert!(verified.stdout.contains("there is no manifest"), "{}", verified.stdout);
    assert!(verified.stdout.contains("corpora/se/manifest.json`"), "{}", verified.stdout);
}

#[test]
fn a_damaged_lake_is_found_when_a_corpus_is_verified() {
    let (place, _) = network::ready(60);
    place.ok("corpus build se --purpose generative-ai");
    let lake = place.path().join("zweck-state/lake");
    let codes = || -> Vec<String> {
        let ran = place.run("--json corpus verify se");
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        let findings = found["findings"].as_array().unwrap();
        assert_eq!((ran.code, findings.is_empty()), (4, false), "{found}");
        findings.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let files = std::fs::read_dir(lake.join("items/range=0")).unwrap();
    let file = files.map(|entry| entry.unwrap().path()).max().unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let mut flipped = bytes.clone();
    flipped[3000] = !bytes[3000];
    std::fs::write(&file, flipped).unwrap();
    assert_eq!(codes()[0], "lake-file");
    std::fs::write(&file, bytes).unwrap();
    place.ok("corpus verify se");
    let versions = std::fs::read_dir(lake.join("_versions")).unwrap();
    let newest = versions.map(|entry| entry.unwrap().path()).max().unwrap();
    std::fs::remove_file(newest).unwrap();
    assert_eq!(codes()[0], "lake-versions");
}
