//! Files read in pieces, while the pieces before are on their way.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::task::{JoinHandle, spawn_blocking};

/// Large enough that asking for it costs little beside reading it; two of them are in memory for each reader.
const PIECE: u64 = 256 << 10;

type Piece = JoinHandle<io::Result<(File, Bytes)>>;

/// The range, in pieces; an error if the file ends before it does.
pub fn pieces(file: File, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let left = range.end.saturating_sub(range.start);
    let first = spawn_blocking(move || {
        let mut file = file;
        file.seek(SeekFrom::Start(range.start))?;
        read(file, left)
    });
    stream::try_unfold((first, left), |(piece, left): (Piece, u64)| async move {
        if left == 0 {
            return Ok(None);
        }
        let (file, bytes) = piece.await.map_err(io::Error::other)??;
        let left = left - bytes.len() as u64;
        // Ahead: the disk works while the line does.
        Ok(Some((bytes, (spawn_blocking(move || read(file, left)), left))))
    })
}

fn read(mut file: File, left: u64) -> io::Result<(File, Bytes)> {
    let most = left.min(PIECE);
    // Into fresh memory as it is: writing zeros there first would cost as much as reading.
    let mut bytes = Vec::with_capacity(most as usize);
    (&mut file).take(most).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < most {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((file, bytes.into()))
}
