use futures_util::TryStreamExt;

use super::*;

fn blobs() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
    (folder, blobs)
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
