//! The command line. Every flag is also an environment variable `GONGBEI_…` and a line of gongbei.toml;
//! the flag wins over the variable, the variable over the file.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use server::accounts::{Claim, OneTimeFor, SessionLimits, SignOnSettings};
use server::app::{self, App, Settings};
use server::blobs::{self, Blobs, BucketUrl};
use server::data_folder::DataFolder;
use server::database::Database;
use server::library::document_texts;
use server::library::reading;
use server::library::renditions::{Ffmpeg, MakeSmall};
use server::listening::{self, Listening, Plain};
use server::rooms::RoomLimits;
use server::secret::Secret;
use server::store::StoreLimits;
use server::tls::Acme;
use server::tls::acme::USUAL_AUTHORITY;
use server::{accounts, archive, check, demo, http, roster, upkeep};
use shared::organisation::roster::Verdict;
use shared::words::{DocumentId, GroupId};
use tracing_subscriber::EnvFilter;

use self::place::{Place, address, data, database, default_data, existing, open_store};

mod place;

#[derive(Parser)]
#[command(name = "gongbei", version, about = "共备 Gongbei: lesson plans written together, never lost")]
struct Cli {
    #[command(subcommand)]
    command: Asked,
}

#[derive(Subcommand)]
enum Asked {
    #[command(flatten)]
    Confined(Confined),
    #[command(flatten)]
    Usual(Command),
}

/// What the server starts for itself, to look at foreign bytes.
#[derive(Subcommand)]
enum Confined {
    /// Read a table from the standard input, and write it as JSON
    #[command(hide = true)]
    ReadTable,
    /// Look at the file that is the standard input, and write what was found
    #[command(hide = true)]
    ReadFile {
        /// How the file's name ends, without the dot
        #[arg(long, default_value = "")]
        ending: String,
        /// Only a picture of this page of a PDF
        #[arg(long, requires = "width")]
        page: Option<u32>,
        /// How wide that picture is to be, in pixels
        #[arg(long)]
        width: Option<u32>,
    },
    /// Become a program that makes films smaller
    #[command(hide = true)]
    MakeSmall(MakeSmall),
}

#[derive(Subcommand)]
enum Command {
    /// Serve the data folder
    Serve(Box<Serve>),
    /// Accounts
    User {
        #[command(subcommand)]
        command: User,
    },
    /// Write everything into one file, also while serving
    Backup {
        /// A tar file that does not exist yet
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Read a backup into an empty data folder
    Restore {
        file: PathBuf,
        /// Put images and files into this bucket, and not into the data folder, as for `serve`
        #[arg(long, env = "GONGBEI_BLOBS")]
        blobs: Option<BucketUrl>,
        #[command(flatten)]
        place: Place,
    },
    /// Pack what is old in every document's log, so that it takes little room; nothing of it is lost. Also while serving,
    /// where the server does it by itself
    Compact {
        #[command(flatten)]
        place: Place,
    },
    /// Rosters of people
    Roster {
        #[command(subcommand)]
        command: Roster,
    },
    /// Read documents whose ids come on the standard input, and write what is in them as lines of JSON
    #[command(hide = true)]
    ReadDocuments {
        #[command(flatten)]
        place: Place,
    },
    /// Open one document and end: whether that ends well is what the server wants to know of a suspicious one
    #[command(hide = true)]
    TryOpen {
        document: DocumentId,
        #[command(flatten)]
        place: Place,
    },
    /// Verify the whole data folder: database, logs with their checksums, documents, images
    Check {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
enum User {
    /// Add an account; the password is read from the terminal or the standard input
    Add {
        login: String,
        /// The person's name as others see it
        #[arg(long)]
        name: String,
        /// The operator of this server
        #[arg(long)]
        operator: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password, also while serving: sessions, access tokens and connections of the old one end
    Password {
        login: String,
        #[command(flatten)]
        place: Place,
    },
    /// Close an account, also while serving: its sessions, access tokens and connections end, its documents stay
    Close {
        login: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
enum Roster {
    /// Add the people, schools and teams of a CSV or XLSX file, all of them or none, also while serving
    Import(RosterImport),
}

#[derive(Args)]
struct RosterImport {
    file: PathBuf,
    /// The group whose roster it is; not needed if there is only one
    #[arg(long)]
    group: Option<GroupId>,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Leave out rows with something wrong, and import the others
    #[arg(long)]
    skip_wrong: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Keep images and files in a bucket that speaks S3, s3://bucket/prefix, and not in the data folder. Its address and
    /// keys are AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; AWS_ALLOW_HTTP=true if it has
    /// no TLS. Said once, it holds for this data folder
    #[arg(long, env = "GONGBEI_BLOBS")]
    blobs: Option<BucketUrl>,
    /// The ffmpeg that makes films smaller for weak lines, or off [default: where the system finds one]
    #[arg(long, env = "GONGBEI_FFMPEG")]
    ffmpeg: Option<PathBuf>,
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long, env = "GONGBEI_LISTEN")]
    listen: Option<SocketAddr>,
    /// Address and port for metrics; off unless given
    #[arg(long, env = "GONGBEI_ADMIN_LISTEN")]
    admin_listen: Option<SocketAddr>,
    /// The address people type, e.g. https://gongbei.example.org, when a proxy stands in front
    #[arg(long, env = "GONGBEI_ORIGIN")]
    origin: Option<String>,
    /// The server's certificate with its chain (PEM): it speaks TLS itself. Read again when the files change
    #[arg(long, env = "GONGBEI_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, env = "GONGBEI_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Get a certificate for this name from an authority (ACME), which must reach this server on port 443; several names
    /// with commas
    #[arg(long, env = "GONGBEI_ACME_DOMAIN", value_delimiter = ',')]
    acme_domain: Vec<String>,
    /// Whom the authority may write to, e.g. it@school.example
    #[arg(long, env = "GONGBEI_ACME_CONTACT")]
    acme_contact: Option<String>,
    /// The authority's directory [default: Let's Encrypt]
    #[arg(long, env = "GONGBEI_ACME_DIRECTORY")]
    acme_directory: Option<String>,
    /// The certificate (PEM) of an authority that this machine does not know
    #[arg(long, env = "GONGBEI_ACME_ROOT")]
    acme_root: Option<PathBuf>,
    /// Let other machines come without TLS: only in a network whose every member is trusted
    #[arg(long, env = "GONGBEI_ALLOW_PLAIN_HTTP", value_parser = BoolishValueParser::new())]
    allow_plain_http: bool,
    /// A proxy stands in front and names the visitor's address in X-Forwarded-For; without a proxy anybody could
    #[arg(long, env = "GONGBEI_TRUST_PROXY", value_parser = BoolishValueParser::new())]
    trust_proxy: bool,
    /// Fill an empty data folder with an education group to try things out
    #[arg(long, env = "GONGBEI_DEMO", value_parser = BoolishValueParser::new())]
    demo: bool,
    /// Logs as JSON, one object a line
    #[arg(long, env = "GONGBEI_LOG_JSON", value_parser = BoolishValueParser::new())]
    log_json: bool,
    /// What to log, e.g. info or server=debug
    #[arg(long, env = "GONGBEI_LOG")]
    log: Option<String>,
    /// A session without any use ends after so many seconds
    #[arg(long, env = "GONGBEI_SESSION_IDLE")]
    session_idle: Option<u64>,
    /// A session ends after so many seconds in any case
    #[arg(long, env = "GONGBEI_SESSION_MAX")]
    session_max: Option<u64>,
    /// Demand one-time passwords of those who look after others, and of the operator
    #[arg(long, env = "GONGBEI_REQUIRE_OTP", value_parser = BoolishValueParser::new())]
    require_otp: bool,
    /// Single sign-on: the address of an OpenID Connect provider. It sends people back to /api/oidc/back
    #[arg(long, env = "GONGBEI_OIDC_ISSUER")]
    oidc_issuer: Option<String>,
    /// What this server is called at the provider
    #[arg(long, env = "GONGBEI_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// The file with the secret that the provider has given
    #[arg(long, env = "GONGBEI_OIDC_CLIENT_SECRET_FILE")]
    oidc_client_secret_file: Option<PathBuf>,
    /// What the button says [default: 统一登录]
    #[arg(long, env = "GONGBEI_OIDC_LABEL")]
    oidc_label: Option<String>,
    /// By which claim people are known the first time: email, phone or login [default: email]
    #[arg(long, env = "GONGBEI_OIDC_CLAIM")]
    oidc_claim: Option<String>,
    /// A document nobody has open leaves memory after so many seconds
    #[arg(long, env = "GONGBEI_ROOM_IDLE")]
    room_idle: Option<u64>,
    /// A document's log is packed once so many of its older updates can be
    #[arg(long, env = "GONGBEI_COMPACT_AFTER")]
    compact_after: Option<u64>,
}

/// gongbei.toml: the same names as the flags, with `_` for `-`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    blobs: Option<String>,
    ffmpeg: Option<PathBuf>,
    database: Option<String>,
    listen: Option<SocketAddr>,
    admin_listen: Option<SocketAddr>,
    origin: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    acme_domain: Option<Vec<String>>,
    acme_contact: Option<String>,
    acme_directory: Option<String>,
    acme_root: Option<PathBuf>,
    allow_plain_http: Option<bool>,
    trust_proxy: Option<bool>,
    demo: Option<bool>,
    log_json: Option<bool>,
    log: Option<String>,
    session_idle: Option<u64>,
    session_max: Option<u64>,
    require_otp: Option<bool>,
    oidc_issuer: Option<String>,
    oidc_client_id: Option<String>,
    oidc_client_secret_file: Option<PathBuf>,
    oidc_label: Option<String>,
    oidc_claim: Option<String>,
    room_idle: Option<u64>,
    compact_after: Option<u64>,
}

/// Does what the command line says.
pub fn run() -> anyhow::Result<()> {
    match Cli::parse().command {
        // Without a runtime: the stacks and heaps of its threads would take the memory that the process may have.
        Asked::Confined(confined) => look(confined),
        Asked::Usual(command) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            // Virtual: reading what somebody else nested deeply must not end the process.
            .thread_stack_size(32 << 20)
            .build()?
            .block_on(obey(command)),
    }
}

fn look(confined: Confined) -> anyhow::Result<()> {
    match confined {
        Confined::ReadTable => roster::read_in_own_process(),
        Confined::ReadFile { ending, page, width } => reading::examine_in_own_process(match page.zip(width) {
            Some((number, width)) => reading::Asked::Page { number, width },
            None => reading::Asked::Everything { ending },
        }),
        Confined::MakeSmall(make) => make.run(),
    }
}

async fn obey(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(flags) => serve(*flags).await,
        Command::User { command: User::Add { login, name, operator, place } } => {
            let folder = DataFolder::beside(&data(&place)?)?;
            let store = open_store(&folder, &place).await?;
            let password = read_password()?;
            accounts::add_person(&*store, &login, &name, password, operator).await?;
            println!("added {login} ({name})");
            Ok(())
        }
        Command::User { command: User::Password { login, place } } => {
            let folder = existing(&place)?;
            let store = open_store(&folder, &place).await?;
            accounts::set_password(&*store, &login, read_password()?).await?;
            println!("set a new password for {login}");
            Ok(())
        }
        Command::User { command: User::Close { login, place } } => {
            let folder = existing(&place)?;
            let store = open_store(&folder, &place).await?;
            accounts::close(&*store, &login).await?;
            println!("closed {login}");
            Ok(())
        }
        Command::Backup { file, place } => {
            let folder = existing(&place)?;
            let report = archive::backup(&folder, &database(&folder, &place)?, &file).await?;
            println!("wrote {}: {report}", file.display());
            unless_lacking(&report)
        }
        Command::Restore { file, blobs, place } => {
            let root = data(&place)?;
            let bucket = bucket(blobs, settings_file(&place)?.blobs)?;
            let report = archive::restore(&file, &root, bucket.as_ref(), address(&place)?.as_ref()).await?;
            println!("restored into {}: {report}", root.display());
            unless_lacking(&report)
        }
        Command::Compact { place } => {
            let report = upkeep::compact(existing(&place)?.root(), address(&place)?.as_ref()).await?;
            println!("{report}");
            if report.problems.is_empty() {
                Ok(())
            } else {
                bail!("{} logs were left as they are", report.problems.len())
            }
        }
        Command::Roster { command: Roster::Import(import) } => {
            let folder = existing(&import.place)?;
            let store = open_store(&folder, &import.place).await?;
            let options = roster::options_of_command_line(import.skip_wrong);
            let (group, planned) = roster::plan_file(&*store, &import.file, import.group, options).await?;
            println!("{}", roster::Report(&planned.preview));
            if planned.preview.verdict == Verdict::Wrong {
                bail!("nothing was imported")
            }
            if import.dry_run {
                return Ok(());
            }
            roster::import(&*store, &group, planned).await
        }
        Command::ReadDocuments { place } => {
            document_texts::read_in_own_process(&database(&existing(&place)?, &place)?).await
        }
        Command::TryOpen { document, place } => {
            let folder = existing(&place)?;
            check::try_open(&database(&folder, &place)?, &document).await
        }
        Command::Check { place } => {
            let folder = existing(&place)?;
            let report = check::check(&folder, &database(&folder, &place)?).await?;
            println!("{report}");
            if report.problems.is_empty() { Ok(()) } else { bail!("{} problems found", report.problems.len()) }
        }
    }
}

/// What could be saved is saved; a script must notice all the same that it is not everything.
fn unless_lacking(report: &archive::Report) -> anyhow::Result<()> {
    match report.lacking.len() {
        0 => Ok(()),
        lacking => bail!("{lacking} images are missing, all else is there"),
    }
}

async fn serve(flags: Serve) -> anyhow::Result<()> {
    let file = settings_file(&flags.place)?;
    start_logging(flags.log.or(file.log).as_deref(), flags.log_json || file.log_json.unwrap_or(false))?;
    let database = place::address(&flags.place)?;
    let root = flags.place.data.or(file.data).unwrap_or_else(default_data);
    let address = flags.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    let acme = Acme {
        names: if flags.acme_domain.is_empty() { file.acme_domain.unwrap_or_default() } else { flags.acme_domain },
        contact: flags.acme_contact.or(file.acme_contact),
        directory: flags.acme_directory.or(file.acme_directory).unwrap_or_else(|| USUAL_AUTHORITY.to_owned()),
        root: flags.acme_root.or(file.acme_root),
    };
    let tls = listening::certificate(flags.tls_cert.or(file.tls_cert), flags.tls_key.or(file.tls_key), acme)?;
    let origin = flags.origin.or(file.origin);
    let trust_proxy = flags.trust_proxy || file.trust_proxy.unwrap_or(false);
    let plain =
        if flags.allow_plain_http || file.allow_plain_http.unwrap_or(false) { Plain::Allowed } else { Plain::Refused };
    let encrypted = tls.is_some();
    if let Some(warning) = (Listening { address, plain, origin: origin.clone(), trust_proxy, encrypted }).check()? {
        tracing::warn!("{warning}");
    }
    let sign_on = sign_on(SignOnFlags {
        issuer: flags.oidc_issuer.or(file.oidc_issuer),
        client: flags.oidc_client_id.or(file.oidc_client_id),
        secret: flags.oidc_client_secret_file.or(file.oidc_client_secret_file),
        label: flags.oidc_label.or(file.oidc_label),
        claim: flags.oidc_claim.or(file.oidc_claim),
    })?;
    let usual = SessionLimits::default();
    let settings = Settings {
        sessions: SessionLimits {
            idle: flags.session_idle.or(file.session_idle).map_or(usual.idle, Duration::from_secs),
            absolute: flags.session_max.or(file.session_max).map_or(usual.absolute, Duration::from_secs),
        },
        one_time_for: match flags.require_otp || file.require_otp.unwrap_or(false) {
            true => OneTimeFor::Administrators,
            false => OneTimeFor::WhoeverLikes,
        },
        sign_on,
        rooms: RoomLimits {
            idle: flags.room_idle.or(file.room_idle).map_or(RoomLimits::default().idle, Duration::from_secs),
            ..RoomLimits::default()
        },
        store: StoreLimits {
            compact_after: flags.compact_after.or(file.compact_after).unwrap_or(StoreLimits::default().compact_after),
        },
        database,
        origin,
        trust_proxy,
        tls,
        blobs: bucket(flags.blobs, file.blobs)?,
        ffmpeg: Ffmpeg::named(flags.ffmpeg.or(file.ffmpeg)),
        program: None,
    };
    std::panic::set_hook(Box::new(log_panic));
    let folder = DataFolder::take(&root)?;
    // Before the store: what does not fit should be known at once.
    let listener = app::listen(address)?;
    if let Some(admin) = flags.admin_listen.or(file.admin_listen) {
        let admin_listener = app::listen(admin)?;
        let recorder = http::record_metrics()?;
        tokio::spawn(async move {
            if let Err(error) = http::serve_metrics(admin_listener, recorder).await {
                tracing::error!("the admin listener stopped: {error}");
            }
        });
    }
    let wants_demo = flags.demo || file.demo.unwrap_or(false);
    let demo = if wants_demo {
        let bucket = blobs::place(&folder, settings.blobs.as_ref())?;
        let database = Database::of(&folder, settings.database.as_ref())?;
        demo::fill_folder(&folder, &database, &Blobs::of(&folder, bucket.as_ref())?).await?
    } else {
        demo::Filled::Before
    };
    let app = App::open(&folder, settings).await?;
    let address = listener.local_addr()?;
    let scheme = if encrypted { "https" } else { "http" };
    match demo {
        demo::Filled::Now => say(&demo::accounts_table(&format!("{scheme}://{address}"))),
        demo::Filled::Before => say(&format!("Gongbei serves the data in {} on {scheme}://{address}", root.display())),
    }
    if let Some(path) = app.accounts.setup_path().await {
        let site = app.origin.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        say(&format!(
            "Nobody has an account yet. Whoever opens this link sets the server up (good once):\n{}{path}",
            site.trim_end_matches('/')
        ));
    }
    tracing::info!(%address, "serving on {scheme}://{address}");
    app.serve(listener, app::stop_signal()).await
}

struct SignOnFlags {
    issuer: Option<String>,
    client: Option<String>,
    secret: Option<PathBuf>,
    label: Option<String>,
    claim: Option<String>,
}

fn sign_on(flags: SignOnFlags) -> anyhow::Result<Option<SignOnSettings>> {
    let SignOnFlags { issuer, client, secret, label, claim } = flags;
    let Some(issuer) = issuer else { return Ok(None) };
    let client = client.context("--oidc-issuer also needs --oidc-client-id")?;
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        anyhow::Ok(Arc::new(Secret::new(text.trim().to_owned())))
    };
    let claim = match claim.as_deref() {
        None | Some("email") => Claim::Email,
        Some("phone") => Claim::Phone,
        Some("login") => Claim::Login,
        Some(other) => bail!("--oidc-claim is email, phone or login, not {other}"),
    };
    let label = label.unwrap_or_else(|| "统一登录".to_owned());
    Ok(Some(SignOnSettings { issuer, client, secret: secret.map(read).transpose()?, label, claim }))
}

/// Tells whoever started the server. That nobody reads it any more is no reason to stop.
fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{words}").and_then(|()| out.flush()).ok();
}

fn start_logging(directives: Option<&str>, json: bool) -> anyhow::Result<()> {
    let mut filter = EnvFilter::try_new(directives.unwrap_or("info")).context("--log can't be read")?;
    // These write down what is in a frame (R16), whoever asks for more of everything.
    for talkative in ["tungstenite=info", "tokio_tungstenite=info"] {
        filter = filter.add_directive(talkative.parse().expect("a name and a level"));
    }
    let colours = std::io::stderr().is_terminal();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    // Whoever reads the log may go away: to complain of that where nobody reads would be a panic.
    let subscriber = subscriber.log_internal_errors(false);
    if json {
        subscriber.json().init();
    } else {
        subscriber.with_target(false).init();
    }
    Ok(())
}

/// Where and why, but never with values: those may be what somebody wrote.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let words = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("a message with values, left out");
    tracing::error!(place, "panic at {place}: {words}");
}

fn settings_file(place: &Place) -> anyhow::Result<File> {
    let (path, required) = match &place.config {
        Some(path) => (path.clone(), true),
        None => (PathBuf::from("gongbei.toml"), false),
    };
    let source = config::File::from(path.clone()).format(config::FileFormat::Toml).required(required);
    let read = config::Config::builder().add_source(source).build();
    read.and_then(|read| read.try_deserialize()).with_context(|| format!("cannot read {}", path.display()))
}

/// The flag or the variable win over the file.
fn bucket(said: Option<BucketUrl>, in_file: Option<String>) -> anyhow::Result<Option<BucketUrl>> {
    let in_file = in_file.map(|url| url.parse()).transpose().context("`blobs` in the settings file can't be read")?;
    Ok(said.or(in_file))
}

/// One line from the standard input: typed, or piped by a script.
fn read_password() -> anyhow::Result<server::secret::Secret> {
    eprint!("password: ");
    std::io::stderr().flush().ok();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password")?;
    Ok(server::secret::Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
