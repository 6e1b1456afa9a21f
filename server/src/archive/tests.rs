use bytes::Bytes;
use shared::organisation::Shelf;
use shared::sync::room::{Room, RoomSeed};
use shared::words::{DocumentId, DocumentKind, Seq, Title, UserId};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::mpsc;
use yrs::{Doc, Text, Transact};

use super::*;
use crate::new_document::{self, Start};
use crate::store::{DocumentHandle, NewImage, NewSnapshot, NewUpdate};
use crate::upkeep;

/// The database of a folder that has its own.
fn here(folder: &DataFolder) -> Database {
    Database::of(folder, None).unwrap()
}

/// A data folder with one person, one document of some edits, and one image in it.
struct Sample {
    place: TempDir,
    folder: DataFolder,
    store: SqliteStore,
    person: UserId,
    document: DocumentId,
    image: BlobId,
    typed: Doc,
    last: Seq,
}

impl Sample {
    async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(&place.path().join("data")).unwrap();
        let store = SqliteStore::open(&folder.database()).await.unwrap();
        let password = crate::secret::Secret::new("password of lin".to_owned());
        let id = crate::accounts::add_person(&store, "lin", "林秀兰", password, false).await.unwrap();
        let title = Title::new("分数的初步认识").unwrap();
        let (kind, start) = (DocumentKind::LessonPlan, Start::Template);
        let document = new_document::create(&store, &id, kind, title, Shelf::Person(id.clone()), start).await.unwrap();
        let handle = DocumentHandle::open(&store, &id, &document).await.unwrap().unwrap();
        let bytes = Bytes::from_static(b"stands for a picture");
        let image = Blobs::open(folder.blobs()).unwrap().keep(bytes.clone()).await.unwrap();
        let new = NewImage {
            blob: image.clone(),
            media_type: "image/png".into(),
            width: 4,
            height: 3,
            bytes: bytes.len() as u64,
            author: id.clone(),
            at: clock::now(),
        };
        store.add_image(handle.editing().unwrap(), new).await.unwrap();
        let last = store.load(&document).await.unwrap().unwrap().tail();
        let mut sample =
            Self { place, folder, store, person: id, document, image, typed: Doc::with_client_id(77), last };
        for letter in ["备", "课", "😀"] {
            sample.write(letter).await;
        }
        sample
    }

    /// Comes back when the letter is durable.
    async fn write(&mut self, letter: &str) {
        let text = self.typed.get_or_insert_text("text");
        let mut transaction = self.typed.transact_mut();
        text.push(&mut transaction, letter);
        let bytes = transaction.encode_update_v1().into();
        drop(transaction);
        self.last = Seq(self.last.0 + 1);
        let (done, mut stored) = mpsc::unbounded_channel();
        let (document, author) = (self.document.clone(), self.person.clone());
        self.store
            .append(NewUpdate { document, seq: self.last, author, at: clock::now(), bytes, binds: vec![77] }, done);
        stored.recv().await.unwrap().outcome.unwrap();
    }

    /// Snapshots of the log up to each of these numbers, and then all is packed that can be.
    async fn pack(&self, snapshots: [Seq; 2]) {
        for seq in snapshots {
            let history = self.store.history(&self.document).await.unwrap();
            let seed = RoomSeed {
                document: self.document.clone(),
                epoch: "epoch".parse().unwrap(),
                snapshot: None,
                updates: history.into_iter().take(seq.0 as usize).map(|update| update.bytes).collect(),
                last: seq,
                authors: Vec::new(),
            };
            let bytes = Room::open(seed).unwrap().snapshot().unwrap().update;
            self.store.keep_snapshot(&self.document, NewSnapshot { seq, bytes }).await.unwrap();
        }
        self.store.compact(&self.document).await.unwrap();
    }

    /// Changes the closed database behind everybody's back.
    async fn tamper(&self, change: &'static str) {
        let options = SqliteConnectOptions::new().filename(self.folder.database());
        let mut raw = SqliteConnection::connect_with(&options).await.unwrap();
        assert!(sqlx::query(change).execute(&mut raw).await.unwrap().rows_affected() > 0, "{change}");
        raw.close().await.unwrap();
    }

    fn file(&self) -> PathBuf {
        self.place.path().join("gongbei.tar")
    }

    fn elsewhere(&self) -> PathBuf {
        self.place.path().join("elsewhere")
    }
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_what_was_saved_before_the_backup_is_in_it_and_comes_back() {
    let mut sample = Sample::new().await;
    let written = backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    assert_eq!((written.documents, written.blobs, written.lacking.len()), (1, 1, 0));
    let (upto, before) = (sample.last, sample.store.load(&sample.document).await.unwrap().unwrap());
    sample.write("later").await;

    let read = restore(&sample.file(), &sample.elsewhere(), None, None).await.unwrap();
    assert_eq!((read.documents, read.blobs, read.bytes), (1, 1, written.bytes));
    assert_eq!(names(&sample.elsewhere()), ["blobs", "gongbei.db", "lock"]);
    let folder = DataFolder::beside(&sample.elsewhere()).unwrap();
    assert_eq!(check::check(&folder, &here(&folder)).await.unwrap().problems, []);
    let restored = SqliteStore::open(&folder.database()).await.unwrap();
    let after = restored.load(&sample.document).await.unwrap().unwrap();
    assert_eq!(after.tail(), upto);
    assert_eq!(after.updates, before.updates);
    assert_ne!(after.epoch, before.epoch, "pages from before must notice that this is another life");
    let blobs = Blobs::open(folder.blobs()).unwrap();
    assert_eq!(blobs.read(&sample.image).await.unwrap().as_deref(), Some(&b"stands for a picture"[..]));
    assert_eq!(names(sample.place.path()), ["data", "elsewhere", "gongbei.tar"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_a_backup_taken_while_people_write_is_whole() {
    let mut sample = Sample::new().await;
    for round in 0..5 {
        let acked = sample.last;
        let file = sample.place.path().join(format!("{round}.tar"));
        let folder = DataFolder::beside(sample.folder.root()).unwrap();
        let under_way = tokio::spawn({
            let file = file.clone();
            async move { backup(&folder, &here(&folder), &file).await }
        });
        while !under_way.is_finished() {
            sample.write("写").await;
        }
        under_way.await.unwrap().unwrap();
        let elsewhere = sample.place.path().join(format!("elsewhere-{round}"));
        restore(&file, &elsewhere, None, None).await.unwrap();
        let store = SqliteStore::open(&elsewhere.join("gongbei.db")).await.unwrap();
        let tail = store.load(&sample.document).await.unwrap().unwrap().tail();
        assert!(acked <= tail && tail <= sample.last, "{acked:?} {tail:?} {:?}", sample.last);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_flipped_bits_and_cuts_of_a_backup_are_found() {
    let sample = Sample::new().await;
    backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    let whole = fs::read(sample.file()).unwrap();
    let blob = whole.windows(8).rposition(|window| window == b"stands f").unwrap();
    // The manifest, all through the database, the image; then cuts inside and between the parts.
    let mut flips: Vec<usize> = (4096..blob - 1024).step_by((blob - 5120) / 50).collect();
    flips.extend([520, 700, blob, blob + 10]);
    let cuts = [0, 100, 512, 1024, whole.len() / 2, blob, blob - 512, blob + 5];
    let flipped = flips.into_iter().map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        (format!("bit flipped at {at}"), bytes)
    });
    let cut = cuts.map(|at| (format!("cut at {at}"), whole[..at].to_vec()));
    for (name, bytes) in flipped.chain(cut) {
        fs::write(sample.file(), bytes).unwrap();
        let restored = restore(&sample.file(), &sample.elsewhere(), None, None).await;
        assert!(restored.is_err(), "{name}");
        assert_eq!(names(&sample.elsewhere()), ["lock"], "{name}");
    }
    fs::write(sample.file(), whole).unwrap();
    restore(&sample.file(), &sample.elsewhere(), None, None)
        .await
        .expect("the folder takes a good one after all the bad ones");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_image_is_named_and_does_not_keep_the_rest_from_being_saved() {
    let sample = Sample::new().await;
    let blobs = sample.folder.blobs();
    fs::remove_dir_all(&blobs).unwrap();
    let problems = check::check(&sample.folder, &here(&sample.folder)).await.unwrap().problems;
    let lost = Problem::Blob { id: sample.image.clone(), what: "is missing".to_owned() };
    assert_eq!(problems, [lost]);
    let written = backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    assert_eq!((written.documents, written.blobs), (1, 0));
    let lost = std::slice::from_ref(&sample.image);
    assert_eq!(written.lacking, lost);
    let read = restore(&sample.file(), &sample.elsewhere(), None, None).await.unwrap();
    assert_eq!(read.lacking, lost);
    assert!(read.to_string().contains(sample.image.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_and_nobody_reads_along() {
    let sample = Sample::new().await;
    backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    let again = backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap_err();
    assert!(again.to_string().contains("exists already"), "{again}");

    fs::create_dir(sample.elsewhere()).unwrap();
    fs::write(sample.elsewhere().join("thesis.doc"), "mine").unwrap();
    let occupied = restore(&sample.file(), &sample.elsewhere(), None, None).await.unwrap_err();
    assert!(occupied.to_string().contains("not empty"), "{occupied}");
    assert_eq!(names(&sample.elsewhere()), ["thesis.doc"]);

    let served = restore(&sample.file(), sample.folder.root(), None, None).await.unwrap_err();
    assert!(served.to_string().contains("not empty"), "{served}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for path in [sample.folder.root(), &sample.file()] {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "password hashes are in {}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_cut_off_is_done_again() {
    let sample = Sample::new().await;
    backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    let blobs = Blobs::open(sample.elsewhere().join("blobs")).unwrap();
    blobs.keep(Bytes::from_static(b"of the attempt before")).await.unwrap();
    fs::write(sample.elsewhere().join("restoring.db"), "half").unwrap();
    restore(&sample.file(), &sample.elsewhere(), None, None).await.unwrap();
    assert_eq!(names(&sample.elsewhere()), ["blobs", "gongbei.db", "lock"]);
    assert_eq!(blobs.read(&sample.image).await.unwrap().as_deref(), Some(&b"stands for a picture"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_check_finds_damage_in_the_log() {
    let sample = Sample::new().await;
    sample.store.close().await;
    let whole = fs::read(sample.folder.database()).unwrap();
    let typed = whole.windows(4).collect::<Vec<_>>().into_iter().rposition(|window| window == "😀".as_bytes()).unwrap();
    let mut damaged = whole.clone();
    damaged[typed + 3] ^= 1;
    fs::write(sample.folder.database(), damaged).unwrap();
    let report = check::check(&sample.folder, &here(&sample.folder)).await.unwrap();
    assert_eq!(report.problems.len(), 1, "{report}");
    assert!(report.to_string().contains("checksum"), "{report}");

    fs::write(sample.folder.database(), whole).unwrap();
    let report = check::check(&sample.folder, &here(&sample.folder)).await.unwrap();
    assert_eq!((report.documents, report.blobs, report.problems.len()), (1, 1, 0), "{report}");
    assert!(report.updates >= 3, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn d9_packed_logs_are_backed_up_and_restored() {
    let mut sample = Sample::new().await;
    for _ in 0..100 {
        sample.write("备").await;
    }
    sample.pack([Seq(60), Seq(90)]).await;
    let history = sample.store.history(&sample.document).await.unwrap();
    backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    restore(&sample.file(), &sample.elsewhere(), None, None).await.unwrap();
    let restored = SqliteStore::open(&sample.elsewhere().join("gongbei.db")).await.unwrap();
    assert_eq!(restored.history(&sample.document).await.unwrap(), history);
    let report = check::check(&sample.folder, &here(&sample.folder)).await.unwrap();
    assert_eq!((report.updates as u64, report.problems), (sample.last.0, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn d7_check_names_the_document_of_a_damaged_segment_or_snapshot() {
    let mut sample = Sample::new().await;
    for _ in 0..100 {
        sample.write("课").await;
    }
    sample.pack([Seq(60), Seq(90)]).await;
    sample.store.close().await;
    let problems = async || check::check(&sample.folder, &here(&sample.folder)).await.unwrap().problems;
    sample.tamper("UPDATE snapshots SET bytes = x'00' WHERE seq = 60").await;
    sample.tamper("UPDATE snapshots SET log_checksum = zeroblob(32) WHERE seq = 90").await;
    let of_snapshots = [90, 60].map(|at| Problem::Snapshot { document: sample.document.clone(), at: Seq(at) });
    assert_eq!(problems().await, of_snapshots);
    backup(&sample.folder, &here(&sample.folder), &sample.file()).await.unwrap();
    restore(&sample.file(), &sample.elsewhere(), None, None).await.expect("nothing of it is lost");

    sample.tamper("UPDATE segments SET bytes = x'00'").await;
    let problems = problems().await;
    assert_eq!(problems.len(), 3, "{problems:?}");
    let (what, document) = (problems[0].to_string(), sample.document.as_str());
    assert!(what.contains(document) && what.contains("updates 1 to 60"), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_while_nobody_serves_is_given_back_to_the_disk() {
    let mut sample = Sample::new().await;
    // The tables themselves, empty.
    let empty = sample.store.size().await.unwrap();
    for _ in 0..1_500 {
        sample.write("a").await;
    }
    sample.pack([Seq(1_400), Seq(1_450)]).await;
    let file = sample.store.shrinking().unwrap();
    let (all, free) = (sample.store.size().await.unwrap(), file.free().await.unwrap());
    assert!(free * 4 > all - empty, "{free} of {all} bytes are free, {empty} of them at the start");
    let beside = upkeep::compact(sample.folder.root(), None).await.unwrap();
    assert_eq!((beside.packed.updates, beside.before), (0, beside.after), "it is being served");
    let history = sample.store.history(&sample.document).await.unwrap();
    sample.store.close().await;
    let Sample { place, folder, document, .. } = sample;
    drop(folder);
    let alone = upkeep::compact(&place.path().join("data"), None).await.unwrap();
    assert!(alone.problems.is_empty() && alone.before - alone.after >= free, "{alone}");
    let store = SqliteStore::open(&place.path().join("data/gongbei.db")).await.unwrap();
    assert_eq!(store.history(&document).await.unwrap(), history);
}
