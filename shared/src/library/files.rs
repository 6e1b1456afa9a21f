//! What a file is, judged by its content, and why one is not taken.

use serde::{Deserialize, Serialize};

use super::items::named;

named! {
    /// What a file is by its content; its name is not believed.
    FileKind {
        Docx = "docx",
        Pptx = "pptx",
        Xlsx = "xlsx",
        /// Word, PowerPoint and Excel before 2007, and WPS files of that form
        OldOffice = "old-office",
        Pdf = "pdf",
        Png = "png",
        Jpeg = "jpeg",
        Gif = "gif",
        Webp = "webp",
        Bmp = "bmp",
        Svg = "svg",
        Mp3 = "mp3",
        M4a = "m4a",
        Wav = "wav",
        Ogg = "ogg",
        Mp4 = "mp4",
        Webm = "webm",
        /// Other films: AVI, WMV, FLV, MKV, MOV
        Film = "film",
        Text = "text",
        Csv = "csv",
        Markdown = "markdown",
        /// Kept and given back, never opened: HTML and the like
        Html = "html",
        Zip = "zip",
        Rar = "rar",
        SevenZip = "7z",
        /// Kept and given back as it is
        Other = "other",
    }
}

/// What was found out about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub kind: FileKind,
    /// Pages, slides or sheets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of sound and film, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u64>,
    /// There is a small picture of it.
    pub has_thumbnail: bool,
    /// Its content could not be read, though it is kept: it is found by its title alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<Unfit>,
    /// What whoever downloads it should know first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl FileFacts {
    pub fn of(kind: FileKind) -> Self {
        Self {
            kind,
            pages: None,
            width: None,
            height: None,
            millis: None,
            has_thumbnail: false,
            unread: None,
            warnings: Vec::new(),
        }
    }

    pub fn unread(kind: FileKind, why: Unfit) -> Self {
        Self { unread: Some(why), ..Self::of(kind) }
    }
}

named! {
    /// What is said beside a download. The page has a sentence for each.
    Warning {
        /// Macros, which run if whoever opens it lets them
        Macros = "macros",
        /// An archive with programs in it
        Programs = "programs",
        /// Opened, it fetches something from elsewhere
        Remote = "remote",
        /// Its name says another kind
        OtherKind = "other-kind",
    }
}

named! {
    /// Why a file is not taken, or not read. The page has a sentence for each.
    Unfit {
        Empty = "empty",
        /// A program for some computer
        Program = "program",
        /// Unpacked it would be far larger than it looks
        Bomb = "bomb",
        /// A zip with names that lead out of it, or links
        Escapes = "escapes",
        /// Begins as one thing and goes on as another
        TwoThings = "two-things",
        /// Its name says one thing, its content another that runs
        Lies = "lies",
        /// XML with a DOCTYPE or entities
        Entities = "entities",
        /// With a password or otherwise locked
        Locked = "locked",
        /// Cut off or broken
        Damaged = "damaged",
        /// It took too long or too much memory
        TooMuch = "too-much",
        /// A macro that would run when it is opened
        Macro = "macro",
    }
}
