//! Films made small for weak lines: by a stand-in for `ffmpeg`, which does as a test wants, and by the real one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::app::Settings;
use server::clock::now;
use server::library::renditions::Ffmpeg;
use shared::words::{BlobId, UnixMillis};
use tempfile::TempDir;

use crate::hostile_files::files::{boxed, film};
use crate::library::{created, on, with, words};
use crate::uploads::{Tus, decided, settings};
use crate::world::{PATIENCE, Person, World, problem};

#[cfg(feature = "films")]
mod real;

/// What the stand-in does when it is to make something; its last argument is where.
const MAKES: &str = "cat \"$folder/answer\" > \"$last\"";
const FAILS: &str = "echo 'moov atom not found' >&2; exit 1";
/// Says that it has begun, and does not end.
const HANGS: &str = "echo begun > \"$folder/begun\"; exec sleep 1000";

/// A program that says it is `ffmpeg`.
struct StandIn(TempDir);

impl StandIn {
    fn new(does: &str) -> Self {
        let stand_in = Self(tempfile::tempdir().unwrap());
        stand_in.does(does);
        fs::write(stand_in.file("answer"), film()).unwrap();
        stand_in
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// From now on.
    fn does(&self, work: &str) {
        let folder = self.0.path().display();
        let script = format!(
            "#!/bin/sh\nPATH=/usr/bin:/bin\nfolder={folder}\ncase \"$*\" in\n\
             *-encoders*) echo ' V....D libx264 x'; echo ' A....D aac x'; exit;;\n*-version*) echo stand-in; exit;;\nesac\n\
             for last; do :; done\necho \"$*\" >> \"$folder/asked\"\n{work}\n"
        );
        let path = self.file("ffmpeg");
        // Renamed, since one that runs can't be written.
        fs::write(self.file("new"), script).unwrap();
        fs::set_permissions(self.file("new"), fs::Permissions::from_mode(0o700)).unwrap();
        fs::rename(self.file("new"), path).unwrap();
    }

    fn settings(&self) -> Settings {
        Settings { ffmpeg: Some(Ffmpeg::At(self.file("ffmpeg"))), ..settings() }
    }

    /// How often it was to make something.
    fn asked(&self) -> usize {
        fs::read_to_string(self.file("asked")).map_or(0, |asked| asked.lines().count())
    }
}

/// A minute and a half that takes 60 KB a second; another one for each number.
fn large_film(number: u8) -> Vec<u8> {
    [film(), boxed(b"mdat", &[&vec![number; 5 << 20]])].concat()
}

/// An item with this one file; its address and the blob of the file.
async fn put_in(person: &Person, bytes: &[u8], shelf: Value) -> (String, BlobId) {
    let place = person.upload(bytes).await;
    let state = decided(person, &place).await["state"].clone();
    let substance = json!({"type": "files", "of": [place.rsplit('/').next()]});
    let body = with(words("recorded-lesson", "分数墙课堂实录"), json!({"shelf": shelf, "substance": substance}));
    let item = created(person.send(Method::POST, "/api/items", body).await).await;
    (format!("/api/items/{item}"), state["blob"].as_str().expect("it is fit").parse().unwrap())
}

/// The file of the item as soon as `is_so`.
async fn file_once(person: &Person, item: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let looked = async {
        loop {
            let file = person.json(item).await["versions"][0]["files"][0].clone();
            if is_so(&file) {
                return file;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(6 * PATIENCE, looked).await.expect("it comes to that")
}

/// Until there is nothing more to be made.
async fn all_are_looked_at(world: &World) {
    let looked = async {
        while world.app.store.count_without_rendition(now()).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(6 * PATIENCE, looked).await.expect("all are looked at");
}

async fn until(is_so: impl Fn() -> bool) {
    let looked = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looked).await.expect("it comes to that");
}

fn is_made(file: &Value) -> bool {
    file["small"].is_object()
}

/// Nothing is left of what was being made.
fn beside(data: &Path) -> usize {
    fs::read_dir(data.join("renditions")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_made_small_and_its_small_rendition_is_seen_by_whoever_sees_the_film() {
    let stand_in = StandIn::new(MAKES);
    let world = World::with(stand_in.settings()).await;
    let [zhou, qian, lin] = [world.sign_in("zhou").await, world.sign_in("qian").await, world.sign_in("lin").await];
    let (item, blob) = put_in(&zhou, &large_film(1), on("school", "shiyan")).await;
    let file = file_once(&zhou, &item, is_made).await;
    assert_eq!(file["small"], json!({"bytes": film().len()}));
    assert!(file["making"].is_null());
    let small = format!("{item}/versions/1/files/1/small");
    let answer = zhou.get(&small).await;
    assert_eq!((answer.status(), &answer.headers()["content-type"]), (StatusCode::OK, &"video/mp4".parse().unwrap()));
    assert_eq!(answer.bytes().await.unwrap(), film());
    let part = zhou.request(Method::GET, &small).header("range", "bytes=100-199").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 100-199/{}", film().len()));
    assert_eq!(part.bytes().await.unwrap(), film()[100..200]);
    let kept = zhou.get(&format!("{small}?download")).await;
    assert!(
        kept.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"_.small.mp4\"")
    );
    assert_eq!(zhou.get(&format!("{item}/versions/1/files/1")).await.bytes().await.unwrap(), large_film(1));
    for stranger in [&lin, &qian] {
        assert_eq!(problem(stranger.get(&small).await).await, (404, "not-found".to_owned()));
    }
    let asked = fs::read_to_string(stand_in.file("asked")).unwrap();
    assert!(!asked.contains(blob.as_str()), "who looks at the processes does not see which film it is: {asked}");
    assert_eq!(beside(world.data.path()), 0);
    // What takes room is what people put in.
    let room = zhou.json("/api/uploads/room").await;
    assert_eq!(room["used"], large_film(1).len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_small_or_no_film_is_left_alone() {
    let stand_in = StandIn::new(MAKES);
    let world = World::with(stand_in.settings()).await;
    let zhou = world.sign_in("zhou").await;
    let (short, blob) = put_in(&zhou, &film(), on("school", "shiyan")).await;
    let (item, _) = put_in(&zhou, &large_film(2), on("school", "shiyan")).await;
    file_once(&zhou, &item, is_made).await;
    assert_eq!(stand_in.asked(), 1, "of the short one nothing was asked");
    // Newest first: that it was looked at is known once there is nothing more to do.
    all_are_looked_at(&world).await;
    let file = zhou.json(&short).await["versions"][0]["files"][0].clone();
    assert!(file["small"].is_null() && file["making"].is_null(), "{file}");
    assert_eq!(problem(zhou.get(&format!("{short}/versions/1/files/1/small")).await).await.0, 404);
    assert!(world.app.store.file(&blob).await.unwrap().is_some());
    assert_eq!(stand_in.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_of_which_nothing_can_be_made_is_tried_three_times_and_holds_up_nobody() {
    let stand_in = StandIn::new(FAILS);
    let world = World::with(stand_in.settings()).await;
    let [zhou, head, qian] = [world.sign_in("zhou").await, world.sign_in("head").await, world.sign_in("qian").await];
    let (item, blob) = put_in(&head, &large_film(3), on("group", "qinghe")).await;
    let file = file_once(&head, &item, |file| file["making"] == "failed").await;
    assert!(file["small"].is_null());
    let seen = file_once(&qian, &item, |_| true).await;
    assert!(seen["bytes"].is_u64() && seen["making"].is_null(), "it is of use to whoever manages it: {seen}");
    assert_eq!(problem(zhou.get(&format!("{item}/versions/1/files/1/small")).await).await.0, 404);
    let store = &world.app.store;
    let later = |hours: i64| UnixMillis(now().0 + hours * 3_600_000 + 60_000);
    assert!(store.next_without_rendition(now()).await.unwrap().is_none(), "not at once");
    let again = store.next_without_rendition(later(1)).await.unwrap().expect("an hour later");
    assert_eq!((again.blob, again.tries), (blob, 1));
    stand_in.does(MAKES);
    let (other, _) = put_in(&zhou, &large_film(4), on("school", "shiyan")).await;
    file_once(&zhou, &other, is_made).await;
    assert_eq!(stand_in.asked(), 2, "the first one waits for its time");
    // What is no film, or half of one, is not taken either.
    for (number, answer) in [(5, b"not a film".to_vec()), (6, [&film()[..32], &[0; 400]].concat())] {
        fs::write(stand_in.file("answer"), answer).unwrap();
        let (item, _) = put_in(&zhou, &large_film(number), on("school", "shiyan")).await;
        file_once(&head, &item, |file| file["making"] == "failed").await;
    }
    assert_eq!(beside(world.data.path()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_ends_its_encoder_and_the_next_one_makes_what_was_not_made() {
    let stand_in = StandIn::new(HANGS);
    let world = World::with(stand_in.settings()).await;
    let zhou = world.sign_in("zhou").await;
    let (item, _) = put_in(&zhou, &large_film(7), on("school", "shiyan")).await;
    until(|| stand_in.file("begun").exists()).await;
    let head = world.sign_in("head").await;
    file_once(&head, &item, |file| file["making"] == "now").await;
    let (waits, _) = put_in(&zhou, &large_film(8), on("school", "shiyan")).await;
    file_once(&head, &waits, |file| file["making"] == "waiting").await;
    let data = world.stop().await;
    let encoding = || processes_with(data.path());
    until(|| encoding().is_empty()).await;
    stand_in.does(MAKES);
    let world = World::open(data, stand_in.settings(), |log| log).await;
    let zhou = world.sign_in("zhou").await;
    for item in [&item, &waits] {
        file_once(&zhou, item, is_made).await;
    }
    assert_eq!(beside(world.data.path()), 0, "what was begun is not left");
}

/// Processes of this machine with this text in their arguments.
fn processes_with(folder: &Path) -> Vec<String> {
    let text = folder.join("renditions").display().to_string();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let said = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    said.map(|said| String::from_utf8_lossy(&said).into_owned()).filter(|said| said.contains(&text)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_takes_its_encoder_with_it() {
    let stand_in = StandIn::new("echo $$ > \"$folder/begun\"; while :; do /bin/sleep 1; done");
    let data = Arc::new(tempfile::tempdir().unwrap());
    let encoder = stand_in.file("ffmpeg").display().to_string();
    let server = crate::crash::Killable::start_with(data.path(), &["--ffmpeg", &encoder]);
    let zhou = Person::signed_in_at(server.address, "zhou").await;
    put_in(&zhou, &large_film(9), on("school", "shiyan")).await;
    let begun = stand_in.file("begun");
    until(|| fs::read_to_string(&begun).is_ok_and(|pid| pid.ends_with('\n'))).await;
    assert!(!processes_with(data.path()).is_empty());
    drop(server);
    until(|| processes_with(data.path()).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_rendition_goes_with_its_film_comes_again_if_it_is_lost_and_is_in_no_backup() {
    let stand_in = StandIn::new(MAKES);
    let world = World::with(stand_in.settings()).await;
    let zhou = world.sign_in("zhou").await;
    let (item, blob) = put_in(&zhou, &large_film(10), on("school", "shiyan")).await;
    file_once(&zhou, &item, is_made).await;
    let (store, blobs) = (&world.app.store, &world.app.blobs);
    let small = store.rendition_blobs().await.unwrap().remove(0);
    let tomorrow = std::time::SystemTime::now() + Duration::from_secs(24 * 3_600);

    // Somebody tidies too much.
    assert!(blobs.forget(&small, tomorrow).await.unwrap());
    let path = format!("{item}/versions/1/files/1/small");
    assert_eq!(problem(zhou.get(&path).await).await, (404, "no-such-file".to_owned()));
    file_once(&zhou, &item, is_made).await;
    assert_eq!(zhou.get(&path).await.bytes().await.unwrap(), film());

    let folder = server::data_folder::DataFolder::beside(world.data.path()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let (file, restored) = (place.path().join("backup.tar"), place.path().join("restored"));
    let report =
        server::archive::backup(&folder, &server::database::Database::of(&folder, None).unwrap(), &file).await.unwrap();
    assert!(report.bytes >= large_film(10).len() as u64 && report.lacking.is_empty(), "{report}");
    server::archive::restore(&file, &restored, None, None).await.unwrap();
    let there = |data: &Path, id: &BlobId| data.join("blobs").join(&id.as_str()[..2]).join(&id.as_str()[2..]).exists();
    assert!(there(&restored, &blob) && !there(&restored, &small) && there(world.data.path(), &small));

    assert_eq!(zhou.request(Method::DELETE, &item).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let days = |days: i64| UnixMillis(now().0 + days * UnixMillis::DAY);
    world.app.uploads.sweep(days(31)).await.unwrap();
    assert_eq!(store.rendition_blobs().await.unwrap(), []);
    let mut left = store.blobs_left().await.unwrap();
    left.sort();
    let mut expected = vec![blob.clone(), small.clone()];
    expected.sort();
    assert_eq!(left, expected, "they were kept a moment ago; an hour later they go");
    for id in &left {
        assert!(blobs.forget(id, tomorrow).await.unwrap());
    }
    world.app.uploads.sweep(days(31)).await.unwrap();
    assert_eq!(store.blobs_left().await.unwrap(), [], "also if the server died before it could say so");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ffmpeg_nothing_is_said_of_it() {
    let world = World::with(Settings { ffmpeg: Some(Ffmpeg::At("/nowhere/ffmpeg".into())), ..settings() }).await;
    let zhou = world.sign_in("zhou").await;
    let (item, _) = put_in(&zhou, &large_film(11), on("school", "shiyan")).await;
    let file = zhou.json(&item).await["versions"][0]["files"][0].clone();
    assert!(file["small"].is_null() && file["making"].is_null(), "{file}");
    assert_eq!(problem(zhou.get(&format!("{item}/versions/1/files/1/small")).await).await.0, 404);
}
