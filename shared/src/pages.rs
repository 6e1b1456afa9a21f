//! Addresses of pages: which of the programs of the client shows which.

use crate::words::{DocumentId, DocumentKind, TutoringId};

/// A program of the client. From one to the other leads an ordinary page load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Home, documents, the editor, the door.
    App,
    /// People and schools, my account, invitations, the first start: nothing that a document needs.
    Office,
    /// What the group shares: finding, looking, putting in. It has no editor.
    Library,
    /// Boards, alone and in tutoring sessions. It draws; an editor of text comes with the notes of a session.
    Tutoring,
}

impl Program {
    /// The program of the page at `address`: a path with a leading `/`, with or without a query.
    pub fn at(address: &str) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or(address);
        match path.trim_start_matches('/').split('/').next() {
            Some("people" | "account" | "join" | "setup") => Program::Office,
            Some("library") => Program::Library,
            Some("boards" | "tutoring") => Program::Tutoring,
            Some(_) | None => Program::App,
        }
    }
}

/// Whether guests of a tutoring session may be at `address`: where they come in, and in a session.
pub fn admits_guests(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let Some(rest) = path.strip_prefix("/tutoring/") else { return false };
    let mut parts = rest.trim_end_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("join"), _, None) => true,
        (Some("" | "new" | "wishes"), _, _) => false,
        (Some(_), None, None) => true,
        (_, _, _) => false,
    }
}

/// The address of the page that shows a document.
pub fn document_address(kind: DocumentKind, id: &DocumentId) -> String {
    match kind {
        DocumentKind::Board => format!("/boards/{id}"),
        DocumentKind::LessonPlan
        | DocumentKind::UnitPlan
        | DocumentKind::Resource
        | DocumentKind::Agenda
        | DocumentKind::Page => format!("/documents/{id}"),
    }
}

/// The address of a tutoring session.
pub fn session_address(id: &TutoringId) -> String {
    format!("/tutoring/{id}")
}

/// Whether an address that came from elsewhere stays on this site wherever a browser reads it: browsers take `\` for `/`
/// and leave out tabs and line ends (WHATWG URL, 4.4), so that `/\host` and `/<tab>/host` lead away as `//host` does.
pub fn is_inside(address: &str) -> bool {
    let rest = address.strip_prefix('/').filter(|rest| !rest.starts_with(['/', '\\']));
    rest.is_some_and(|rest| !rest.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::{Program, admits_guests, document_address, is_inside};
    use crate::words::{DocumentId, DocumentKind};

    #[test]
    fn what_leads_away_is_not_inside() {
        for address in ["/", "/people?body=school:a", "/documents/1#top", "/documents?q=a//b"] {
            assert!(is_inside(address), "{address}");
        }
        for address in
            ["", "people", "//evil.test", "/\\evil.test", "/\t/evil.test", "https://evil.test", "\\\\evil.test"]
        {
            assert!(!is_inside(address), "{address:?}");
        }
    }

    #[test]
    fn guests_are_where_they_come_in_and_in_a_session() {
        for address in ["/tutoring/a1", "/tutoring/a1?question=2", "/tutoring/join", "/tutoring/join/ABCD-EFGH#x"] {
            assert!(admits_guests(address), "{address}");
        }
        for address in
            ["/", "/tutoring", "/tutoring/", "/tutoring/new", "/tutoring/wishes", "/tutoring/a1/edit", "/boards/a1"]
        {
            assert!(!admits_guests(address), "{address}");
        }
    }

    #[test]
    fn each_kind_of_document_is_shown_by_the_program_that_can() {
        let id: DocumentId = "abc".parse().unwrap();
        for kind in DocumentKind::ALL {
            let shows = Program::at(&document_address(kind, &id));
            assert_eq!(shows == Program::Tutoring, kind == DocumentKind::Board, "{kind:?}");
        }
    }

    #[test]
    fn every_address_belongs_to_one_program() {
        let office = [
            "/people",
            "/people/",
            "/people/import",
            "/account?x=1",
            "/join/abc-def",
            "/setup#top",
            "/account/devices",
        ];
        let library = ["/library", "/library?q=people", "/library/items/a1", "/library/new#top"];
        let tutoring = ["/boards/a1", "/tutoring", "/tutoring/a1?q=1"];
        let app = ["/", "", "/signin?to=/people", "/documents/people", "/peoples", "/libraries", "/documents?q=people"];
        for address in office {
            assert_eq!(Program::at(address), Program::Office, "{address}");
        }
        for address in library {
            assert_eq!(Program::at(address), Program::Library, "{address}");
        }
        for address in tutoring {
            assert_eq!(Program::at(address), Program::Tutoring, "{address}");
        }
        for address in app {
            assert_eq!(Program::at(address), Program::App, "{address}");
        }
    }
}
