use proptest::prelude::*;
use sources::RefusalReason;

use crate::support::{dump, ndjson, read_all, refusals};

/// The refusal of one event with the given keys after the common ones.
fn check(keys: &str) -> String {
    let line = format!(r#"{{"event":"e","member":"m","at":"2026-01-01T00:00:00Z",{keys}}}"#);
    refusals(&mut ndjson(line.as_bytes())).trim().to_owned()
}

#[test]
fn lines_that_are_no_event() {
    let good = r#"{"event":"e","kind":"member","member":"m","at":"2026-01-01","name":"Ann"}"#;
    let input = [
        good.as_bytes(),
        b"{\"kind\": ",
        b"[1, 2]",
        b"\xFF\xFE",
        br#"{"kind": "post", "kind": "message"}"#,
        br#"{"kind": 7}"#,
        br#"{"member": "m"}"#,
        br#"{"kind": "pots"}"#,
        br#"{"kind": "telegram"}"#,
        good.as_bytes(),
    ]
    .join(&b'\n');
    assert_eq!(read_all(&mut ndjson(&input)).len(), 10, "nothing is lost");
    insta::assert_snapshot!(refusals(&mut ndjson(&input)), @r"
    events.ndjson:2 not json (see column 9)
    events.ndjson:3 not json (a line is one JSON object)
    events.ndjson:4 not utf-8 (from byte 1 on; iconv -f LATIN1 -t UTF-8 mends it if it is Latin-1)
    events.ndjson:5 duplicate key (before column 35)
    events.ndjson:6 wrong type (`kind` is a text)
    events.ndjson:7 missing key (`kind` is needed)
    events.ndjson:8 unknown kind (`pots` is unknown; did you mean `post`?)
    events.ndjson:9 unknown kind (`telegram` is unknown; known: member, profile, position, education, skill, post, article, comment, group-post, activity, delete, message, credential, payment, salary, application)
    ");
}

#[test]
fn keys_and_values() {
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":"x","nmae":"y""#), @"events.ndjson:1 unknown key (`nmae` is unknown; did you mean `name`?)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1""#), @"events.ndjson:1 missing key (`name` is needed)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":null"#), @"events.ndjson:1 missing key (`name` is needed)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":7"#), @"events.ndjson:1 wrong type (`name` is a text)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"","name":"x""#), @"events.ndjson:1 bad id (`id` holds 1 to 1,024 bytes)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1 ","name":"x""#), @"events.ndjson:1 bad id (`id` begins or ends with white space)");
    insta::assert_snapshot!(check(r#""kind":"delete","of":"skill","id":"1 ""#), @"");
    insta::assert_snapshot!(check(r#""kind":"member","name":" ""#), @"events.ndjson:1 missing key (`name` is empty: others' texts could not be searched for it)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","id":"2","name":"x""#), @"events.ndjson:1 duplicate key (before column 86)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":"x","visibility":"all""#), @"events.ndjson:1 unknown word (`visibility` is one of public, network, connections, group, private)");
    insta::assert_snapshot!(check(r#""kind":"member","name":"Ann","region":"Germany""#), @"events.ndjson:1 unknown word (`region` is one of the two-letter codes of ISO 3166-1)");
    insta::assert_snapshot!(check(r#""kind":"member","name":"Ann","age":17"#), @"events.ndjson:1 wrong type (`age` is a text)");
    insta::assert_snapshot!(check(r#""kind":"member","name":"Ann","status":"gone""#), @"events.ndjson:1 unknown word (`status` is one of active, restricted, closed)");
    insta::assert_snapshot!(check(r#""kind":"member","name":"Ann","status":"erased""#), @"events.ndjson:1 unknown word (an erasure is asked for by a command, so that it is carried out)");
    insta::assert_snapshot!(check(r#""kind":"delete","of":"member","id":"m""#), @"events.ndjson:1 unknown kind (a member who left is a `member` event with status `closed`)");
    insta::assert_snapshot!(check(r#""kind":"delete","of":"message","id":"m""#), @"events.ndjson:1 unknown kind (`message` is unknown; known: member, profile, position, education, skill, post, article, comment, group-post, activity)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","created":"yesterday""#), @"events.ndjson:1 bad instant (`created` is a date and time such as 2026-03-01T09:30:00Z)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","sensitive":"no""#), @"events.ndjson:1 wrong type (`sensitive` is true or false)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","content_usage":"no AI""#), @"events.ndjson:1 bad content usage (`content_usage` is no dictionary such as `train-ai=n, search=y` (RFC 9651))");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","content_usage":{"train-ai":"n"}"#), @"events.ndjson:1 wrong type (`content_usage` is a text)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","content_usage":"train-ai=n""#), @"");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":"x","content_usage":"train-ai=n""#), @"events.ndjson:1 unknown key (`content_usage` is unknown; known: event, kind, member, at, id, name, visibility, order)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","venue":"a group""#), @"events.ndjson:1 wrong type (`venue` is an object of `kind` and `name`)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","venue":{"kind":"group"}"#), @"events.ndjson:1 missing key (in `venue`: `name` is needed)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","venue":{"kind":"group","name":" "}"#), @"events.ndjson:1 missing key (in `venue`: `name` is empty)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","venue":{"kind":"forum","name":"a"}"#), @"events.ndjson:1 unknown word (in `venue`: `kind` is one of page, group)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","parent":"i1""#), @"events.ndjson:1 wrong type (`parent` is an object of `member`, `kind` and `id`)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","parent":{"member":"m","id":"i"}"#), @"events.ndjson:1 missing key (in `parent`: `kind` is needed)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","language":"not a tag!""#), @"events.ndjson:1 unknown word (`language` is a BCP 47 tag such as `de` or `pt-BR`)");
    insta::assert_snapshot!(check(r#""kind":"post","id":"1","text":"x","language":"zh-Hant-TW""#), @"");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"a\u001bb","name":"x""#), @"events.ndjson:1 bad id (`id` holds a control character)");
    insta::assert_snapshot!(check(r#""kind":"skill","id":"1","name":"x","order":9223372036854775808"#), @"events.ndjson:1 wrong type (`order` is a whole number of 64 bits)");
}

#[test]
fn mentions_are_spans_of_whole_characters() {
    let bad = "events.ndjson:1 bad mention (`start` and `end` are bytes of `text` between which whole characters stand)";
    let table =
        [(0, 3, ""), (0, 4, ""), (0, 2, bad), (0, 9, bad), (3, 3, bad), (3, 1, bad), (-1, 1, bad)];
    for (start, end, expected) in table {
        // "aéb" takes four bytes; the second character takes two.
        let keys = format!(
            r#""kind":"post","id":"1","text":"aéb","mentions":[{{"member":"n","start":{start},"end":{end}}}]"#
        );
        assert_eq!(check(&keys), expected, "{start} to {end}");
    }
}

#[test]
fn a_line_that_is_too_long_is_refused_alone() {
    let good = r#"{"event":"e","kind":"member","member":"m","at":"2026-01-01","name":"Ann"}"#;
    let input = format!("{good}\n{}\n{good}", "x".repeat(17 * 1024 * 1024));
    assert_eq!(read_all(&mut ndjson(input.as_bytes())).len(), 3);
    insta::assert_snapshot!(
        refusals(&mut ndjson(input.as_bytes())),
        @"events.ndjson:2 too long (a line holds at most 16 MiB)"
    );
}

#[test]
fn rows_of_a_dump() {
    let comments = r#"<row Id="1" PostId="9" Text="fine" CreationDate="2020-01-01T00:00:00.000" UserId="5" />
<row Id="2" PostId="9" Text="nobody" CreationDate="2020-01-01T00:00:00.000" />
<row Id="3" PostId="9" Text="a process" CreationDate="2020-01-01T00:00:00.000" UserId="-1" />
<row Id="4" PostId="9" Text="an &unknown; entity" UserId="5" />
<row Id="5" PostId="9" Text="twice" Text="twice" UserId="5" />
<row Id="6" PostId="9" Text="not closed
<row Id="7" PostId="9" Text="x" CreationDate="yesterday" UserId="5" />
<row Id="08" PostId="9" Text="x" UserId="5" />
<row Id="9" PostId="9" UserId="5" /> stray words
<row Id="10" PostId="9" UserId="5" />
<column Id="1" />
<row Id="11" PostId="9" Text="fine again" UserId="5" />"#;
    let (_folder, mut source) = dump("", "", comments);
    insta::assert_snapshot!(refusals(&mut source), @r"
    Comments.xml:4 no author (`UserId` is missing)
    Comments.xml:5 system user
    Comments.xml:6 not xml (an entity is unknown)
    Comments.xml:7 not xml (an attribute is broken or stands twice)
    Comments.xml:8 not xml (the element is not closed)
    Comments.xml:9 bad instant (`CreationDate` is a date and time such as 2018-03-12T17:00:45.567)
    Comments.xml:10 bad id (`Id` is a whole number)
    Comments.xml:11 not a row (text stands between rows)
    Comments.xml:12 missing key (`Text` is needed)
    Comments.xml:13 not a row (only `row` elements are read)
    ");
    let (_folder, mut source) = dump("", "", comments);
    assert_eq!(read_all(&mut source).iter().filter(|one| one.event.is_ok()).count(), 2);
}

#[test]
fn a_file_that_is_cut_short_says_so() {
    let (folder, mut source) = dump("", "", "");
    let cut =
        "<comments>\n<row Id=\"1\" PostId=\"9\" Text=\"fine\" UserId=\"5\" />\n<row Id=\"2\" Pos";
    std::fs::write(folder.path().join("Comments.xml"), cut).unwrap();
    insta::assert_snapshot!(refusals(&mut source), @r"
    Comments.xml:3 not xml (the element is not closed)
    Comments.xml:3 cut short (`</comments>` is missing: rows may be lost)
    ");
}

#[test]
fn refusals_repeat_no_value() {
    let all = check(r#""kind":"post","id":"1","text":"x","visibility":"s3cr3t""#)
        + &check(r#""kind":"post","id":"1","text":"x","created":"s3cr3t""#)
        + &check(r#""kind":"post","id":"1","text":["s3cr3t"]"#)
        + &check(r#""kind":"member","name":"x","region":"s3cr3t""#);
    assert!(!all.contains("s3cr3t") && !all.is_empty(), "{all}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_cost_only_their_own_lines(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let good = br#"{"event":"e","kind":"skill","member":"m","at":"2026-01-01","id":"1","name":"x"}"#;
        let input = [good.as_slice(), &bytes, good].join(&b'\n');
        let all = read_all(&mut ndjson(&input));
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        prop_assert_eq!(all.len(), 2 + lines.count());
        prop_assert!(all.first().unwrap().event.is_ok() && all.last().unwrap().event.is_ok());
    }

    #[test]
    fn broken_events_are_refused_or_understood(cut in 0_usize..400, junk in "[\\PC\"{}:,\\[\\]]{0,20}") {
        let line = r#"{"event":"e7","kind":"post","member":"m1","at":"2026-03-02T08:00:00Z","id":"i1","text":"With Jörg.","visibility":"public","parent":{"member":"m","kind":"post","id":"i"},"mentions":[{"member":"m3","start":5,"end":10}]}"#;
        let cut = line.floor_char_boundary(cut.min(line.len()));
        let input = format!("{}{junk}{}", &line[..cut], &line[cut..]);
        for located in read_all(&mut ndjson(input.as_bytes())) {
            if let Err(refusal) = located.event {
                prop_assert_ne!(refusal.reason, RefusalReason::CutShort);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_in_a_dump_cost_only_themselves(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (folder, mut source) = dump("", "", "");
        let row = b"<row Id=\"1\" PostId=\"9\" Text=\"fine\" UserId=\"5\" />";
        let input = [b"<comments>\n", row.as_slice(), &bytes, row, b"</comments>"].concat();
        std::fs::write(folder.path().join("Comments.xml"), input).unwrap();
        let all = read_all(&mut source);
        // Stray bytes behind the first row are booked on it.
        prop_assert!(all.iter().any(|one| one.event.is_ok()));
    }
}
