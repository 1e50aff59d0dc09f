//! One file for each family of commands; each returns how the program ends.

mod announce;
mod apply;
mod attach;
mod backup;
mod check;
mod choices;
mod choose;
mod columns;
mod corpus;

mod demo;
mod describe;
mod document;
mod effect;
mod elsewhere;
mod export;
mod export_corpus;
mod follow;
mod gate;
mod holder;
mod import;
mod journal;
mod keys;
mod lake;
mod log;
mod member;
mod own_data;
mod pairs;
mod policy;
mod recipe;
mod removal;
mod restore;
mod retention;
mod upgrade;
mod verify;

use crate::{
    acts,
    args::{Cli, Command},
    config,
    exit::Exit,
    output::Output,
};

/// Does what the command line asks for, and writes down what changes anything.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<Exit> {
    let (begun, global) = (acts::begin(&cli)?, cli.global.clone());
    let ended = dispatch(cli).await;
    if let Some(begun) = begun {
        begun.end(&global, *ended.as_ref().unwrap_or(&Exit::Failure))?;
    }
    ended
}

async fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    let Cli { global, command } = cli;
    let mut output = Output::open(global.json);
    let output = &mut output;
    match command {
        Command::Demo(demo) => demo::run(&global, &demo, output).await,
        Command::Policy(command) => policy::run(&global, command, output).await,
        Command::Document(command) => document::run(&global, command, output).await,
        Command::Import(import) if import.follow => follow::run(&global, &import, output).await,
        Command::Import(import) => import::run(&global, &import, output).await,
        Command::Attach(command) => attach::run(&global, command, output).await,
        Command::Export(command) => export::run(&global, command, output).await,
        Command::Choose(choose) => choose::run(&global, choose, output).await,
        Command::Object(object) => announce::object(&global, object, output).await,
        Command::Notice(notice) => announce::notice(&global, notice, output).await,
        Command::Member(command) => member::run(&global, command, output).await,
        Command::Gate(command) => gate::run(&global, command, output).await,
        Command::Holder(command) => holder::run(&global, command, output).await,
        Command::Removal(command) => removal::run(&global, command, output).await,
        Command::Corpus(command) => corpus::run(&global, command, output).await,
        Command::Recipe(command) => recipe::run(command, output),
        Command::Lake(command) => lake::run(&global, command, output).await,
        Command::Check(args) => check::run(&global, &args, output).await,
        Command::Retention(command) => retention::run(&global, command, output).await,
        Command::Backup(args) => backup::run(&global, &args, output).await,
        Command::Restore(args) => restore::run(&global, &args, output).await,
        Command::Upgrade => upgrade::run(&global, output).await,
        Command::Journal(command) => journal::run(&global, command, output).await,
        Command::Keys(command) => keys::run(&global, command, output).await,
        Command::Log(command) => log::run(&global, command, output),
        Command::Columns => {
            output.show_text(&::lake::columns_document(), &columns::columns())?;
            Ok(Exit::Success)
        }
        Command::Config => {
            output.show_text(config::COMMENTED, &config::defaults()?)?;
            Ok(Exit::Success)
        }
    }
}
