//! How much room the disk has, and how much of it is not for files.

use std::io;
use std::path::Path;

/// So many bytes stay free, or one in twenty if that is more: lessons must be saved when films fill the disk.
const STAY_FREE: u64 = 1 << 30;

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskRoom {
    pub all: u64,
    pub free: u64,
}

impl DiskRoom {
    /// Of the disk that the folder is on; `None` where the system does not say.
    pub fn of(folder: &Path) -> io::Result<Option<Self>> {
        #[cfg(target_os = "linux")]
        {
            let about = rustix::fs::statvfs(folder)?;
            let bytes = |blocks: u64| blocks.saturating_mul(about.f_frsize);
            Ok(Some(Self { all: bytes(about.f_blocks), free: bytes(about.f_bavail) }))
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = folder;
            Ok(None)
        }
    }

    /// How many bytes of files it takes.
    pub fn for_files(self) -> u64 {
        self.free.saturating_sub(STAY_FREE.max(self.all / 20))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_disk_is_not_for_files() {
        const G: u64 = 1 << 30;
        let cases = [
            (DiskRoom { all: 10 * G, free: 3 * G }, 2 * G),
            (DiskRoom { all: 10 * G, free: G }, 0),
            (DiskRoom { all: 10 * G, free: G / 2 }, 0),
            (DiskRoom { all: 1000 * G, free: 60 * G }, 10 * G),
            (DiskRoom { all: 1000 * G, free: 50 * G }, 0),
        ];
        for (disk, expected) in cases {
            assert_eq!(disk.for_files(), expected, "{disk:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_disk_under_a_folder_has_a_size() {
        let disk = DiskRoom::of(Path::new("/")).unwrap().unwrap();
        assert!(disk.all > 0 && disk.free <= disk.all);
    }
}
