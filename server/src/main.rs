//! `gongbei`: serves, and keeps the data folder in order.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Virtual: reading what somebody else nested deeply must not end the process.
        .thread_stack_size(32 << 20)
        .build();
    let ended = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(cli::run()));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gongbei: {error:#}");
            ExitCode::FAILURE
        }
    }
}
