//! Embeds the front end: every file of `dist/` as it is, and pressed with brotli and gzip.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Files below this many bytes are not worth pressing.
const WORTH_PRESSING: usize = 512;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // Cargo would run this script, and compile the server, at every call while the folder to watch is missing.
    fs::create_dir_all(&dist).ok();
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(problem) = embed(&dist, &out) {
        panic!("cannot embed the front end of {}, which may just be built anew: {problem}", dist.display());
    }
}

/// Writes the table that `http/pages.rs` includes, sorted by path.
fn embed(dist: &Path, out: &Path) -> io::Result<()> {
    let place = out.join("pressed");
    fs::create_dir_all(&place)?;
    let mut files = Vec::new();
    gather(dist, &mut files);
    files.sort();
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
    for file in files {
        let bytes = fs::read(&file)?;
        let path = file.strip_prefix(dist).expect("gathered below dist").to_string_lossy().replace('\\', "/");
        let hash = blake3::hash(&bytes).to_hex();
        let tag = format!("\"{}\"", &hash[..32]);
        // A copy: the front end may be built anew before the compiler comes to read this.
        let plain = keep(format!("{hash}.plain"), &|| bytes.clone())?;
        let (brotli, gzip) = if bytes.len() < WORTH_PRESSING {
            ("None".to_owned(), "None".to_owned())
        } else {
            let brotli = keep(format!("{hash}.br"), &|| brotli(&bytes))?;
            let gzip = keep(format!("{hash}.gz"), &|| gzip(&bytes))?;
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

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(path);
        }
    }
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
