//! `gongbei`: serves, and keeps the data folder in order.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gongbei: {error:#}");
            ExitCode::FAILURE
        }
    }
}
