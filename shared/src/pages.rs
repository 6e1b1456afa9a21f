//! Addresses of pages: which of the programs of the client shows which.

/// A program of the client. From one to the other leads an ordinary page load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Home, documents, the editor, the door.
    App,
    /// People and schools, my account, invitations, the first start: nothing that a document needs.
    Office,
    /// What the group shares: finding, looking, putting in. It has no editor.
    Library,
}

impl Program {
    /// The program of the page at `address`: a path with a leading `/`, with or without a query.
    pub fn at(address: &str) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or(address);
        match path.trim_start_matches('/').split('/').next() {
            Some("people" | "account" | "join" | "setup") => Program::Office,
            Some("library") => Program::Library,
            Some(_) | None => Program::App,
        }
    }
}

/// Whether an address that came from elsewhere stays on this site wherever a browser reads it: browsers take `\` for `/`
/// and leave out tabs and line ends (WHATWG URL, 4.4), so that `/\host` and `/<tab>/host` lead away as `//host` does.
pub fn is_inside(address: &str) -> bool {
    let rest = address.strip_prefix('/').filter(|rest| !rest.starts_with(['/', '\\']));
    rest.is_some_and(|rest| !rest.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::{Program, is_inside};

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
        let app = ["/", "", "/signin?to=/people", "/documents/people", "/peoples", "/libraries", "/documents?q=people"];
        for address in office {
            assert_eq!(Program::at(address), Program::Office, "{address}");
        }
        for address in library {
            assert_eq!(Program::at(address), Program::Library, "{address}");
        }
        for address in app {
            assert_eq!(Program::at(address), Program::App, "{address}");
        }
    }
}
