//! Addresses of pages: which of the two programs of the client shows which.

/// A program of the client. From one to the other leads an ordinary page load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Home, documents, the editor, the door.
    App,
    /// People and schools, my account, invitations, the first start: nothing that a document needs.
    Office,
}

impl Program {
    /// The program of the page at `address`: a path with a leading `/`, with or without a query.
    pub fn at(address: &str) -> Self {
        let path = address.split(['?', '#']).next().unwrap_or(address);
        match path.trim_start_matches('/').split('/').next() {
            Some("people" | "account" | "join" | "setup") => Program::Office,
            Some(_) | None => Program::App,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Program;

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
        let app = ["/", "", "/signin?to=/people", "/documents/people", "/peoples", "/documents?q=people"];
        for address in office {
            assert_eq!(Program::at(address), Program::Office, "{address}");
        }
        for address in app {
            assert_eq!(Program::at(address), Program::App, "{address}");
        }
    }
}
