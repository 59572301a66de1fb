//! The program. Everything it does stands in the library beside it, so that tests can do it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    lianxin::main()
}
