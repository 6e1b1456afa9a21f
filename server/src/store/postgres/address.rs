//! Where a Postgres database is, and how it is reached.

use std::fmt;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// As `postgres://user@host:port/database` says it. Shown without its password, wherever it is shown.
#[derive(Clone)]
pub struct Address {
    /// As it was given.
    text: String,
    options: Box<PgConnectOptions>,
}

/// What may stand behind the question mark. Others would be passed over, and perhaps with them what was meant to protect.
const PARAMETERS: [&str; 7] = ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "user"];

impl Address {
    pub fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// With the password, for another process of ours: never for a log or a list of processes.
    pub fn with_password(&self) -> String {
        self.text.clone()
    }

    /// Whether a password stands in it.
    pub fn has_password(&self) -> bool {
        self.text != self.to_string()
    }

    /// Whether what goes there leaves this machine.
    fn is_near(&self) -> bool {
        let host = self.options.get_host();
        let named = host.trim_matches(['[', ']']);
        self.options.get_socket().is_some()
            || host.starts_with('/')
            || host == "localhost"
            || named.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Address {
    type Err = String;

    /// A password may stand in it, or in `PGPASSWORD`. To another machine it goes by TLS, with the server's certificate
    /// verified, unless `sslmode` says otherwise.
    fn from_str(text: &str) -> Result<Self, String> {
        let foreign = "the address of a database is postgres://user@host:port/database";
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(foreign.to_owned());
        }
        // What is behind these signs is no password, as far as a URL goes; perhaps it was meant to be.
        let rest = text.split_once("://").map_or("", |(_, rest)| rest);
        let path = rest.find(['/', '?', '#']).map_or("", |at| &rest[at..]);
        if path.contains('@') || rest.split('@').count() > 2 {
            return Err(format!("{foreign}, and in a password other signs than letters and digits are written with %"));
        }
        let asked = text.split_once('?').map_or("", |(_, asked)| asked);
        let mut tls_is_asked_for = std::env::var_os("PGSSLMODE").is_some();
        for (name, _) in form_urlencoded::parse(asked.as_bytes()) {
            if !PARAMETERS.contains(&name.as_ref()) {
                return Err(format!(
                    "behind its question mark the address of a database can say {}, and nothing else",
                    PARAMETERS.join(", ")
                ));
            }
            tls_is_asked_for |= name == "sslmode";
        }
        // What is wrong with it is not told: the password might be in it.
        let options = PgConnectOptions::from_str(text).map_err(|_| foreign.to_owned())?;
        if options.get_database().is_none_or(str::is_empty) {
            return Err(format!("{foreign}, and this one names no database"));
        }
        let address = Self { text: text.to_owned(), options: Box::new(options) };
        if tls_is_asked_for || address.is_near() {
            return Ok(address);
        }
        Ok(Self { options: Box::new(address.options.ssl_mode(PgSslMode::VerifyFull)), ..address })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.text.split_once("://").unwrap_or(("postgres", &self.text));
        let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        match authority.rsplit_once('@') {
            Some((who, host)) => {
                let user = who.split_once(':').map_or(who, |(user, _)| user);
                write!(f, "{scheme}://{user}@{host}{path}")
            }
            None => write!(f, "{scheme}://{authority}{path}"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Address {
    /// The same database; who opens it and how it goes there may differ.
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.options, &other.options);
        one.get_database() == other.get_database()
            && one.get_port() == other.get_port()
            && match (one.get_socket(), other.get_socket()) {
                (None, None) => one.get_host() == other.get_host(),
                (one, other) => one == other,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_nowhere() {
        let address: Address = "postgres://ann:secret@db.example/gongbei".parse().unwrap();
        let shown = format!("{address} {address:?} {:?}", Some(&address));
        assert!(!shown.contains("secret") && shown.contains("ann@db.example/gongbei"), "{shown}");
        for wrong in [
            "postgres://ann:secret@db.example:port/gongbei",
            "postgres://ann:secret@h/d?sslmode=secret",
            "postgres://ann:/secret@h/d",
            "postgres://ann:12/secret@h:1/d",
            "postgres://ann:12?secret=1@h/d",
            "postgres://ann:12#secret@h/d",
            "postgres://ann:12?secret=1",
        ] {
            let told = wrong.parse::<Address>().unwrap_err();
            assert!(!told.contains("secret"), "{told}");
        }
        assert!(address.with_password().contains("secret") && address.has_password());
        assert!(!"postgres://ann@db.example/gongbei".parse::<Address>().unwrap().has_password());
    }

    #[test]
    fn to_another_machine_it_goes_by_verified_tls_unless_something_else_is_asked_for() {
        let mode = |text: &str| format!("{:?}", text.parse::<Address>().unwrap().options.get_ssl_mode());
        assert_eq!(mode("postgres://ann@db.example/gongbei"), "VerifyFull");
        assert_eq!(mode("postgres://ann@db.example/gongbei?sslmode=disable"), "Disable");
        for near in ["localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(mode(&format!("postgres://ann@{near}/gongbei")), "Prefer", "{near}");
        }
        assert_eq!(mode("postgres:///gongbei?host=/run/postgresql"), "Prefer");
    }

    #[test]
    fn what_it_can_not_say_is_refused() {
        for wrong in ["sqlite:gongbei.db", "postgres://ann@localhost", "postgres://ann@localhost/d?ssl=true"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
    }
}
