//! Embeds the front end: every file of `dist/` as it is, and pressed with brotli and gzip.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Files below this many bytes are not worth pressing.
const WORTH_PRESSING: usize = 512;

/// The front end may just be built anew: so often it is read again, and so long after.
const ATTEMPTS: usize = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// The page of each program, as `src/http/pages.rs` serves them.
const PAGES: [&str; 4] = ["index.html", "office.html", "library.html", "tutoring.html"];

fn main() -> ExitCode {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // Cargo would run this script, and compile the server, at every call while the folder to watch is missing.
    fs::create_dir_all(&dist).ok();
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    let problem = match read_whole(&dist) {
        Ok(files) => match embed(&files, &out) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => format!("cannot write below {}: {error}", out.display()),
        },
        Err(problem) => format!(
            "the front end in {} is not whole: {problem}. If it is just being built, try again when that has ended; \
             if not, build it with `cargo xtask build`, or remove that folder to build the server without it",
            dist.display()
        ),
    };
    println!("cargo::error={problem}");
    ExitCode::FAILURE
}

/// A file of the front end: its path below `dist` with `/`, and its content.
type Read = (String, Vec<u8>);

/// Reads the front end, again and again until nothing of it is missing; nothing at all is a front end too.
fn read_whole(dist: &Path) -> Result<Vec<Read>, String> {
    let mut problem = String::new();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(PAUSE);
        }
        match read(dist) {
            Ok(files) => match missing(&files) {
                None => return Ok(files),
                Some(path) => problem = format!("{path} is missing"),
            },
            Err(error) => problem = error.to_string(),
        }
    }
    Err(problem)
}

fn read(dist: &Path) -> io::Result<Vec<Read>> {
    let mut paths = Vec::new();
    gather(dist, &mut paths)?;
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(dist).expect("gathered below dist").to_string_lossy().replace('\\', "/");
            Ok((name, fs::read(&path)?))
        })
        .collect()
}

/// A file that ought to be there: the page of a program, or what it names.
fn missing(files: &[Read]) -> Option<String> {
    if files.is_empty() {
        return None;
    }
    PAGES.iter().find_map(|page| missing_of(page, files))
}

fn missing_of(page: &str, files: &[Read]) -> Option<String> {
    let Some((_, content)) = files.iter().find(|(name, _)| name == page) else {
        return Some(page.to_owned());
    };
    let content = String::from_utf8_lossy(content);
    let is_name =
        |part: &&str| part.contains('.') && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let mut named = content.split(['"', '\'']).filter_map(|part| part.strip_prefix('/')).filter(is_name);
    named.find(|named| !files.iter().any(|(name, _)| name == named)).map(str::to_owned)
}

/// Writes the table that `http/pages.rs` includes, sorted by path.
fn embed(files: &[Read], out: &Path) -> io::Result<()> {
    let place = out.join("pressed");
    fs::create_dir_all(&place)?;
    let mut used = BTreeSet::new();
    // Named by content, so that what did not change is not pressed again.
    let mut keep = |name: String, make: &dyn Fn() -> Vec<u8>| {
        let path = place.join(name);
        if !path.exists() {
            let beside = path.with_extension("new");
            fs::write(&beside, make())?;
            fs::rename(&beside, &path)?;
        }
        used.insert(path.clone());
        io::Result::Ok(format!("include_bytes!({path:?})"))
    };
    let mut table = String::from("pub static FILES: &[File] = &[\n");
    for (path, bytes) in files {
        let hash = blake3::hash(bytes).to_hex();
        let tag = format!("\"{}\"", &hash[..32]);
        // A copy: the front end may be built anew before the compiler comes to read this.
        let plain = keep(format!("{hash}.plain"), &|| bytes.clone())?;
        let (brotli, gzip) = if bytes.len() < WORTH_PRESSING {
            ("None".to_owned(), "None".to_owned())
        } else {
            let brotli = keep(format!("{hash}.br"), &|| brotli(bytes))?;
            let gzip = keep(format!("{hash}.gz"), &|| gzip(bytes))?;
            (format!("Some({brotli})"), format!("Some({gzip})"))
        };
        writeln!(
            table,
            "    File {{ path: {path:?}, etag: {tag:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        )
        .expect("writing to a string");
    }
    table.push_str("];\n");
    fs::write(out.join("pages.rs"), table)?;
    for entry in fs::read_dir(&place)? {
        let path = entry?.path();
        if !used.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(path);
        }
    }
    Ok(())
}

/// The best there is for a release; a quick one for everyday builds.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let params = brotli::enc::BrotliEncoderParams {
        quality: if release { 11 } else { 4 },
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut pressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut pressed, &params).expect("pressing in memory");
    pressed
}

/// For plain HTTP, where browsers take no brotli.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("pressing in memory");
    encoder.finish().expect("pressing in memory")
}
