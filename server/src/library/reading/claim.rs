//! What a file's name claims, to be held against what it is. The name itself stays with the server.

use shared::library::{FileKind, Unfit};
use shared::unseen::turns_round;

/// What a double click runs, whatever is in it. Scripts that a lesson shows (Python and the like) are not among them.
const RUN: &[&str] = &[
    "apk",
    "app",
    "application",
    "appref-ms",
    "appx",
    "bat",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "deb",
    "desktop",
    "diagcab",
    "dll",
    "exe",
    "gadget",
    "hta",
    "inf",
    "jar",
    "jnlp",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "ppam",
    "pif",
    "ps1",
    "psm1",
    "reg",
    "rpm",
    "scf",
    "scr",
    "sct",
    "searchconnector-ms",
    "settingcontent-ms",
    "sh",
    "sys",
    "url",
    "vbe",
    "vbs",
    "wsc",
    "wsf",
    "wsh",
    "xla",
    "xlam",
    "xll",
];

/// Opened as text, markup and scripts among them.
const PLAIN: &[&str] = &[
    "bib", "c", "cpp", "cs", "css", "csv", "go", "h", "ini", "ipynb", "java", "json", "kt", "log", "lrc", "lua",
    "markdown", "md", "php", "py", "rs", "rst", "scala", "sql", "srt", "svelte", "tex", "toml", "ts", "tsv", "txt",
    "vtt", "yaml", "yml",
];

const WEB: &[&str] = &["htm", "html", "mht", "mhtml", "shtml", "xhtml", "xml"];

/// Names of before 2007. School offices' programs write tables of text or HTML under them, and Office opens those.
const OLD: &[&str] = &["doc", "dot", "dps", "et", "pps", "ppt", "rtf", "wps", "xls", "xlt"];

/// Bytes of a name's last part that are looked at.
const MAX_ENDING: usize = 24;

/// A name's ending, in small letters without the dot; empty if there is none, or none that programs know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Claim(String);

/// What sort of thing the ending stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claims {
    Nothing,
    Program,
    Plain,
    Web,
    /// Office before 2007
    Old,
    Kind(FileKind),
}

impl Claim {
    /// # Errors
    /// [`Unfit::Lies`] if the name is written so that another ending is seen than there is.
    pub fn of_name(name: &str) -> Result<Self, Unfit> {
        if name.chars().any(turns_round) {
            return Err(Unfit::Lies);
        }
        // What follows a colon names a stream of the file before it, which Windows opens by the whole name all the same.
        let mut parts = name.split(':').map(Self::of_part);
        let runs = parts.clone().find(|claim| claim.claims() == Claims::Program);
        Ok(runs.or_else(|| parts.next_back()).unwrap_or_default())
    }

    fn of_part(name: &str) -> Self {
        // Windows drops dots and spaces at the end.
        let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace() || c.is_control());
        name.rsplit_once('.').map(|(_, ending)| Self::of_ending(ending)).unwrap_or_default()
    }

    pub fn of_ending(ending: &str) -> Self {
        let known = ending.len() <= MAX_ENDING && ending.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        Self(if known { ending.to_ascii_lowercase() } else { String::new() })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for all endings under which a file reads alike; few, so that it is read and kept few times.
    pub fn family(&self) -> &'static str {
        match self.claims() {
            Claims::Nothing => "nothing",
            Claims::Program => "program",
            Claims::Plain => self.plain().as_str(),
            Claims::Web => "web",
            Claims::Old => "old",
            Claims::Kind(kind) => kind.as_str(),
        }
    }

    /// Which text it is, of those that only their names tell apart.
    pub fn plain(&self) -> FileKind {
        match self.0.as_str() {
            "csv" | "tsv" => FileKind::Csv,
            "md" | "markdown" => FileKind::Markdown,
            _ => FileKind::Text,
        }
    }

    pub fn claims(&self) -> Claims {
        use FileKind as K;
        let ending = self.0.as_str();
        if RUN.contains(&ending) {
            return Claims::Program;
        }
        if PLAIN.contains(&ending) {
            return Claims::Plain;
        }
        if WEB.contains(&ending) {
            return Claims::Web;
        }
        if OLD.contains(&ending) {
            return Claims::Old;
        }
        Claims::Kind(match ending {
            "docx" | "docm" | "dotx" | "dotm" => K::Docx,
            "pptx" | "pptm" | "ppsx" | "ppsm" | "potx" | "potm" => K::Pptx,
            "xlsx" | "xlsm" | "xltx" | "xltm" => K::Xlsx,
            "pdf" => K::Pdf,
            "png" => K::Png,
            "jpg" | "jpeg" | "jpe" | "jfif" => K::Jpeg,
            "gif" => K::Gif,
            "webp" => K::Webp,
            "bmp" => K::Bmp,
            "svg" => K::Svg,
            "mp3" => K::Mp3,
            "m4a" => K::M4a,
            "wav" => K::Wav,
            "ogg" | "oga" | "opus" => K::Ogg,
            "mp4" | "m4v" => K::Mp4,
            "webm" => K::Webm,
            "avi" | "flv" | "mkv" | "mov" | "mpeg" | "mpg" | "wmv" | "3gp" | "rmvb" | "rm" | "ts" => K::Film,
            "zip" => K::Zip,
            "rar" => K::Rar,
            "7z" => K::SevenZip,
            _ => return Claims::Nothing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_names_ending_is_what_programs_go_by() {
        let cases = [
            ("教案.docx", Claims::Kind(FileKind::Docx)),
            ("教案.DOCX ", Claims::Kind(FileKind::Docx)),
            ("photo.jpg.exe", Claims::Program),
            ("photo.exe. .", Claims::Program),
            ("成绩.xls", Claims::Old),
            ("程序.py", Claims::Plain),
            ("网页.html", Claims::Web),
            ("没有", Claims::Nothing),
            ("奇怪.第一课", Claims::Nothing),
            (".docx", Claims::Kind(FileKind::Docx)),
            ("a.exe::$DATA", Claims::Program),
            ("a.txt:b.exe", Claims::Program),
            ("9:30.docx", Claims::Kind(FileKind::Docx)),
            ("资料.library-ms", Claims::Program),
            ("设置.SettingContent-ms", Claims::Program),
            ("帮助.chm", Claims::Program),
            ("安装.msix", Claims::Program),
            ("安装.application", Claims::Program),
            ("安装.jnlp", Claims::Program),
            ("诊断.diagcab", Claims::Program),
            ("加载项.xlam", Claims::Program),
            ("", Claims::Nothing),
        ];
        for (name, expected) in cases {
            assert_eq!(Claim::of_name(name).unwrap().claims(), expected, "{name}");
        }
        assert_eq!(Claim::of_name("教案\u{202e}xcod.exe"), Err(Unfit::Lies));
    }
}
