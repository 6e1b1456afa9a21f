//! A film on its way into the library, sent by `tus-js-client` as it comes from npm, over a line that is cut again and
//! again and to a server that is killed. Then the same film from another school.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::engine::{Chance, most_resident};
use e2e::{Api, Group, Line, stock};
use reqwest::Method;
use serde_json::{Value, json};

use crate::page::{Outcome, Row, counted};
use crate::tools;

const CUTS: usize = 20;
const KILLS: usize = 2;
/// How long a line stays cut; less than the client's patience.
const CUT_FOR: std::ops::Range<Duration> = Duration::from_millis(50)..Duration::from_millis(400);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
/// The film on its way stands still for no longer.
const STANDS_STILL: Duration = Duration::from_secs(30);
const CHECKED_WITHIN: Duration = Duration::from_secs(120);
/// Whoever has the file waits no longer to be told that it is there.
const KNOWN_WITHIN: Duration = Duration::from_secs(1);
/// Memory of the server, whatever the size of the film.
const MOST_MEMORY: u64 = 256 << 20;
const PIECE: usize = 1 << 20;

pub async fn play(mebibytes: u32, seed: u64) -> Outcome {
    tools::in_own_folder("uploads", seed, async |place| send(place, u64::from(mebibytes) << 20, seed).await).await
}

async fn send(place: &Path, bytes: u64, seed: u64) -> Result<Vec<Row>> {
    let (disk, free) = room(place)?;
    // Ours, the server's, and what it keeps free for lessons.
    let needed = 2 * bytes + (1 << 30).max(disk / 20);
    ensure!(free >= needed, "{} MiB must be free in {}, {} MiB are", needed >> 20, place.display(), free >> 20);
    let film = Film::make(place.join("课堂实录.mp4"), bytes, seed).await?;
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let line = Line::to(group.listens()).await?;
    let zhou = group.api("zhou").await?;
    let token = zhou.token().await?;

    let began = Instant::now();
    let mut memory = 0;
    let trouble = trouble(&mut group, &line, bytes, Chance::new(seed), &mut memory);
    let sending = async { stock::upload(&line.address(), &token, &film.path).await };
    let (sent, ()) = tokio::try_join!(sending, trouble)?;
    let took = began.elapsed();
    ensure!(sent["sent"] == bytes, "the client says {sent}");
    let resent = line.carried().saturating_sub(bytes);
    let upload = sent["url"].as_str().and_then(|url| url.find("/api/").map(|at| url[at..].to_owned()));
    let upload = upload.context("the client knows no address")?;
    let checked = Instant::now();
    ensure!(decided(&zhou, &upload).await? == film.hash, "the server has another file");
    let checked = checked.elapsed();
    let stored = sizes(&group.data().join("blobs"))?;
    ensure!(sizes(&group.data().join("uploads"))?.is_empty(), "something is left of the upload");

    let known = film.upload_known(&group.api("peng").await?).await?;
    ensure!(sizes(&group.data().join("blobs"))? == stored, "the same file again is stored again");

    let (same, down) = film.compare(&zhou, &upload).await?;
    let memory = memory.max(most_resident(group.process()?)?);
    group.kill();
    tools::check(&group.data()).await?;

    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let (size, each) = (counted(bytes >> 20), resent / (CUTS + KILLS) as u64);
    Ok(vec![
        Row::new(
            format!("a film of {size} MiB is uploaded, the line cut {CUTS} times, the server killed {KILLS} times"),
            format!("uploaded in {}, checked in {}, downloaded in {}", seconds(took), seconds(checked), seconds(down)),
            "the same bytes",
            same,
        ),
        Row::told("… sent again after each interruption", format!("{} KiB", counted(each >> 10))),
        Row::new(
            "… memory of the server, at most",
            format!("{} MiB", memory >> 20),
            format!("< {} MiB", MOST_MEMORY >> 20),
            memory < MOST_MEMORY,
        ),
        Row::timed(
            "… the same film from another school, stored once",
            format!("there after {} ms", known.as_millis()),
            "< 1 s",
            known < KNOWN_WITHIN,
        ),
    ])
}

/// Interrupts the upload at moments that are spread over it.
async fn trouble(group: &mut Group, line: &Line, bytes: u64, mut chance: Chance, memory: &mut u64) -> Result<()> {
    let all = CUTS + KILLS;
    let kills: Vec<usize> = (1..=KILLS).map(|kill| kill * all / (KILLS + 1)).collect();
    let width = bytes / (all as u64 + 2);
    for number in 0..all {
        let moment = width * (number as u64 + 1) + chance.below(width as usize / 2) as u64;
        until_here(&group.data().join("uploads"), moment).await?;
        if kills.contains(&number) {
            *memory = (*memory).max(most_resident(group.process()?)?);
            group.kill();
            group.restart().await?;
        } else {
            line.cut();
            tokio::time::sleep(chance.time(CUT_FOR)).await;
            line.mend();
        }
    }
    Ok(())
}

/// Comes back once so many bytes of the one upload are at the server.
async fn until_here(uploads: &Path, bytes: u64) -> Result<()> {
    let (mut here, mut since) = (0, Instant::now());
    loop {
        let now = sizes(uploads)?.into_values().sum();
        if now >= bytes {
            return Ok(());
        }
        if now != here {
            (here, since) = (now, Instant::now());
        }
        ensure!(since.elapsed() < STANDS_STILL, "it stands still at byte {here}");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Its hash, once the upload was found fit.
async fn decided(person: &Api, upload: &str) -> Result<String> {
    let began = Instant::now();
    loop {
        let card = person.get(&format!("{upload}?wait=1")).await?;
        match card["state"]["is"].as_str() {
            Some("ready") => return Ok(card["state"]["blob"].as_str().unwrap_or_default().to_owned()),
            Some("checking") => ensure!(began.elapsed() < CHECKED_WITHIN, "the check does not end"),
            _ => bail!("the upload became {card}"),
        }
    }
}

/// A file that says that it is a film, and holds what no other does.
struct Film {
    path: PathBuf,
    bytes: u64,
    hash: String,
}

impl Film {
    async fn make(path: PathBuf, bytes: u64, seed: u64) -> Result<Self> {
        let making = tokio::task::spawn_blocking(move || {
            let mut content = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
            let (mut hasher, mut file) = (blake3::Hasher::new(), File::create(&path)?);
            // The box of the kind, and one for all the rest.
            let mut piece = [&b"\0\0\0\x18ftypisom\0\0\x02\0isommp42"[..], b"\0\0\0\0mdat"].concat();
            let mut left = bytes;
            while left > 0 {
                let begun = piece.len();
                piece.resize(left.min(PIECE as u64) as usize, 0);
                content.fill(&mut piece[begun..]);
                hasher.update(&piece);
                file.write_all(&piece)?;
                left -= piece.len() as u64;
                piece.clear();
            }
            Ok(Self { path, bytes, hash: hasher.finalize().to_hex().to_string() })
        });
        making.await?
    }

    /// Uploads it as a page does that hopes that it is there already; how long that took.
    async fn upload_known(&self, person: &Api) -> Result<Duration> {
        let began = Instant::now();
        let asked = json!({ "name": "实录.mp4", "bytes": self.bytes, "hash": self.hash });
        let challenge = person.post("/api/uploads/known", asked).await?;
        let answer = json!({ "answer": self.answer(&challenge)? });
        let path = format!("/api/uploads/known/{}", challenge["id"].as_str().context("no id in the answer")?);
        let answer = person.send(Method::PUT, &path, Some(answer)).await?;
        let (status, card) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{status} {card}");
        let card: Value = serde_json::from_str(&card)?;
        ensure!(card["state"]["is"] == "ready" && card["state"]["blob"] == self.hash, "{card}");
        Ok(began.elapsed())
    }

    fn answer(&self, challenge: &Value) -> Result<String> {
        let key = blake3::Hash::from_hex(challenge["nonce"].as_str().unwrap_or_default())?;
        let (mut hasher, mut file) = (blake3::Hasher::new_keyed(key.as_bytes()), File::open(&self.path)?);
        for range in challenge["ranges"].as_array().context("no ranges")? {
            let (from, length) = (range["from"].as_u64(), range["length"].as_u64());
            file.seek(SeekFrom::Start(from.context("no start")?))?;
            let mut bytes = vec![0; length.context("no length")? as usize];
            file.read_exact(&mut bytes)?;
            hasher.update(&bytes);
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// Whether it comes back as it went, and how long that took.
    async fn compare(&self, person: &Api, upload: &str) -> Result<(bool, Duration)> {
        let began = Instant::now();
        let mut answer = person.send(Method::GET, &format!("{upload}/bytes"), None).await?.error_for_status()?;
        let (mut hasher, mut came) = (blake3::Hasher::new(), 0);
        while let Some(piece) = answer.chunk().await? {
            came += piece.len() as u64;
            hasher.update(&piece);
        }
        Ok((came == self.bytes && hasher.finalize().to_hex().as_str() == self.hash, began.elapsed()))
    }
}

/// All files in a folder and in those within it, with their lengths.
fn sizes(folder: &Path) -> Result<HashMap<PathBuf, u64>> {
    let mut all = HashMap::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => all.extend(sizes(&path)?),
            Ok(about) => drop(all.insert(path, about.len())),
            // It has gone meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(all)
}

/// The size of the disk and what is free of it, in bytes.
fn room(folder: &Path) -> Result<(u64, u64)> {
    let said = std::process::Command::new("df").args(["--output=size,avail", "--block-size=1"]).arg(folder).output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let mut figures = said.lines().last().unwrap_or_default().split_whitespace().map(str::parse);
    match (figures.next(), figures.next()) {
        (Some(Ok(size)), Some(Ok(free))) => Ok((size, free)),
        _ => bail!("df says {said}"),
    }
}
