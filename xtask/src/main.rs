//! House rules and the test command: `cargo xtask test`, `cargo xtask tidy`, `cargo xtask shots`.

mod run;
mod shots;
mod test;
mod tidy;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "House rules and the test command of Lianxin")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every suite; install on Debian or Ubuntu what they need; end with one line of counts
    Test(test::Options),
    /// Check the house rules: floors, SQL, file size, place names, inline script and the like
    Tidy,
    /// Photograph the pages of a demonstration into docs/screenshots, for the README
    Shots,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = workspace::Workspace::find().and_then(|workspace| match cli.task {
        Task::Test(options) => test::run(&workspace, &options),
        Task::Shots => shots::run(&workspace),
        Task::Tidy => tidy::run(&workspace).map(|report| report.print()),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(what) => {
            eprintln!("error: {what}");
            ExitCode::FAILURE
        }
    }
}
