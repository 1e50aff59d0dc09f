use std::path::Path;

use anyhow::anyhow;
use serde_json::{Map, Value, json};

use crate::{
    args::{
        AttachCommand, Command, CorpusCommand, DocumentCommand, ExportCommand, Global,
        HolderCommand, ItemReference, JournalCommand, KeysCommand, LakeCommand, MemberCommand,
        MemberReference, Pace, PolicyCommand, RemovalCommand, RetentionCommand,
    },
    keys::{self, KeyName},
};

/// A command that changes something, as it is written down.
pub(crate) struct Act {
    pub(crate) command: &'static str,
    pub(crate) arguments: Map<String, Value>,
}

/// What every stand-in begins with.
pub(crate) const HASHED: char = '~';

/// Stands keyed hashes in for what may name somebody: external ids and the paths of files.
pub(crate) struct Pseudonyms {
    key: [u8; 32],
}

impl Pseudonyms {
    /// With the key of the log; `None` if there is none.
    pub(super) fn find(global: &Global) -> anyhow::Result<Option<Self>> {
        Ok(KeyName::Log.find(&global.state)?.map(|key| Self { key }))
    }

    /// With a new key.
    pub(super) fn draw() -> anyhow::Result<Self> {
        Ok(Self { key: keys::fresh()? })
    }

    /// With the key by which names were hashed that are in the log already.
    pub(crate) fn of_log(global: &Global) -> anyhow::Result<Self> {
        Self::find(global)?.ok_or_else(|| Self::lost(global))
    }

    /// Says that the log is there and its key is not.
    pub(super) fn lost(global: &Global) -> anyhow::Error {
        anyhow!(
            "the key `{}` of the operators' log is missing (hint: put it back; `zweck keys rotate \
             log` makes a new one, with which nobody is found in the lines from before)",
            KeyName::Log.file(&global.state).display()
        )
    }

    /// Tells lines apart in which the same words stand for different names.
    pub(crate) fn fingerprint(&self) -> String {
        KeyName::Log.fingerprint(&self.key)
    }

    /// Makes a new key that of the log.
    pub(super) fn keep(&self, global: &Global) -> anyhow::Result<()> {
        match KeyName::Log.find(&global.state)? {
            Some(_) => Ok(()),
            None => KeyName::Log.put(&global.state, &self.key),
        }
    }

    /// What stands in for some words: the same for the same, until the key is rotated.
    pub(crate) fn of_words(&self, words: &str) -> String {
        let hash = blake3::keyed_hash(&self.key, words.as_bytes()).to_hex();
        format!("{HASHED}{}", hash.get(..16).unwrap_or(&hash))
    }

    fn path(&self, path: &Path) -> String {
        self.of_words(&path.to_string_lossy())
    }

    /// What stands in for a member.
    pub(crate) fn member(&self, member: &MemberReference) -> String {
        match member {
            MemberReference::Number(number) => format!("#{number}"),
            MemberReference::External(text) => self.of_words(text),
        }
    }

    fn item(&self, item: &ItemReference) -> String {
        match item {
            ItemReference::Id(id) => format!("#{id}"),
            ItemReference::External(kind, external) => {
                format!("{kind:?}:{}", self.of_words(external)).to_lowercase()
            }
        }
    }
}

/// Whether a command makes a state where there is none; all others fail without.
pub(super) fn makes_state(command: &Command) -> bool {
    matches!(
        command,
        Command::Import(_)
            | Command::Attach(AttachCommand::Add(_))
            | Command::Policy(PolicyCommand::Apply { .. })
            | Command::Document(DocumentCommand::Add(_))
            | Command::Restore(_)
    )
}

/// Whether a command may bring the key of a log that lacks it. It names nobody.
pub(super) fn brings_key(command: &Command) -> bool {
    matches!(
        command,
        Command::Restore(_) | Command::Keys(KeysCommand::Rotate { key: KeyName::Log })
    )
}

/// What is written down of a command; `None` if it changes nothing. Every argument is named one by
/// one, so that none gets into the log unseen.
pub(super) fn act(command: &Command, names: &Pseudonyms) -> Option<Act> {
    let (command, arguments) = match command {
        Command::Demo(_) | Command::Gate(_) | Command::Log(_) => return None,
        Command::Check(_) | Command::Columns | Command::Config => return None,
        Command::Policy(PolicyCommand::Apply { policy }) => {
            ("policy apply", json!({ "policy": policy }))
        }
        Command::Policy(_) => return None,
        Command::Document(DocumentCommand::Add(args)) => {
            ("document add", json!({ "kind": args.kind, "policy_version": args.policy_version }))
        }
        Command::Document(DocumentCommand::List) => return None,
        Command::Notice(args) => {
            let member = args.member.as_ref().map(|member| names.member(member));
            let regions: Vec<_> = args.regions.iter().map(ToString::to_string).collect();
            let version = args.policy_version;
            ("notice", json!({ "policy_version": version, "member": member, "regions": regions }))
        }
        Command::Object(args) => {
            ("object", json!({ "purpose": args.purpose, "names": args.names.len() }))
        }
        Command::Import(_) | Command::Export(_) | Command::Choose(_) | Command::Member(_) => {
            return about_members(command, names);
        }
        Command::Attach(AttachCommand::Add(args)) => {
            let declaration = args.declare.as_ref().map(|path| names.path(path));
            let mapping = names.path(&args.mapping);
            ("attach add", json!({ "mapping": mapping, "declaration": declaration }))
        }
        Command::Attach(AttachCommand::Refresh { name }) => {
            ("attach refresh", json!({ "table": name }))
        }
        Command::Attach(AttachCommand::Remove { name, yes: true }) => {
            ("attach remove", json!({ "table": name }))
        }
        Command::Attach(_) => return None,
        Command::Removal(RemovalCommand::Run) => ("removal run", json!({})),
        Command::Removal(_) => return None,
        Command::Corpus(CorpusCommand::Build(args)) => {
            ("corpus build", json!({ "corpus": args.name, "purpose": args.purpose }))
        }
        Command::Corpus(CorpusCommand::Discard { name, yes: true }) => {
            ("corpus discard", json!({ "corpus": name }))
        }
        Command::Corpus(CorpusCommand::Export(args)) => {
            let (corpus, holder) = (&args.name, &args.holder);
            ("corpus export", json!({ "corpus": corpus, "holder": holder, "to": args.to }))
        }
        Command::Corpus(_) | Command::Recipe(_) => return None,
        Command::Holder(HolderCommand::Register { name, corpus, .. }) => {
            ("holder register", json!({ "holder": name, "corpus": corpus }))
        }
        Command::Holder(HolderCommand::Release { name, .. }) => {
            ("holder release", json!({ "holder": name }))
        }
        Command::Holder(HolderCommand::Retire { name, note, yes: true }) => {
            ("holder retire", json!({ "holder": name, "note": note }))
        }
        Command::Holder(_) => return None,
        Command::Lake(LakeCommand::Compact(args)) => {
            let table = args.table.map(::lake::Table::name);
            ("lake compact", json!({ "table": table, "min_files": args.min_files }))
        }
        Command::Lake(LakeCommand::Show) => return None,
        Command::Retention(RetentionCommand::Run { dry_run: false }) => {
            ("retention run", json!({}))
        }
        Command::Retention(_) => return None,
        Command::Backup(args) => ("backup", json!({ "to": args.to })),
        Command::Restore(args) => {
            ("restore", json!({ "from": args.from, "journal": args.journal }))
        }
        Command::Upgrade => ("upgrade", json!({})),
        Command::Journal(JournalCommand::Use { folder }) => {
            ("journal use", json!({ "folder": folder }))
        }
        Command::Journal(JournalCommand::Mend { folder }) => {
            ("journal mend", json!({ "folder": folder }))
        }
        Command::Journal(JournalCommand::Verify { .. }) => return None,
        Command::Keys(KeysCommand::Rotate { key }) => ("keys rotate", json!({ "key": key.name() })),
        Command::Keys(KeysCommand::List) => return None,
    };
    Some(Act { command, arguments: without_nothing(arguments) })
}

fn about_members(command: &Command, names: &Pseudonyms) -> Option<Act> {
    let (command, arguments) = match command {
        Command::Import(args) => {
            let paths: Vec<_> = args.paths.iter().map(|path| names.path(path)).collect();
            let declaration = args.declare.as_ref().map(|path| names.path(path));
            // A feed that is followed runs removals as well, unless it was told not to.
            let removals = args.follow.then_some(args.removals != Pace::Never);
            let arguments = json!({
                "paths": paths,
                "source": args.source,
                "declaration": declaration,
                "follow": args.follow.then_some(true),
                "removals": removals,
            });
            ("import", arguments)
        }
        // A member's copy changes nothing, but somebody took it out.
        Command::Export(ExportCommand::Member(args)) => {
            let member = MemberReference::External(format!("{}:{}", args.source, args.member));
            let (member, out) = (names.member(&member), names.path(&args.out));
            ("export member", json!({ "member": member, "source": args.source, "out": out }))
        }
        Command::Choose(args) => {
            let one = args.one.as_ref();
            let many = args.from.as_ref().map(|path| names.path(path));
            let arguments = json!({
                "member": one.map(|one| names.member(&one.member)),
                "purpose": one.map(|one| &one.purpose),
                "answer": one.map(|one| one.answer.name()),
                "category": one.and_then(|one| one.category).map(|category| category.name()),
                "item": one.and_then(|one| one.item.as_ref()).map(|item| names.item(item)),
                "from": many,
                "stdin": args.stdin.then_some(true),
            });
            ("choose", arguments)
        }
        Command::Member(MemberCommand::OwnData { member }) => {
            ("member own-data", json!({ "member": names.member(member) }))
        }
        Command::Member(MemberCommand::Erase { member, yes: true }) => {
            ("member erase", json!({ "member": names.member(member) }))
        }
        _ => return None,
    };
    Some(Act { command, arguments: without_nothing(arguments) })
}

fn without_nothing(arguments: Value) -> Map<String, Value> {
    let Value::Object(arguments) = arguments else { return Map::new() };
    arguments.into_iter().filter(|(_, value)| !value.is_null()).collect()
}
