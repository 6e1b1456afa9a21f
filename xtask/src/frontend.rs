//! The front end: built by Trunk, and only when something it is made of has changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::steps::Done;
use crate::{place, shell};

/// What the front end is made of, as git pathspecs.
const INPUTS: [&str; 8] =
    ["app", "shared/src", "shared/Cargo.toml", "shared/document", "Cargo.toml", "Cargo.lock", "Trunk.toml", ".cargo"];

/// The page of each program.
const PAGES: [&str; 4] = ["index.html", "office.html", "library.html", "tutoring.html"];

/// Makes dist/ what the sources say.
pub fn build() -> Result<Done> {
    let print = inputs()?;
    let stamp = place::stamps().join("frontend");
    let known = fs::read_to_string(&stamp).unwrap_or_default();
    if known == format!("{print} {}", outputs()?) {
        return Ok(Done::Fresh);
    }
    fs::remove_file(&stamp).ok();
    // Trunk links one program after the other; cargo several at once, each on a core of its own.
    shell::run(
        shell::cargo().args(["build", "--package", "app", "--bins", "--offline"]).args([
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "wasm-release",
        ]),
        "mend what it says above and run this again",
    )?;
    shell::run(
        shell::program("trunk")
            .args(["build", "--release", "--cargo-profile", "wasm-release", "--offline=true"])
            .env("PATH", shell::path_with_tools())
            .env_remove("NO_COLOR"),
        "mend what it says above and run this again",
    )?;
    for page in PAGES {
        if !place::dist().join(page).is_file() {
            bail!("trunk ended well but left no dist/{page}; see Trunk.toml and app/build.mjs");
        }
    }
    fs::create_dir_all(place::stamps())?;
    fs::write(&stamp, format!("{print} {}", outputs()?))?;
    Ok(Done::Worked)
}

/// A print of everything that goes in, compiler included.
fn inputs() -> Result<String> {
    let root = place::root();
    let mut listed = shell::program("git");
    listed.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--"]).args(INPUTS);
    let listed = shell::ask(&mut listed).context("cannot list the front end's sources; is this a git clone?")?;
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let compiler = shell::ask(shell::program("rustc").arg("-vV"))?;
    let mut parts = vec![compiler.into_bytes()];
    for path in paths {
        parts.push(path.as_bytes().to_vec());
        // A file that git still lists but that is gone counts as empty.
        parts.push(fs::read(root.join(path)).unwrap_or_default());
    }
    Ok(fingerprint(parts.iter().map(Vec::as_slice)))
}

/// A print of what came out, so that a dist/ changed by hand or by `trunk serve` is built again.
fn outputs() -> Result<String> {
    let mut files = Vec::new();
    if place::dist().is_dir() {
        gather(&place::dist(), &mut files)?;
    }
    files.sort();
    let parts: Vec<_> = files.iter().flat_map(|(path, bytes)| [path.as_bytes(), bytes.as_slice()]).collect();
    Ok(fingerprint(parts))
}

/// Every file below `folder` with its path from there.
pub fn gather(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let mut waiting = vec![folder.to_owned()];
    while let Some(here) = waiting.pop() {
        for entry in fs::read_dir(&here).with_context(|| format!("cannot list {}", here.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it was found below the folder");
                files.push((name.to_string_lossy().into_owned(), fs::read(&path)?));
            }
        }
    }
    Ok(())
}

/// Tells equal byte strings from different ones; not meant against an adversary.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = DefaultHasher::new();
    for part in parts {
        part.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_tells_where_one_part_ends() {
        assert_eq!(fingerprint([b"ab".as_slice(), b"c"]), fingerprint([b"ab".as_slice(), b"c"]));
        assert_ne!(fingerprint([b"ab".as_slice(), b"c"]), fingerprint([b"a".as_slice(), b"bc"]));
    }
}
