//! `pack`: is a pack sound, and which ones ship with the program.

use super::{say, what_if};
use crate::cli::PackCommand;
use crate::outcome::{Failure, Outcome};
use kernel::Locale;

/// Does it.
pub(super) fn run(args: &PackCommand, locale: Locale) -> Outcome {
    match args {
        PackCommand::Check { path } => {
            let (sound, report) = ::pack::check_path(path, locale);
            say(&report)?;
            if sound { Ok(()) } else { Err(Failure::Told) }
        }
        PackCommand::WhatIf(args) => what_if::run(args, locale),
        PackCommand::List => {
            let mut out = String::new();
            for name in ::pack::builtin_names() {
                let about = match ::pack::load_builtin(name) {
                    Ok(pack) => format!("{} {}", pack.name.to(locale), pack.version),
                    Err(_) => locale.t("（有问题）", "(unsound)").to_owned(),
                };
                out.push_str(&format!("{name}\t{about}\n"));
            }
            Ok(say(&out)?)
        }
    }
}
