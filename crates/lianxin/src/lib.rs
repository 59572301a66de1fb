//! The program itself: command line, configuration, the list of capabilities, and the server that
//! puts their routes under one roof.
//!
//! ```text
//! main ─▶ cli ─▶ command/<name> ─▶ place (DIR/lianxin.toml) ─▶ open: pack, database, tables ─▶ Site
//!                                                                    │
//!          capability::all() ── routes, rules, tables, statements ───┤
//!                                                                    ▼
//!                                     server: routes + frame + limits, deliverer, jobs, until told to stop
//! ```
//!
//! A command that succeeds ends with 0; one that is refused or finds nothing with 1, and says why in the
//! language of the terminal, in Chinese and English where that is not known; one that was called wrongly with 2.

pub mod capability;
pub mod cli;
mod command;
pub mod config;
pub mod demo;
mod disk;
mod imports;
pub mod jobs;
pub mod oidc;
pub mod open;
mod outcome;
mod progress;
mod seal;
pub mod server;
mod store;
mod terminal;

use clap::Parser;
use std::process::ExitCode;

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let locale = cli.chosen();
    match command::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(locale),
    }
}
