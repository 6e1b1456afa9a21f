//! `run` and `build`: from a clone to the demo group.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use anyhow::{Result, bail};

use crate::steps::{Done, Steps};
use crate::{frontend, npm, place, shell, tools, turn};

const LISTEN: &str = "127.0.0.1:8080";

/// Builds what is missing and becomes the demo server, so that Ctrl-C reaches it directly.
///
/// `flags` are added to `gongbei serve`; without `--listen` and `--data` it gets ours.
pub fn run(flags: &[&str]) -> Result<()> {
    let listen = flag(flags, "--listen").unwrap_or(LISTEN);
    must_be_free(listen)?;
    build()?;
    // Somebody may have come in meanwhile, an earlier run for example.
    must_be_free(listen)?;

    let mut server = shell::program(&place::server().to_string_lossy());
    server.arg("serve").args(["--demo"]).args(flags).stdin(Stdio::inherit());
    if flag(flags, "--listen").is_none() {
        server.args(["--listen", LISTEN]);
    }
    if flag(flags, "--data").is_none() {
        server.args(["--data", "data"]);
    }
    println!(
        "\nGongbei starts on http://{listen} — Ctrl-C stops it, nothing saved is lost.\n\
         Accounts of the demo group, all with the password gongbei-demo:\n\
         \x20 zhou  周明远, lead preparer, 清河实验小学      lin   林秀兰, teacher, 柳溪小学\n\
         \x20 chen  陈静秋, well-known teacher            wu    吴敏, group office\n\
         \x20 head  何建国, headmaster                   admin 运维, operator\n\
         Sign in as zhou in one window and as lin in a private one, and open the same lesson plan.\n"
    );
    let problem = server.exec();
    bail!("cannot start {}: {problem}", place::server().display())
}

fn must_be_free(listen: &str) -> Result<()> {
    let Err(problem) = TcpListener::bind(listen) else { return Ok(()) };
    if problem.kind() != ErrorKind::AddrInUse {
        bail!("cannot listen on {listen} ({problem}); an address looks like 127.0.0.1:9000");
    }
    bail!(
        "cannot listen on {listen} ({problem}). If that is Gongbei, started before: it is at http://{listen}. Otherwise \
         stop what listens there, or choose another port: cargo xtask run -- --listen 127.0.0.1:9000"
    )
}

/// The front end and the server with it inside, in target/release.
pub fn build() -> Result<()> {
    let _turn = turn::take()?;
    let mut steps = Steps::begin();
    let built = build_in(&mut steps);
    steps.table();
    built
}

fn build_in(steps: &mut Steps) -> Result<()> {
    steps.step("target", "the wasm32 target of the compiler", tools::wasm_target)?;
    steps.step("crates", "what Rust is needed from crates.io", tools::crates)?;
    steps.step("packages", "npm packages of the editor view", || npm::packages("app/js"))?;
    steps.step("tools", "trunk and wasm-bindgen in target/tools (5 minutes the first time)", tools::install)?;
    steps.step("frontend", "the front end in dist (5 minutes the first time)", frontend::build)?;
    steps.step("server", "the server in target/release (4 minutes the first time)", server)
}

/// The release build of the server; cargo knows whether anything changed.
pub fn server() -> Result<Done> {
    shell::run(
        shell::cargo().args(["build", "--release", "--package", "server"]),
        "mend what it says above and run this again",
    )?;
    Ok(Done::Worked)
}

fn flag<'a>(flags: &[&'a str], name: &str) -> Option<&'a str> {
    let at = flags
        .iter()
        .position(|flag| *flag == name || flag.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))?;
    match flags[at].split_once('=') {
        Some((_, value)) => Some(value),
        None => flags.get(at + 1).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::flag;

    #[test]
    fn a_flag_is_found_in_both_spellings() {
        assert_eq!(flag(&["--listen", "a:1"], "--listen"), Some("a:1"));
        assert_eq!(flag(&["--data=x", "--listen=a:1"], "--listen"), Some("a:1"));
        assert_eq!(flag(&["--listening=x"], "--listen"), None);
        assert_eq!(flag(&[], "--listen"), None);
    }
}
