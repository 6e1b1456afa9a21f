//! Embeds the front end: every file of `dist/` as it is, and pressed with brotli and gzip.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Files below this many bytes are not worth pressing.
const WORTH_PRESSING: usize = 512;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    // The parent too: dist may come and go.
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    gather(&dist, &mut files);
    files.sort();
    let mut table = String::from("pub static FILES: &[File] = &[\n");
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let bytes = fs::read(&file).expect("a file that was just listed can be read");
        let path = file.strip_prefix(&dist).expect("gathered below dist").to_string_lossy().replace('\\', "/");
        let hash = blake3::hash(&bytes).to_hex();
        let pressed = |ending: &str, press: fn(&[u8]) -> Vec<u8>| {
            if bytes.len() < WORTH_PRESSING {
                return "None".to_owned();
            }
            // Named by content, so that what did not change is not pressed again.
            let place = out.join(format!("{hash}.{ending}"));
            if !place.exists() {
                let beside = out.join(format!("{hash}.{ending}.new"));
                fs::write(&beside, press(&bytes)).expect("cargo's output folder can be written");
                fs::rename(&beside, &place).expect("cargo's output folder can be written");
            }
            format!("Some(include_bytes!({place:?}))")
        };
        writeln!(
            table,
            "    File {{ path: {path:?}, etag: {:?}, plain: include_bytes!({:?}), brotli: {}, gzip: {} }},",
            format!("\"{}\"", &hash[..32]),
            file.canonicalize().expect("a file that was just read exists"),
            pressed("br", brotli),
            pressed("gz", gzip),
        )
        .expect("writing to a string");
    }
    table.push_str("];\n");
    fs::write(out.join("pages.rs"), table).expect("cargo's output folder can be written");
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
