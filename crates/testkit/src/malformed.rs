/// A line that is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedEvent {
    /// The bytes, without a line end.
    pub line: &'static [u8],
    /// What is wrong with it.
    pub why: &'static str,
}

/// Lines that a reader must refuse without losing its neighbours.
pub const MALFORMED_EVENTS: [MalformedEvent; 10] = [
    MalformedEvent { line: b"not an event", why: "no JSON" },
    MalformedEvent {
        line: br#"{"event":"bad-1","kind":"post","member":"m000000","at":"2020-0"#,
        why: "cut off",
    },
    MalformedEvent { line: br#"["event","post"]"#, why: "an array" },
    MalformedEvent {
        line: br#"{"event":"bad-2","kind":"telepathy","member":"m000000","at":"2020-01-01T00:00:00Z"}"#,
        why: "an unknown kind",
    },
    MalformedEvent {
        line: br#"{"event":"bad-3","kind":"post","member":"m000000","at":"2020-01-01T00:00:00Z","id":"bad-3","text":"Hello.","created":"2020-01-01T00:00:00Z","mood":"good"}"#,
        why: "an unknown key",
    },
    MalformedEvent {
        line: br#"{"event":"bad-4","kind":"post","at":"2020-01-01T00:00:00Z","id":"bad-4","text":"Hello.","created":"2020-01-01T00:00:00Z"}"#,
        why: "no member",
    },
    MalformedEvent {
        line: br#"{"event":"bad-5","kind":"post","member":"m000000","at":"yesterday","id":"bad-5","text":"Hello.","created":"2020-01-01T00:00:00Z"}"#,
        why: "no instant",
    },
    MalformedEvent {
        line: br#"{"event":"bad-6","kind":"member","member":"m000000","at":"2020-01-01T00:00:00Z","name":"Nobody","region":"Atlantis"}"#,
        why: "an unknown region",
    },
    MalformedEvent {
        line: br#"{"event":"bad-7","kind":"post","member":"m000000","at":"2020-01-01T00:00:00Z","id":"bad-7","text":"Hello.","created":"2020-01-01T00:00:00Z","mentions":[{"member":"m000001","start":3,"end":99}]}"#,
        why: "a mention beyond the end of the text",
    },
    MalformedEvent {
        line: b"{\"event\":\"bad-8\",\"kind\":\"post\",\"member\":\"m000000\",\"text\":\"\xff\xfe\"}",
        why: "no UTF-8",
    },
];
