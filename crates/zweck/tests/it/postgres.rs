//! The real binary with its facts in PostgreSQL; each test has a server of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::fs::PermissionsExt,
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use testkit::{Network, NetworkSize, PostgresServer};

use crate::{
    kill::lose_no_acknowledged_choice,
    network,
    run::{Place, Ran},
};

const BUILD: &str = "corpus build assistants --purpose generative-ai --shards 2 --slices 2";
const REPORT: &str = "gate report --purpose generative-ai";

/// A place whose facts go into a database.
struct OnServer {
    server: PostgresServer,
    place: Place,
    /// Of the server; goes last.
    _folder: TempDir,
}

impl OnServer {
    /// A place with a server of its own; `None`, and a line about it, where none is installed.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn new() -> Option<Self> {
        let Some(programs) = PostgresServer::installed() else {
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let server = PostgresServer::start(programs, &folder.path().join("server"), &[]).unwrap();
        let (place, url) = (Place::new(), server.make_database("facts").unwrap());
        let all = Self { server, place, _folder: folder };
        all.configure("zweck.toml", &url);
        Some(all)
    }

    fn configure(&self, name: &str, url: &str) {
        let text = format!("[store]\nurl = \"{url}\"\n\n[retention]\nposts = \"50 years\"\n");
        self.place.write(name, text);
    }

    fn file_of_facts(&self, state: &str) -> bool {
        self.place.path().join(state).join("store.sqlite").exists()
    }

    /// A command that has to fail, and what it says.
    fn refused(&self, line: &str) -> String {
        let Ran { code, stdout, stderr } = self.place.run(line);
        assert_eq!(code, 1, "zweck {line}\n{stdout}{stderr}");
        stderr
    }
}

fn network() -> Network {
    Network::generate(NetworkSize::of_members(60), 7)
}

#[test]
fn from_the_import_to_the_removal_and_through_a_backup_the_facts_are_in_postgresql() {
    let Some(here) = OnServer::new() else { return };
    let place = &here.place;
    network::fill(place, &network());
    place.ok(BUILD);
    place.ok("corpus verify assistants");
    let held = place.json("corpus show assistants")["holders"][0]["pending"].clone();
    assert_eq!(held, false);
    place.ok("choose --member #3 --purpose generative-ai refuse");
    assert_eq!(place.json("removal run")["still_open"], 0);
    place.ok("corpus verify assistants");
    place.ok("backup backup");
    place.ok("member erase #4 --yes");
    place.ok("choose --member #5 --purpose generative-ai refuse");
    assert_eq!(place.json("removal run")["still_open"], 0);
    let verified = place.json("corpus verify assistants");
    assert_eq!(verified["findings"].as_array().unwrap().len(), 0, "{verified}");
    assert!(verified["checked"]["facts"].as_u64().unwrap() > 60, "{verified}");
    for line in ["retention run", "keys list", "holder list", "lake compact", "log show"] {
        place.ok(line);
    }
    assert!(place.ok("upgrade").contains("there is nothing to do"));
    assert!(!here.file_of_facts("zweck-state"));

    let last = place.json("journal verify")["last"].clone();
    let count = here.server.ask("facts", "SELECT last_sequence FROM fact_counter").unwrap();
    assert_eq!(last.to_string(), count);
    let gapless = "SELECT count(DISTINCT sequence) FROM (SELECT sequence FROM account_facts \
                   UNION ALL SELECT sequence FROM choices UNION ALL SELECT sequence FROM notices \
                   UNION ALL SELECT sequence FROM applied_policies UNION ALL SELECT sequence \
                   FROM documents UNION ALL SELECT sequence FROM removals WHERE is_fact) AS facts";
    assert_eq!(here.server.ask("facts", gapless).unwrap(), count);
    brings_the_backup_back(&here, "a-file", None);
    let url = here.server.make_database("restored").unwrap();
    brings_the_backup_back(&here, "a-database", Some(&url));

    let forged = "UPDATE holders SET manifest_hash = 'other' WHERE manifest_hash IS NOT NULL";
    here.server.ask("facts", forged).unwrap();
    let found = place.run("corpus verify assistants");
    assert_eq!(found.code, 4, "a forged database is found out: {}{}", found.stdout, found.stderr);
}

/// Restores into a file or another database, and holds the two systems against each other.
fn brings_the_backup_back(here: &OnServer, state: &str, url: Option<&str>) {
    let (place, config) = (&here.place, format!("{state}.toml"));
    match url {
        Some(url) => here.configure(&config, url),
        None => drop(place.write(&config, "")),
    }
    let there = format!("--state {state} --config {config}");
    let from = "restore backup --journal zweck-state-journal --keys zweck-state/keys";
    place.ok(&format!("{there} {from}"));
    // The state knows by itself where its facts are, whatever the backup's configuration says.
    place.ok(&format!("--state {state} member list"));
    assert_eq!(here.file_of_facts(state), url.is_none());
    assert_eq!(place.json(&format!("{there} removal run"))["still_open"], 0);
    place.ok(&format!("{there} corpus verify assistants"));
    for line in ["member list --limit 500", "member show #3", "member show #5", REPORT] {
        assert_eq!(place.json(&format!("{there} {line}")), place.json(line), "{line}");
    }
    // It goes on from here, with keys of its own for what the database counts.
    place.ok(&format!("{there} choose --member #6 --purpose generative-ai refuse"));
    assert_eq!(place.json(&format!("{there} removal run"))["still_open"], 0);
    place.ok(&format!("{there} import events.ndjson --source demo"));
}

/// Each line is a choice of a member by number, said at an instant of its own.
fn choice(member: u32) -> String {
    format!("{{\"member\":\"#{member}\",\"purpose\":\"talent\",\"answer\":\"refuse\"}}\n")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "measures how long a command takes")]
fn a_server_that_is_lost_refuses_no_choice_and_ends_the_command_soon() {
    let Some(here) = OnServer::new() else { return };
    network::fill(&here.place, &network());
    let OnServer { server, place, _folder } = here;
    let mut choose = place.command(["choose", "--stdin"]);
    let choose = choose.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut choose = choose.spawn().unwrap();
    let mut lines = choose.stdin.take().unwrap();
    let mut answers = BufReader::new(choose.stdout.take().unwrap());
    let mut answer = String::new();
    lines.write_all(choice(1).as_bytes()).unwrap();
    answers.read_line(&mut answer).unwrap();
    assert!(answer.contains("\"fact\""), "{answer}");
    drop(server);
    let lost = Instant::now();
    lines.write_all((2..5).map(choice).collect::<String>().as_bytes()).unwrap();
    let mut more = String::new();
    answers.read_to_string(&mut more).unwrap();
    assert_eq!(more, "", "nobody is answered");
    let ended = choose.wait_with_output().unwrap();
    assert!(lost.elapsed() < Duration::from_secs(25), "{:?}", lost.elapsed());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("the store `postgres://") && said.contains("` failed"), "{said}");
    drop(lines);

    let from_file = place.write("choices.ndjson", choice(2));
    let ran = place.run(&format!("choose --from {}", from_file.display()));
    assert_eq!(ran.code, 1, "{}", ran.stdout);
}

#[test]
fn a_choice_that_postgresql_acknowledged_survives_kill_9() {
    let Some(here) = OnServer::new() else { return };
    let network = network();
    network::fill(&here.place, &network);
    lose_no_acknowledged_choice(&here.place, &network);
    let count = here.server.ask("facts", "SELECT last_sequence FROM fact_counter").unwrap();
    assert_eq!(here.place.json("journal verify")["last"].to_string(), count);
}

#[test]
fn one_database_is_of_one_state_and_one_state_of_one_database() {
    let Some(here) = OnServer::new() else { return };
    let place = &here.place;
    place.ok("policy apply 2025-11-03");
    let said = here.refused("--state other policy apply 2025-11-03");
    assert!(said.contains("holds the facts of another system"), "{said}");
    assert!(said.contains("hint: each state needs a database of its own"), "{said}");
    assert_eq!(place.json("journal verify")["last"], 1, "and nothing was recorded");

    place.write("none.toml", "");
    let said = here.refused("--config none.toml policy apply 2025-11-03");
    assert!(said.contains("zweck.toml names none"), "{said}");
    assert!(said.contains("hint: [store] with its url"), "{said}");
    here.configure("elsewhere.toml", &here.server.make_database("elsewhere").unwrap());
    let said = here.refused("--config elsewhere.toml policy apply 2025-11-03");
    assert!(said.contains("are in the database") && said.contains("/elsewhere`"), "{said}");

    place.ok("--state in-a-file --config none.toml policy apply 2025-11-03");
    let said = here.refused("--state in-a-file --config elsewhere.toml policy list");
    assert!(said.contains("are in its store.sqlite"), "{said}");
    let said = here.refused("demo --members 50");
    assert!(
        said.contains("a demo stays in its folder, and `[store] url` names a database"),
        "{said}"
    );

    // The facts of a state that lost its database are not begun anew.
    here.server.ask("postgres", "DROP DATABASE facts").unwrap();
    here.server.make_database("facts").unwrap();
    let said = here.refused("policy apply 2025-11-03");
    assert!(said.contains("there are no facts in the database"), "{said}");
}

#[test]
fn a_server_that_cannot_be_used_is_said_so_with_a_hint() {
    let Some(here) = OnServer::new() else { return };
    let place = &here.place;
    let line = "policy apply 2025-11-03";
    here.configure("zweck.toml", "postgres://zweck@127.0.0.1:1/facts");
    let said = here.refused(line);
    assert!(said.contains("hint: is the server running there?"), "{said}");
    here.configure("zweck.toml", &here.server.url("nowhere"));
    assert!(here.refused(line).contains("hint: `createdb` makes the database"));
    here.configure("zweck.toml", "mysql://zweck@127.0.0.1/facts");
    assert!(here.refused(line).contains("hint: `postgres://user@host/database`"));

    here.server.add_guarded("open sesame").unwrap();
    here.server.ask("facts", "GRANT CREATE ON SCHEMA public TO guarded").unwrap();
    let url = here.server.guarded_url("facts");
    here.configure("zweck.toml", &url);
    let said = here.refused(line);
    assert!(said.contains("password_file in [store] or PGPASSWORD the password"), "{said}");
    let secret = place.write("secret", "open sesame\n");
    let text = format!("[store]\nurl = \"{url}\"\npassword_file = {secret:?}\n");
    place.write("zweck.toml", text);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(here.refused(line).contains("is open to others, mode 644"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    place.ok(line);
    here.configure("zweck.toml", &url);
    let mut by_environment = place.command(["policy", "list"]);
    let by_environment = by_environment.env("PGPASSWORD", "open sesame").output().unwrap();
    assert!(by_environment.status.success(), "{by_environment:?}");
}

#[test]
fn a_database_of_an_earlier_version_is_upgraded_and_kept_as_it_was() {
    let Some(here) = OnServer::new() else { return };
    let place = &here.place;
    network::fill(place, &network());
    let shown = place.json(REPORT);
    let older = "DROP TABLE feed_positions; DROP TABLE feed_orders; \
                 ALTER TABLE permits DROP COLUMN reads; \
                 DELETE FROM seaql_migrations WHERE version >= '0026'";
    here.server.ask("facts", older).unwrap();
    assert!(here.refused(REPORT).contains("hint: `zweck upgrade`"));
    let upgraded = place.json("upgrade");
    assert_eq!(upgraded["steps"].as_array().unwrap().len(), 4, "{upgraded}");
    assert!(upgraded["copy"].as_str().unwrap().starts_with("schema before_upgrade of postgres://"));
    assert_eq!(place.json(REPORT), shown);
    let counted = |schema: &str| {
        here.server.ask("facts", &format!("SELECT count(*) FROM {schema}.account_facts")).unwrap()
    };
    assert_eq!(counted("before_upgrade"), counted("public"));
    here.server.ask("facts", "DROP TABLE feed_positions").unwrap();
    here.server
        .ask("facts", "DELETE FROM seaql_migrations WHERE version = '0027_feed_positions'")
        .unwrap();
    let said = here.refused("upgrade");
    assert!(said.contains("DROP SCHEMA before_upgrade CASCADE"), "{said}");
}
