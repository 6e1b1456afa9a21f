use std::time::Duration;

use futures_util::TryStreamExt;

use super::*;

fn blobs() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
    (folder, blobs)
}

fn names(blobs: &Blobs) -> Vec<String> {
    let folders = fs::read_dir(blobs.folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
    files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_blob_comes_back_whole_or_with_an_error() {
    let (_folder, blobs) = blobs();
    let id = blobs.keep_now(b"picture").unwrap();
    assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
    assert_eq!(blobs.read_now(&id).unwrap().as_deref(), Some(&b"picture"[..]));
    let absent = blobs.read_now(&"ab".parse().unwrap()).unwrap();
    assert_eq!(absent, None);
    fs::write(blobs.path(&id), b"pictura").unwrap();
    assert_eq!(blobs.read_now(&id).unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert!(!blobs.is_whole_now(&id).unwrap());
    assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
    assert!(blobs.read_now(&id).unwrap().is_some(), "kept again, it is whole again");
    assert_eq!(blobs.keep_now(b"picture").unwrap(), id);
    assert_eq!(blobs.read_now(&id).unwrap().as_deref(), Some(&b"picture"[..]));
    assert_eq!(names(&blobs).len(), 1, "nothing is left beside");
}

#[test]
fn a_file_is_kept_without_a_copy_and_put_right_if_it_was_damaged() {
    let (folder, blobs) = blobs();
    let path = folder.path().join("film");
    fs::write(&path, b"film").unwrap();
    let (id, bytes) = hash(File::open(&path).unwrap()).unwrap();
    assert_eq!((id.clone(), bytes), (id_of(b"film"), 4));
    for _ in 0..2 {
        blobs.keep_file_now(&path, &id).unwrap();
        assert_eq!(blobs.read_now(&id).unwrap().as_deref(), Some(&b"film"[..]));
        assert_eq!(fs::read(&path).unwrap(), b"film", "the file stays");
        assert_eq!(names(&blobs).len(), 1, "nothing is left beside");
    }
    fs::remove_file(blobs.path(&id)).unwrap();
    fs::write(blobs.path(&id), b"flim").unwrap();
    blobs.keep_file_now(&path, &id).unwrap();
    assert!(blobs.is_whole_now(&id).unwrap());
    assert_eq!(blobs.keep_all_now(&mut &b"film"[..]).unwrap(), id);
}

#[tokio::test]
async fn any_range_comes_in_pieces_and_a_file_that_is_too_short_with_an_error() {
    let (_folder, blobs) = blobs();
    let bytes: Vec<u8> = (0..700_000u32).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect();
    let id = blobs.keep(bytes.clone().into()).await.unwrap();
    assert_eq!(blobs.size(&id).await.unwrap(), Some(700_000));
    for range in [0..700_000, 0..1, 699_999..700_000, 262_144..262_145, 262_143..524_290, 5..5] {
        let stream = blobs.stream(&id, range.clone()).await.unwrap().unwrap();
        let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
        let all = pieces.concat();
        assert_eq!(all, bytes[range.start as usize..range.end as usize], "{range:?}");
    }
    let beyond: io::Result<Vec<Bytes>> =
        blobs.stream(&id, 699_990..700_010).await.unwrap().unwrap().try_collect().await;
    assert_eq!(beyond.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    let absent: BlobId = "ab".parse().unwrap();
    assert!(blobs.stream(&absent, 0..1).await.unwrap().is_none() && blobs.size(&absent).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_kept_again_lately_is_not_forgotten() {
    let (_folder, blobs) = blobs();
    let id = blobs.keep_now(b"picture").unwrap();
    let (before, after) = (SystemTime::now() - Duration::from_secs(60), SystemTime::now() + Duration::from_secs(60));
    assert!(!blobs.forget(&id, before).await.unwrap());
    assert!(blobs.exists(&id).await.unwrap());
    assert!(blobs.forget(&id, after).await.unwrap());
    assert!(!blobs.exists(&id).await.unwrap());
    assert!(blobs.forget(&id, after).await.unwrap(), "it is gone");
}
