//! One file per command.

mod backup;
mod bench;
mod calendar;
mod deadline;
mod demo;
mod export;
mod import;
mod init;
mod journal;
mod key;
mod lot;
mod pack;
mod recount;
mod report;
mod restore;
mod routes;
mod serve;
mod user;
mod vault;
mod verify_receipt;
mod what_if;

use crate::cli::{Cli, Command};
use crate::outcome::Outcome;
use access::accounts::Act;
use kernel::{Actor, Error, Result};

/// Does what the command line says.
pub(crate) fn run(cli: Cli) -> Outcome {
    let locale = cli.locale();
    match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Import(args) => import::run(&args, locale),
        Command::Export(args) => export::run(&args, locale),
        Command::Pack(args) => pack::run(&args, locale),
        Command::Journal(args) => journal::run(&args, locale),
        Command::VerifyReceipt(args) => verify_receipt::run(&args, locale),
        Command::Lot(args) => lot::run(&args, locale),
        Command::Report(args) => report::run(&args, locale),
        Command::Deadline(args) => deadline::run(&args, locale),
        Command::Recount(place) => recount::run(&place, locale),
        Command::Backup(args) => backup::run(&args, locale),
        Command::Restore(args) => restore::run(&args, locale),
        Command::Vault(args) => vault::run(&args, locale),
        Command::User(args) => user::run(&args, locale),
        Command::Key(args) => key::run(&args, locale),
        Command::Bench(args) => bench::run(&args),
        Command::Calendar(args) => calendar::run(&args),
        Command::Routes => routes::run(locale),
    }
}

/// What the shell does is done by the program itself: whoever may start it holds the files anyway.
fn by_shell(site: &access::Site) -> Act {
    Act { actor: Actor::System, at: site.now() }
}

/// A runtime for what is asynchronous.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::internal)
}

/// Prints to standard output; a reader that went away is no fault.
fn say(text: &str) -> Result<()> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal(e)),
        _ => Ok(()),
    }
}
