//! Holders that are not ours: given rows, asked for them, and believed only with evidence.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    network,
    run::{NOW, Place, ZWECK, root},
};

/// A place with a corpus and a holder elsewhere that was given it, and a member whose rows left.
struct Given {
    place: Place,
    /// Members of whom something left, by their external ids.
    members: Vec<String>,
}

fn given() -> Given {
    let (place, network) = network::ready(120);
    place.ok("corpus build assistants --purpose generative-ai --shards 2 --slices 2");
    let registered =
        place.json("holder register trainer --corpus assistants --what job --location x");
    assert_eq!(registered["purpose"], "generative-ai");
    let export =
        place.json("corpus export assistants --holder trainer --to one --compression gzip");
    assert_eq!(export["export"], 1);
    let held = |id: &str| {
        let shown = place.json(&format!("member show demo:{id}"));
        let holders = shown["holders"].as_array().unwrap().iter();
        holders.filter(|holder| holder["holder"] == "trainer").count() > 0
    };
    let ids = network.members().iter().map(|one| one.external_id.clone());
    let members = ids.filter(|id| held(id)).take(3).collect();
    Given { place, members }
}

impl Given {
    fn refuse(&self, member: usize) {
        let member = &self.members[member];
        self.place.ok(&format!("choose --member demo:{member} --purpose generative-ai refuse"));
    }

    /// Runs the removals, and returns the JSON and the exit code.
    fn removals(&self) -> (Value, i32) {
        let ran = self.place.run("--json removal run");
        (serde_json::from_str(&ran.stdout).unwrap(), ran.code)
    }

    /// The lines of evidence for every row of an export.
    fn documents(&self, export: &str) -> String {
        let mut lines = String::new();
        for entry in fs::read_dir(self.place.path().join(export).join("data")).unwrap() {
            let path = entry.unwrap().path();
            let text = Command::new("gzip").arg("-dc").arg(&path).output().unwrap().stdout;
            for line in String::from_utf8(text).unwrap().lines() {
                let row: Value = serde_json::from_str(line).unwrap();
                let text = sha256(row["text"].as_str().unwrap());
                lines += &format!("{} {text}\n", row["document"].as_str().unwrap());
            }
        }
        lines
    }

    /// Writes evidence, and returns what `holder release` says of it.
    fn release(&self, change: impl FnOnce(&mut Value), documents: &str) -> crate::run::Ran {
        let model = b"weights";
        self.place.write("model.pt", model);
        self.place.write("documents.txt", documents);
        let mut claim = json!({
            "format": 1, "holder": "trainer", "export": 2, "deleted": [1],
            "artefacts": [{ "path": "model.pt", "bytes": 7, "sha256": sha256("weights") }],
            "documents": "documents.txt",
        });
        change(&mut claim);
        self.place.write("evidence.json", claim.to_string());
        self.place.run("--json holder release trainer --evidence evidence.json")
    }
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn nothing_leaves_without_a_holder_that_is_registered_for_it() {
    let (place, _) = network::ready(60);
    place.ok("corpus build assistants --purpose generative-ai");
    place.ok("corpus build others --purpose generative-ai");
    place.ok("holder register trainer --corpus assistants --what job --location x");
    for (line, code, says) in [
        ("corpus export assistants --to out", 2, "--holder"),
        (
            "corpus export assistants --holder nobody --to out",
            1,
            "no holder `nobody` is registered",
        ),
        ("corpus export others --holder trainer --to out", 1, "is registered for the corpus"),
        (
            "holder register trainer --corpus others --what job --location x",
            1,
            "registered already",
        ),
        ("holder register ../x --corpus others --what job --location x", 1, "is no name"),
        ("holder register other --corpus none --what job --location x", 1, "no corpus `none`"),
    ] {
        let ran = place.run(line);
        assert_eq!(ran.code, code, "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{line}: {}", ran.stderr);
        assert!(!place.path().join("out").exists(), "{line}");
    }
}

#[test]
fn a_removal_waits_until_a_holder_elsewhere_shows_that_it_let_go() {
    let given = given();
    let (place, member) = (&given.place, &given.members[0]);
    assert!(given.members.len() == 3, "the network is too small");
    place.ok("holder verify trainer");
    let shown = place.json(&format!("member show demo:{member}"));
    let number = shown["account"]["member"].as_i64().unwrap();

    given.refuse(0);
    let ran = place.run("corpus export assistants --holder trainer --to early");
    assert!(ran.stderr.contains("apply the removals first"), "{}", ran.stderr);
    let (run, code) = given.removals();
    assert_eq!((code, &run["waiting"]), (5, &json!(["trainer"])), "{run}");
    let asked = place.json("holder removals trainer");
    let to_go = asked["documents"].as_array().unwrap();
    assert!(to_go.iter().any(|one| one["member"] == number && one["what"] == "remove"), "{asked}");
    for one in to_go.iter().filter(|one| one["member"] == number) {
        assert_eq!((one["corpus"].as_str(), &one["exports"]), (Some("assistants"), &json!([1])));
        assert_eq!(one["removals"].as_array().unwrap().len(), 1, "{one}");
    }
    // what is learned: where the member is in another split, nothing has to be learned again
    let is_learned = to_go.iter().any(|one| one["split"] == "train");
    assert_eq!(!asked["again_from"].as_array().unwrap().is_empty(), is_learned);

    place.ok("corpus export assistants --holder trainer --to two --compression gzip");
    let (old, new) = (given.documents("one"), given.documents("two"));
    let refused = [
        (given.release(|_| {}, &old), "is not in export 2"),
        (given.release(|claim| claim["export"] = json!(1), &old), "the newest one"),
        (given.release(|claim| claim["deleted"] = json!([]), &new), "nothing is left of export 1"),
        (given.release(|claim| claim["holder"] = json!("other"), &new), "of the holder `other`"),
        (given.release(|claim| claim["artefacts"] = json!([]), &new), "names no artefact"),
        (
            given.release(|claim| claim["artefacts"][0]["bytes"] = json!(8), &new),
            "has 7 bytes, not 8",
        ),
        (
            given.release(|claim| claim["artefacts"][0]["path"] = json!("../model.pt"), &new),
            "is not below the file that names it",
        ),
        (given.release(|_| {}, &format!("{new}nonsense\n")), "is no name of a document"),
        (
            given.release(|_| {}, &format!("{new}{}\n", new.lines().next().unwrap())),
            "an earlier line",
        ),
        (given.release(|_| {}, &new.replacen("d", "d-", 1)), "is not in export 2"),
        (given.release(|_| {}, &new.replacen("d", "d0", 1)), "is no name of a document"),
        (given.release(|_| {}, "\n"), "lists no document"),
        (given.release(|claim| claim["deleted"] = json!([1, 9]), &new), "never was given"),
        (
            given.release(|claim| claim["documents"] = json!("/dev/zero"), &new),
            "is not below the file that names it",
        ),
        (
            given.release(
                |claim| {
                    let twice = claim["artefacts"][0].clone();
                    claim["artefacts"].as_array_mut().unwrap().push(twice);
                },
                &new,
            ),
            "twice",
        ),
    ];
    for (ran, says) in refused {
        assert_eq!(ran.code, 1, "{says}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    }
    assert_eq!(given.removals().1, 5, "a release that was refused has changed nothing");

    std::os::unix::fs::symlink("/etc/hostname", place.path().join("link")).unwrap();
    let ran = given.release(|claim| claim["artefacts"][0]["path"] = json!("link"), &new);
    assert!(ran.stderr.contains("is not below the file that names it"), "{}", ran.stderr);

    let released = given.release(|_| {}, &new);
    assert_eq!(released.code, 0, "{}", released.stderr);
    let (run, code) = given.removals();
    assert_eq!((code, &run["still_open"]), (0, &json!(0)), "{run}");
    place.ok("holder verify trainer");
    place.ok("corpus verify assistants");
    let shown = place.json(&format!("member show demo:{member}"));
    assert_eq!(shown["holders"], json!([]), "{shown}");
    let listed = place.json("holder show trainer");
    assert_eq!(listed["exports"].as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn a_removal_that_changes_nothing_that_it_has_is_followed_by_itself() {
    let (place, network) = network::ready(120);
    place.ok("corpus build assistants --purpose generative-ai");
    place.ok("holder register idle --corpus assistants --what index --location x");
    let member = &network.members()[0].external_id;
    place.ok(&format!("choose --member demo:{member} --purpose generative-ai refuse"));
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "it was given nothing: {run}");
    place.ok("corpus export assistants --holder idle --to one");
    place.ok(&format!(
        "choose --member demo:{member} --purpose generative-ai --category posts refuse"
    ));
    let run = place.json("removal run");
    assert_eq!(run["still_open"], 0, "nothing of this member left: {run}");
    place.ok("holder verify idle");
}

#[test]
fn what_is_on_record_of_a_holder_cannot_be_changed_unseen() {
    let given = given();
    let (place, folder) = (&given.place, given.place.path().join("zweck-state/holders/trainer"));
    let verify = || place.run("--json holder verify trainer");
    assert_eq!(verify().code, 0);
    let with = |path: &Path, change: &dyn Fn(Vec<u8>) -> Option<Vec<u8>>| {
        let before = fs::read(path).unwrap();
        match change(before.clone()) {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let (found, removals) = (verify(), place.run("removal run"));
        fs::write(path, before).unwrap();
        (found, removals)
    };
    given.refuse(0);
    place.run("removal run");
    let record: PathBuf = folder.join("exports/1.json");
    let (found, removals) = with(&record, &|_| None);
    assert!(found.stdout.contains("export-record"), "{}", found.stdout);
    assert_eq!((found.code, removals.code), (4, 5), "{}", removals.stdout);
    assert!(removals.stdout.contains("export 1 is not as it was recorded"), "{}", removals.stdout);
    let index = folder.join("exports/1.parquet");
    let (found, removals) = with(&index, &|mut bytes| {
        bytes.truncate(bytes.len() / 2);
        Some(bytes)
    });
    assert!(found.stdout.contains("file-hash"), "{}", found.stdout);
    assert_eq!((found.code, removals.code), (4, 5));
    let found = verify();
    assert!(found.stdout.contains("export-stale"), "it has not let go yet: {}", found.stdout);
    assert_eq!(found.code, 0, "what it has to let go is pending: {}", found.stdout);
}

#[test]
fn a_restored_system_knows_who_was_given_what() {
    let given = given();
    let place = &given.place;
    place.ok("backup backup");
    let copy = |from: &str, to: &str| {
        fs::create_dir(place.path().join(to)).unwrap();
        let file = |folder: &str| place.path().join(folder).join("facts.journal");
        fs::copy(file(from), file(to)).unwrap();
    };
    given.refuse(0);
    copy("zweck-state-journal", "journal-1");
    place.run("removal run");
    place.ok("corpus export assistants --holder trainer --to two");
    copy("zweck-state-journal", "journal-2");

    // what left after the backup is known to have left, although nobody knows any more what it was
    place.ok("--state later restore backup --keys zweck-state/keys --journal journal-2");
    let ran = place.run("--state later removal run");
    assert!(ran.code == 5 && ran.stdout.contains("export 2 is not as it was"), "{}", ran.stdout);
    assert_eq!(place.run("--state later holder verify trainer").code, 4);

    place.ok("--state restored restore backup --keys zweck-state/keys --journal journal-1");
    let ran = place.run("--json --state restored removal run");
    assert!(ran.code == 5 && ran.stdout.contains("trainer"), "{}{}", ran.stdout, ran.stderr);
    let asked = place.json("--state restored holder removals trainer");
    assert!(!asked["documents"].as_array().unwrap().is_empty());
    place.ok("--state restored holder verify trainer");
}

#[test]
fn what_lies_where_an_export_is_to_go_stays() {
    let given = given();
    let place = &given.place;
    fs::create_dir(place.path().join("two.partial")).unwrap();
    place.write("two.partial/mine", "mine");
    fs::create_dir(place.path().join("full")).unwrap();
    place.write("full/mine", "mine");
    std::os::unix::fs::symlink("nowhere", place.path().join("link")).unwrap();
    for (to, says) in
        [("full", "is not empty"), ("link", "is a link"), ("zweck-state/x", "in the state folder")]
    {
        let ran = place.run(&format!("corpus export assistants --holder trainer --to {to}"));
        assert!(ran.code == 1 && ran.stderr.contains(says), "{to}: {}", ran.stderr);
    }
    place.ok("corpus export assistants --holder trainer --to two");
    assert_eq!(place.json("holder show trainer")["exports"].as_array().unwrap().len(), 2);
    assert!(place.path().join("two.partial/mine").exists());
    assert!(place.path().join("two/export.json").exists());
}

#[test]
fn what_an_export_that_was_killed_has_written_goes_with_the_next_command() {
    let given = given();
    let place = &given.place;
    let drafts = || {
        let entries = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "partial")).collect()
    };
    // a process may be done before it is killed
    let draft: PathBuf = (2..12)
        .find_map(|attempt| {
            let export = format!("corpus export assistants --holder trainer --to {attempt}");
            let mut command = place.command(export.split_whitespace());
            let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while running.try_wait().unwrap().is_none() {
                let found: Vec<PathBuf> = drafts();
                if found.iter().any(|draft| draft.join("data").exists()) {
                    running.kill().unwrap();
                    running.wait().unwrap();
                }
            }
            drafts().pop()
        })
        .expect("one of ten exports was killed while it wrote");
    assert!(draft.join("export.json").exists());
    // somebody else's stays, whatever it is called
    let other = place.path().join("other.trainer-2-0123456789ab.partial");
    fs::create_dir(&other).unwrap();
    fs::copy(draft.join("export.json"), other.join("export.json")).unwrap();
    assert_eq!(place.json("removal list")["removals"], json!([]), "no removal asks for it");
    let ran = place.run("removal run");
    assert!(ran.stderr.contains("cut off"), "{}", ran.stderr);
    assert_eq!(drafts(), [other]);
    place.ok("corpus export assistants --holder trainer --to again");
}

#[test]
fn a_holder_is_of_one_build_of_a_corpus() {
    let given = given();
    let place = &given.place;
    place.ok("corpus build assistants --purpose generative-ai --shards 2 --slices 2");
    let ran = place.run("corpus export assistants --holder trainer --to two");
    assert!(ran.code == 1 && ran.stderr.contains("was built anew since"), "{}", ran.stderr);
    place.ok("holder register other --corpus assistants --what job --location x");
    place.ok("corpus export assistants --holder other --to two");
    // the first still has what it was given, and is asked for it
    given.refuse(0);
    assert_eq!(given.removals().0["waiting"], json!(["other", "trainer"]));
    assert!(!place.json("holder removals trainer")["documents"].as_array().unwrap().is_empty());
    place.ok("corpus discard assistants --yes");
    assert_eq!(given.removals().1, 5, "that the corpus is gone lets nobody off");
    for name in ["trainer", "other"] {
        place.ok(&format!("holder retire {name} --note gone --yes"));
    }
    assert_eq!(given.removals().1, 0);
}

#[test]
fn what_has_to_go_is_not_told_from_a_corpus_that_is_lost() {
    let given = given();
    let place = &given.place;
    let manifest = place.path().join("zweck-state/corpora/assistants/manifest.json");
    let kept = fs::read(&manifest).unwrap();
    fs::remove_file(&manifest).unwrap();
    given.refuse(0);
    let (run, code) = given.removals();
    assert_eq!((code, run.get("waiting")), (5, None), "{run}");
    let ran = place.run("holder removals trainer");
    assert!(ran.code == 1 && ran.stderr.contains("its manifest is not at"), "{}", ran.stderr);
    fs::write(&manifest, kept).unwrap();
    assert_eq!(given.removals().0["waiting"], json!(["trainer"]));
}

#[test]
fn a_holder_of_which_nothing_is_left_is_retired() {
    let given = given();
    let place = &given.place;
    given.refuse(0);
    assert_eq!(given.removals().1, 5);
    let ran = place.run("holder retire trainer --note gone");
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    place.ok("holder retire trainer --note gone --yes");
    assert_eq!(given.removals().1, 0);
    assert!(!place.path().join("zweck-state/holders/trainer").exists());
    place.ok("holder register trainer --corpus assistants --what job --location x");
    // what the one before showed is no evidence for this one
    let export = place.json("corpus export assistants --holder trainer --to later");
    assert_eq!(export["export"], 2);
}

/// A Python that has a module, if there is one here.
fn python_with(module: &str) -> Option<&'static str> {
    let has = |python: &&str| {
        let tried = Command::new(python).args(["-c", &format!("import {module}")]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(has)
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_training_job_with_pytorch_registers_learns_forgets_and_shows_it() {
    let Some(python) = python_with("torch") else {
        eprintln!("skipped: no Python with PyTorch (on Debian: apt-get install python3-torch)");
        return;
    };
    let (place, network) = network::ready(120);
    place.ok("corpus build assistants --purpose generative-ai --shards 2 --slices 3");
    let job = root().join("examples/training-job/train.py");
    let train = |what: &str| {
        let state = place.path().join("zweck-state");
        let ran = Command::new(python)
            .arg(&job)
            .args([what, "--holder", "trainer", "--zweck", ZWECK, "--at", NOW, "--models"])
            .arg(place.path().join("models"))
            .arg("--state")
            .arg(state)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        said
    };
    let hashes = || {
        let mut states = Vec::new();
        for shard in 0..2 {
            for slice in 0..3 {
                let path = format!("models/shard-{shard}/after-slice-{slice}.pt");
                states.push(fs::read(place.path().join(path)).ok());
            }
        }
        states
    };
    assert!(train("learn").contains("released up to fact"));
    let before = hashes();
    assert!(before.iter().flatten().count() > 3, "too few slices have documents");
    assert!(train("follow").contains("nothing has to go"));

    // whoever has rows to learn from in the last slices, so that something stays as it is
    let mut ids = network.members().iter().map(|one| &one.external_id);
    let asked = ids.find_map(|id| {
        place.ok(&format!("choose --member demo:{id} --purpose generative-ai refuse"));
        place.run("removal run");
        let asked = place.json("holder removals trainer");
        (!asked["again_from"].as_array().unwrap().is_empty()).then_some(asked)
    });
    let asked = asked.unwrap();
    assert_eq!(place.run("removal run").code, 5);
    let said = train("follow");
    assert!(said.contains("documents have to go"), "{said}");
    assert_eq!(place.run("removal run").code, 0);
    place.ok("holder verify trainer");

    let after = hashes();
    let first = |shard: u64| {
        let of_shard = asked["again_from"].as_array().unwrap().iter();
        let mut of_shard = of_shard.filter(|one| one["split"] == "train" && one["shard"] == shard);
        of_shard.next().map_or(3, |one| one["slice"].as_u64().unwrap())
    };
    for (place, (before, after)) in (0..).zip(before.iter().zip(&after)) {
        let (shard, slice) = (place / 3, place % 3);
        if slice < first(shard) {
            assert_eq!(before, after, "shard {shard}, slice {slice} was not hit");
        }
    }
    assert!(!place.path().join("models/export-1").exists());
}
