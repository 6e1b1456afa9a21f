//! What lies in the export of a person, as a page to be opened first: no script, nothing loaded from anywhere.

use std::fmt::Write as _;

use shared::api::{Account, KeptLine, SessionLine};
use shared::words::UnixMillis;

use super::account_tutoring as tutoring;
use super::account_words::Sort;
use super::audit_export::written;
use super::refusal::Language;

/// Grows with the export and is its last file.
pub struct Index {
    language: Language,
    body: String,
}

/// Headings and labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Title,
    Introduction,
    Me,
    Name,
    Login,
    Phone,
    Email,
    Teaches,
    Seats,
    Kept,
    Sessions,
    Deeds,
    OlderDeeds,
    Documents,
    NoDocuments,
    Unreadable,
    Items,
    Words,
    Tutoring,
}

impl Index {
    pub fn new(language: Language) -> Self {
        Self { language, body: String::new() }
    }

    pub fn account(&mut self, Account { person, seats, .. }: &Account) {
        self.heading(Label::Me);
        self.body += "<dl>\n";
        let known = [
            (Label::Name, Some(&person.name)),
            (Label::Login, Some(&person.login)),
            (Label::Phone, person.phone.as_ref()),
            (Label::Email, person.email.as_ref()),
            (Label::Teaches, Some(&person.teaches).filter(|teaches| !teaches.is_empty())),
        ];
        for (label, value) in known.into_iter().filter_map(|(label, value)| Some((label, value?))) {
            let label = escaped(self.label(label));
            let _ = writeln!(self.body, "<dt>{label}</dt><dd>{}</dd>", escaped(value));
        }
        self.body += "</dl>\n";
        let seats = seats.iter().map(|(seat, place, post)| {
            let post = post.as_ref().map_or("", |post| match self.language {
                Language::Chinese => post.zh.as_str(),
                Language::English => post.en.as_str(),
            });
            let until = seat.span.until.map(|until| format!(" – {}", written(until, None))).unwrap_or_default();
            escaped(&format!("{place} · {post} · {}{until}", written(seat.span.since, None)))
        });
        let seats = seats.collect();
        self.list(Label::Seats, seats);
    }

    pub fn kept(&mut self, lines: &[KeptLine]) {
        self.list(Label::Kept, lines.iter().map(|line| escaped(&line.sentence)).collect());
    }

    pub fn sessions(&mut self, lines: &[SessionLine]) {
        let line = |line: &SessionLine| {
            let SessionLine { browser, system, network, created, seen, .. } = line;
            let named = [browser, system, network].into_iter().flatten().map(String::as_str);
            let named: Vec<_> = named.collect();
            escaped(&format!("{}: {} – {}", named.join(" · "), written(*created, None), written(*seen, None)))
        };
        self.list(Label::Sessions, lines.iter().map(line).collect());
    }

    /// Sentences of the audit log with who did it; `more` if older ones are only in the files.
    pub fn deeds(&mut self, deeds: &[(UnixMillis, String, String)], more: bool) {
        let line = |(at, who, what): &(UnixMillis, String, String)| {
            escaped(&format!("{} · {who} · {what}", written(*at, None)))
        };
        self.list(Label::Deeds, deeds.iter().map(line).collect());
        if more {
            let _ = writeln!(self.body, "<p>{}</p>", escaped(self.label(Label::OlderDeeds)));
        }
    }

    /// By title and the name of its files without their endings.
    pub fn documents(&mut self, documents: &[(String, String)], unreadable: usize) {
        if documents.is_empty() {
            self.heading(Label::Documents);
            let _ = writeln!(self.body, "<p>{}</p>", escaped(self.label(Label::NoDocuments)));
        } else {
            let line = |(title, name): &(String, String)| {
                let (title, name) = (escaped(title), in_address(name));
                format!("<a href=\"{name}.html\">{title}</a> (<a href=\"{name}.md\">Markdown</a>)")
            };
            self.list(Label::Documents, documents.iter().map(line).collect());
        }
        if unreadable > 0 {
            let _ = writeln!(self.body, "<p>{} ({unreadable})</p>", escaped(self.label(Label::Unreadable)));
        }
    }

    /// Resources by title and the folder they are in.
    pub fn items(&mut self, items: &[(String, String)]) {
        let line = |(title, folder): &(String, String)| {
            format!("<a href=\"{}/about.json\">{}</a>", in_address(folder), escaped(title))
        };
        self.list(Label::Items, items.iter().map(line).collect());
    }

    /// What was said, borrowed and gathered in the library, by the files that have it.
    pub fn words(&mut self, files: &[(Sort, String)]) {
        let line = |(sort, name): &(Sort, String)| {
            let (chinese, english) = match sort {
                Sort::Remarks => ("留言、提问和订正", "Remarks, questions and corrections"),
                Sort::Ratings => ("用后的话", "How resources were in use"),
                Sort::Loans => ("借用的请求", "Requests to borrow"),
                Sort::Collections => ("专题", "A collection"),
                Sort::Subscriptions => ("订阅", "Subscriptions"),
            };
            let words = match self.language {
                Language::Chinese => chinese,
                Language::English => english,
            };
            let name_shown = name.trim_start_matches("library/");
            format!("<a href=\"{}\">{words}</a> ({})", in_address(name), escaped(name_shown))
        };
        let lines = files.iter().map(line).collect();
        self.list(Label::Words, lines);
    }

    /// What was done in tutoring sessions, by the files that have it.
    pub fn tutoring(&mut self, files: &[(tutoring::Sort, String)]) {
        use tutoring::Sort;
        let line = |(sort, name): &(Sort, String)| {
            let (chinese, english) = match sort {
                Sort::Sessions => ("主讲、协助和安排的课堂", "Sessions hosted, helped in and planned"),
                Sort::Questions => ("提的问题", "Questions asked"),
                Sort::Answers => ("给别人的解答", "Answers given"),
                Sort::Checks => ("小测的作答", "Answers to quick checks"),
                Sort::Attendance => ("参加的时间", "Attendance"),
                Sort::Media => ("照片和语音", "Photos and voice clips"),
            };
            let words = match self.language {
                Language::Chinese => chinese,
                Language::English => english,
            };
            let name_shown = name.trim_start_matches("tutoring/");
            format!("<a href=\"{}\">{words}</a> ({})", in_address(name), escaped(name_shown))
        };
        let lines = files.iter().map(line).collect();
        self.list(Label::Tutoring, lines);
    }

    pub fn page(self) -> String {
        let (title, introduction) = (escaped(self.label(Label::Title)), escaped(self.label(Label::Introduction)));
        let language = match self.language {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        };
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n</head>\n\
             <body>\n<main>\n<h1>{title}</h1>\n<p>{introduction}</p>\n{}</main>\n</body>\n</html>\n",
            self.body
        )
    }

    fn heading(&mut self, label: Label) {
        let words = escaped(self.label(label));
        let _ = writeln!(self.body, "<h2>{words}</h2>");
    }

    /// `items` are HTML.
    fn list(&mut self, label: Label, items: Vec<String>) {
        if items.is_empty() {
            return;
        }
        self.heading(label);
        self.body += "<ul>\n";
        for item in items {
            let _ = writeln!(self.body, "<li>{item}</li>");
        }
        self.body += "</ul>\n";
    }

    fn label(&self, label: Label) -> &'static str {
        let (chinese, english) = match label {
            Label::Title => ("我在共备的全部内容", "All of mine in Gongbei"),
            Label::Introduction => (
                "这一页列出压缩包里有什么。文档可以直接点开；.json 文件里是同样的内容，给程序用。",
                "This page says what is in the archive. Documents open with a click; the .json files have the same for programs.",
            ),
            Label::Me => ("我的资料", "My account"),
            Label::Name => ("姓名", "Name"),
            Label::Login => ("登录名", "Login"),
            Label::Phone => ("手机号", "Telephone"),
            Label::Email => ("邮箱", "E-mail"),
            Label::Teaches => ("任教", "Teaches"),
            Label::Seats => ("任职", "Seats"),
            Label::Kept => ("共备保存了什么", "What Gongbei keeps"),
            Label::Sessions => ("登录过的地方", "Where I am signed in"),
            Label::Deeds => ("做过的事", "What was done"),
            Label::OlderDeeds => ("更早的在 audit 文件夹里。", "Older ones are in the folder audit."),
            Label::Documents => ("我写的文档", "Documents I made"),
            Label::Items => (
                "我放进资源库的（每件一个文件夹，里面是说明和最新一版的文件）",
                "Resources I put in (a folder each, with what is said of it and its newest files)",
            ),
            Label::Words => ("我在资源库说的、借的和整理的", "What I said, borrowed and gathered in the library"),
            Label::Tutoring => ("我的走网课堂", "My tutoring sessions"),
            Label::NoDocuments => ("没有文档。", "No documents."),
            Label::Unreadable => (
                "有些文档读不出来，没有放进来；编号在 unreadable-documents.json 里。请告诉运维。",
                "Some documents could not be read and are not here; unreadable-documents.json names them. Please tell the operator.",
            ),
        };
        match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The path of a file beside this one.
fn in_address(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s2_titles_and_names_are_text() {
        let mut index = Index::new(Language::Chinese);
        let title = "<script>alert(1)</script>\" onclick=\"x".to_owned();
        index.documents(&[(title, "documents/0001 a?b#c\"d".to_owned())], 0);
        index.deeds(&[(UnixMillis(0), "<b>".to_owned(), "&".to_owned())], false);
        let page = index.page();
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\" onclick"), "{page}");
        assert!(page.contains("href=\"documents/0001%20a%3Fb%23c%22d.html\""), "{page}");
    }
}
