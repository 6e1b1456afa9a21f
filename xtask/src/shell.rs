//! Other programs: started loudly, their failure turned into a sentence.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::{place, stop};

/// The cargo that runs us.
pub fn cargo() -> Command {
    in_root(Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())))
}

pub fn program(name: &str) -> Command {
    in_root(Command::new(name))
}

fn in_root(mut command: Command) -> Command {
    command.current_dir(place::root()).stdin(Stdio::null());
    command
}

/// Prints the command line and runs it on this terminal.
///
/// # Errors
/// A sentence naming the program and what to do, usually `remedy`, if it cannot start or ends badly.
pub fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let line = announce(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`; {remedy}"))?;
    judge(&line, status, remedy)
}

/// As [`run`] for a program that says on its standard error only why it has failed: these words are the remedy, so that
/// they stand in the table of steps, too, at the end of a long page.
pub fn run_for_its_reason(command: &mut Command) -> Result<()> {
    let line = announce(command);
    let program = command.stderr(Stdio::piped()).spawn().with_context(|| format!("cannot start `{line}`"))?;
    let output = program.wait_with_output().with_context(|| format!("cannot wait for `{line}`"))?;
    let reason = String::from_utf8_lossy(&output.stderr);
    eprint!("{reason}");
    judge(&line, output.status, reason.trim())
}

fn announce(command: &Command) -> String {
    let line = line(command);
    println!("  $ {line}");
    line
}

fn judge(line: &str, status: ExitStatus, remedy: &str) -> Result<()> {
    if stop::asked() {
        bail!(stop::WORDS);
    }
    if !status.success() {
        match full_disk() {
            Some(words) => bail!("`{line}` ended with {status}; {words}"),
            None => bail!("`{line}` ended with {status}; {remedy}"),
        }
    }
    Ok(())
}

/// What to do about the disk if it is full: no program says so plainly.
fn full_disk() -> Option<String> {
    const LITTLE: u64 = 200_000;
    let disk = answer(program("df").args(["-Pk", "."]))?;
    let free: u64 = disk.lines().last()?.split_whitespace().nth(3)?.parse().ok()?;
    let root = place::root();
    (free < LITTLE).then(|| {
        format!("only {} MB are free on the disk of {}; make room and run this again", free / 1000, root.display())
    })
}

/// What the program prints on its standard output, trimmed; `None` if it is absent or ends badly.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// As [`answer`], as an error with the program's last words.
pub fn ask(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `PATH` with the project's tools first.
pub fn path_with_tools() -> OsString {
    let tools = place::tools().join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path))).unwrap_or(path)
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let mut line = words.join(" ");
    if let Some(cut) = line.char_indices().nth(160).map(|(at, _)| at) {
        line.truncate(cut);
        line.push('…');
    }
    line
}
