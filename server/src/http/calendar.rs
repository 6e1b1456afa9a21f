//! Entries for a calendar of one's own, as RFC 5545 has them.

use std::fmt;

use axum::http::{HeaderName, header};
use shared::words::UnixMillis;

use crate::clock;

/// What is said of an entry that is sent.
pub const ABOUT: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
    (header::CONTENT_DISPOSITION, "attachment; filename=\"gongbei.ics\""),
];

pub struct Event<'a> {
    pub id: &'a str,
    /// When it was made or decided.
    pub stamped: UnixMillis,
    pub since: UnixMillis,
    pub until: UnixMillis,
    pub title: &'a str,
    pub words: &'a str,
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Gongbei//Library//ZH".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@gongbei", self.id),
            format!("DTSTAMP:{}", stamp(self.stamped)),
            format!("DTSTART:{}", stamp(self.since)),
            format!("DTEND:{}", stamp(self.until)),
            format!("SUMMARY:{}", escaped(self.title)),
            format!("DESCRIPTION:{}", escaped(self.words)),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().try_for_each(|line| write!(f, "{}\r\n", folded(line)))
    }
}

fn stamp(at: UnixMillis) -> String {
    clock::rfc3339(at).replace(['-', ':'], "")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped += "\\n",
            c => escaped.push(c),
        }
    }
    escaped
}

/// No line has more than 75 bytes; what is longer goes on after a space, and never within a character.
fn folded(line: &str) -> String {
    let (mut folded, mut bytes) = (String::with_capacity(line.len()), 0);
    for c in line.chars() {
        if bytes + c.len_utf8() > 75 {
            folded += "\r\n ";
            bytes = 1;
        }
        folded.push(c);
        bytes += c.len_utf8();
    }
    folded
}
