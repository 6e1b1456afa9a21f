//! The running server: its parts, and how it starts and stops.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use shared::organisation::Person;
use shared::words::UnixMillis;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use crate::accounts::{Accounts, OneTimeFor, SessionLimits, SignOn, SignOnSettings};
use crate::blobs::{self, Blobs, BucketUrl};
use crate::clock;
use crate::data_folder::DataFolder;
use crate::database::Database;
use crate::http::Limits;
use crate::library::catalogue::FindableThings;
use crate::library::document_texts::DocumentReader;
use crate::library::previews::Previews;
use crate::library::reading::FileReader;
use crate::library::renditions::{Ffmpeg, Renditions};
use crate::library::taxonomies::Taxonomies;
use crate::library::uploads::Uploads;
use crate::people::People;
use crate::poison::PoisonGuard;
use crate::rooms::{RoomLimits, Rooms};
use crate::roster::{Imports, TableReader};
use crate::sockets::Sockets;
use crate::store::{self, Address, Cause, Log, SharedStore, Store, StoreError, StoreLimits};
use crate::tls;
use crate::visits::Visits;

/// What the handlers share. Each part is meant for one kind of question.
pub struct App {
    pub store: SharedStore,
    pub log: Arc<dyn Log>,
    pub accounts: Accounts,
    pub rooms: Rooms,
    pub blobs: Blobs,
    pub uploads: Uploads,
    pub sockets: Sockets,
    pub visits: Visits,
    pub people: People,
    pub taxonomies: Arc<Taxonomies>,
    pub findable: FindableThings,
    pub previews: Previews,
    pub renditions: Renditions,
    /// Reads rosters that people send.
    pub tables: TableReader,
    pub imports: Imports,
    /// The address people type, if it is not the one in the `Host` header: behind a proxy.
    pub origin: Option<String>,
    /// `X-Forwarded-For` is the word of our own proxy.
    pub trust_proxy: bool,
    /// Everybody comes over TLS: ours, or the proxy's.
    pub secure: bool,
    /// TLS of our own.
    pub tls: Option<Arc<ServerConfig>>,
    pub limits: Limits,
    /// What keeps its certificate fresh, until the server serves.
    certificate: Mutex<Option<tls::Upkeep>>,
}

#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub sessions: SessionLimits,
    pub one_time_for: OneTimeFor,
    /// A single sign-on beside the passwords.
    pub sign_on: Option<SignOnSettings>,
    pub rooms: RoomLimits,
    pub store: StoreLimits,
    /// The database is this one, and not a file of the data folder.
    pub database: Option<Address>,
    pub origin: Option<String>,
    pub trust_proxy: bool,
    /// TLS of our own, with this certificate.
    pub tls: Option<tls::Certificate>,
    /// Images and files are in this bucket, and not in the data folder.
    pub blobs: Option<BucketUrl>,
    /// What makes films smaller; nothing does unless given.
    pub ffmpeg: Option<Ffmpeg>,
    /// The program that tries documents and reads tables in processes of its own; this one unless given.
    pub program: Option<PathBuf>,
}

/// Old sessions and tokens are swept, visits and sessions that wait are written, and closed accounts looked for at
/// these times.
const SWEEP_EVERY: Duration = Duration::from_secs(3600);
const VISITS_EVERY: Duration = Duration::from_secs(1);
const SESSIONS_EVERY: Duration = Duration::from_secs(2);
/// A check of an upload that could not be made, for a disk that failed, is made again after so long.
const CHECKS_EVERY: Duration = Duration::from_secs(60);
/// Whether another server has the database is asked at these times.
const DATABASE_EVERY: Duration = Duration::from_secs(2);
const CLOSED_EVERY: Duration = Duration::from_millis(500);
/// Each look goes back over the one before it: a closing is stored a moment after its time was taken.
const CLOSED_OVERLAP: Duration = Duration::from_secs(15);
/// A stopping server lets open requests finish for so long.
const REQUESTS_WITHIN: Duration = Duration::from_secs(1);
/// … and open sockets say goodbye for so long.
const GOODBYES_WITHIN: Duration = Duration::from_millis(1_500);

impl App {
    /// Opens the data folder and puts the parts together.
    pub async fn open(folder: &DataFolder, settings: Settings) -> anyhow::Result<Arc<Self>> {
        let database = Database::of(folder, settings.database.as_ref())?;
        let store = database.open_to_serve(folder, settings.store).await?;
        Self::with_log(folder, settings, store.clone(), store).await
    }

    /// The same with a log of one's own: tests put a failing disk there.
    pub async fn with_log(
        folder: &DataFolder,
        settings: Settings,
        store: SharedStore,
        log: Arc<dyn Log>,
    ) -> anyhow::Result<Arc<Self>> {
        let program = settings.program.map_or_else(std::env::current_exe, Ok)?;
        let database = Database::of(folder, settings.database.as_ref())?;
        let guard = PoisonGuard::new(folder.root(), folder.opening(), program.clone(), database.clone());
        let sign_on = settings.sign_on.map(SignOn::new).transpose()?;
        let secure =
            settings.tls.is_some() || settings.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
        let (tls, certificate) = match settings.tls {
            Some(certificate) => {
                let shown = Arc::new(tls::Certificates::default());
                let upkeep = tls::begin(certificate, folder.certificates(), shown.clone())?;
                (Some(tls::server_config(shown)?), Some(upkeep))
            }
            None => (None, None),
        };
        let bucket = blobs::place(folder, settings.blobs.as_ref())?;
        let blobs = Blobs::of(folder, bucket.as_ref())?;
        // What looks at files before anybody may read them.
        let check = Box::new(FileReader::new(program.clone()));
        let uploads = Uploads::open(folder.uploads(), store.clone(), blobs.clone(), check)?;
        let taxonomies = Arc::new(Taxonomies::default());
        taxonomies.read(&*store).await?;
        let documents = DocumentReader::new(program.clone(), folder.root().to_owned(), database);
        let findable = FindableThings::open(store.clone(), taxonomies.clone(), folder.search(), documents).await?;
        // One of its own: who looks at a page does not wait for files on their way in.
        let reader = FileReader::new(program.clone());
        let renditions =
            Renditions::open(folder.renditions(), store.clone(), blobs.clone(), program.clone(), settings.ffmpeg)?;
        Ok(Arc::new(Self {
            taxonomies,
            findable,
            previews: Previews::new(folder.previews(), reader),
            renditions,
            accounts: Accounts::new(store.clone(), settings.sessions, settings.one_time_for, sign_on).await,
            rooms: Rooms::new(store.clone(), log.clone(), folder.quarantine(), guard, settings.rooms),
            blobs,
            uploads,
            sockets: Sockets::default(),
            visits: Visits::default(),
            people: People::default(),
            tables: TableReader::new(program),
            imports: Imports::default(),
            origin: settings.origin,
            trust_proxy: settings.trust_proxy,
            secure,
            tls,
            limits: Limits::default(),
            certificate: Mutex::new(certificate),
            log,
            store,
        }))
    }

    /// Call after a change of the organisation is stored: whoever may do less now does less from this moment on.
    pub fn organisation_changed(&self) {
        let directory = self.store.directory();
        self.sockets.end_of(|person| !directory.person(person).is_some_and(Person::is_active));
        self.rooms.rights_changed();
    }

    /// Serves until `stop` turns true, then stops in order: no new requests, rooms stored and left, sockets closed.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let housekeeping = tokio::spawn(keep_house(self.clone()));
        let certificate = self.certificate.lock().unwrap_or_else(PoisonError::into_inner).take();
        let certificate = certificate.map(|upkeep| tokio::spawn(upkeep.run()));
        let (drain, draining) = watch::channel(false);
        let serving = crate::http::serve(self.clone(), listener, draining);
        tokio::pin!(serving);
        let ended = tokio::select! {
            () = &mut serving => Ok(()),
            _ = stop.wait_for(|stop| *stop) => Ok(()),
            why = database_is_lost(&*self.store) => Err(why),
        };
        if let Err(why) = &ended {
            tracing::error!("{why}");
        }
        tracing::info!("stopping");
        drain.send(true).ok();
        self.uploads.stop();
        let rooms = self.rooms.clone();
        tokio::join!(rooms.stop(), async {
            // Sockets end with their rooms; what else is open gets a moment.
            tokio::time::timeout(REQUESTS_WITHIN, &mut serving).await.ok();
        });
        tokio::time::timeout(GOODBYES_WITHIN, self.sockets.all_closed()).await.ok();
        housekeeping.abort();
        if let Some(certificate) = certificate {
            certificate.abort();
        }
        self.visits.write(&self.store).await;
        self.accounts.write_sessions().await;
        self.log.close().await;
        tracing::info!("stopped");
        Ok(ended?)
    }
}

/// Comes back once another server has the database: nothing can be stored here any more, and what is in memory grows old.
async fn database_is_lost(store: &dyn Store) -> StoreError {
    let mut ticks = tokio::time::interval(DATABASE_EVERY);
    loop {
        ticks.tick().await;
        match store.is_ours().await {
            Err(why) if matches!(why.cause, Cause::Elsewhere) => return why,
            // One that can't be reached may come back.
            Err(_) | Ok(()) => {}
        }
    }
}

async fn keep_house(app: Arc<App>) {
    let app = &*app;
    tokio::join!(
        look_for_blobs(app),
        every(SWEEP_EVERY, || sweep(app)),
        every(VISITS_EVERY, || app.visits.write(&app.store)),
        every(SESSIONS_EVERY, || app.accounts.write_sessions()),
        every(CHECKS_EVERY, || check_uploads(app)),
        app.findable.keep_in_step(),
        app.renditions.keep_making(),
        send_away(app),
    );
}

async fn every<F: Future<Output = ()>>(period: Duration, work: impl Fn() -> F) {
    let mut ticks = tokio::time::interval(period);
    loop {
        ticks.tick().await;
        work().await;
    }
}

/// Documents can be written without them, and a bucket that comes back is used: the server starts all the same.
async fn look_for_blobs(app: &App) {
    if let Err(error) = app.blobs.are_reachable().await {
        tracing::error!("images and files can't be reached: {error}");
    }
}

async fn sweep(app: &App) {
    if let Err(error) = app.accounts.sweep().await {
        tracing::warn!("{error}");
    }
    if let Err(error) = app.previews.sweep() {
        tracing::warn!("cannot throw away old pictures of pages: {error}");
    }
    if let Err(error) = app.uploads.sweep(clock::now()).await {
        tracing::warn!("cannot clear away old uploads: {error}");
    }
}

async fn check_uploads(app: &App) {
    if let Err(error) = app.uploads.go_on().await {
        tracing::warn!("cannot go on with uploads: {error}");
    }
}

/// The organisation is changed, and passwords are set, by other processes, too, such as the command line: nobody here
/// is told of it. And seats begin and end by themselves.
async fn send_away(app: &App) {
    let mut ticks = tokio::time::interval(CLOSED_EVERY);
    let mut looked = clock::now();
    let mut turned = looked;
    loop {
        ticks.tick().await;
        let now = clock::now();
        let changed = app.store.refresh().await.unwrap_or_else(|error| {
            tracing::warn!("{error}");
            false
        });
        if changed || app.store.directory().turns(turned, now) {
            app.organisation_changed();
        }
        turned = now;
        match end_what_has_ended(app, clock::before(looked, CLOSED_OVERLAP)).await {
            Ok(()) => looked = now,
            Err(error) => tracing::warn!("{error}"),
        }
    }
}

/// Who has come in with a new password since is not sent away with those who had the old one.
async fn end_what_has_ended(app: &App, since: UnixMillis) -> store::Result<()> {
    for person in app.store.sent_away_since(since).await? {
        for ground in app.sockets.grounds_of(&person) {
            if !app.accounts.holds(&person, ground).await? {
                app.sockets.end(ground);
            }
        }
    }
    Ok(())
}

/// Binds the address, with a sentence that says what to do if it is taken.
pub fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is in use: stop what listens there, or give another address with --listen")
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
    })
}

/// After a cut of the line a whole school connects in one moment. Who finds the queue full tries again a second later, so
/// it is longer than the 128 that the standard library asks for; the system may make it shorter.
fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    const QUEUE: u32 = 4096;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that starts again does not wait for the last connections of the one before it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// Turns true at Ctrl-C or SIGTERM.
pub fn stop_signal() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        interrupted().await;
        stop.send(true).ok();
        // A second time means now.
        interrupted().await;
        tracing::warn!("stopped at once");
        std::process::exit(130);
    });
    stopped
}

async fn interrupted() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        () = ctrl_c => {}
        _ = terminated => {}
    }
}

pub type SharedApp = Arc<App>;

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn everybody_who_comes_back_in_one_moment_finds_room_in_the_queue() {
        let queue = listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = queue.local_addr().unwrap();
        // Nobody is let in meanwhile: a place in the queue is all that the system gives.
        let all = futures_util::future::try_join_all((0..300).map(|_| TcpStream::connect(address)));
        let connected = tokio::time::timeout(Duration::from_secs(20), all).await;
        assert_eq!(connected.expect("the queue is too short").unwrap().len(), 300);
    }
}
