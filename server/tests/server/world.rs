//! A server in this process with the demo group, and people who are signed in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::app::{App, Settings};
use server::data_folder::DataFolder;
use server::database::Database;
use server::demo;
#[cfg(feature = "postgres")]
use server::store::{Address, PostgresStore};
use server::store::{Log, StoreLimits};
use shared::organisation::{Body, Seat};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[cfg(feature = "postgres")]
#[path = "database.rs"]
pub mod database;

/// How long anything in these tests may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub address: SocketAddr,
    pub app: Arc<App>,
    pub data: Arc<TempDir>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<anyhow::Result<()>>,
    folder: DataFolder,
}

impl World {
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        Self::open(Arc::new(tempfile::tempdir().unwrap()), settings, |log| log).await
    }

    /// Opens this data folder, with the log as `wrap` leaves it.
    pub async fn open(data: Arc<TempDir>, settings: Settings, wrap: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>) -> Self {
        let listener = server::app::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self::open_at(listener, data, settings, wrap).await
    }

    /// The same on a listener that is there already.
    pub async fn open_at(
        listener: TcpListener,
        data: Arc<TempDir>,
        settings: Settings,
        wrap: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>,
    ) -> Self {
        let folder = DataFolder::take(data.path()).unwrap();
        let database = database_of(&folder).await;
        Self::open_in(database, folder, listener, data, settings, wrap).await
    }

    /// With its database in its own folder, also where tests have theirs on a server.
    #[cfg(feature = "postgres")]
    pub async fn on_a_file() -> Self {
        let data = Arc::new(tempfile::tempdir().unwrap());
        let listener = server::app::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let folder = DataFolder::take(data.path()).unwrap();
        let database = Database::of(&folder, None).unwrap();
        Self::open_in(database, folder, listener, data, Settings::default(), |log| log).await
    }

    async fn open_in(
        database: Database,
        folder: DataFolder,
        listener: TcpListener,
        data: Arc<TempDir>,
        settings: Settings,
        wrap: impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>,
    ) -> Self {
        let store = database.open_to_serve(&folder, StoreLimits::default()).await.unwrap();
        let log = wrap(store.clone());
        // This process can't read documents and tables for another.
        let program = settings.program.or_else(|| Some(env!("CARGO_BIN_EXE_gongbei").into()));
        let app = App::with_log(&folder, Settings { program, ..settings }, store, log).await.unwrap();
        demo::fill(&app).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(app.clone().serve(listener, stopped));
        Self { address, app, data, stop, serving, folder }
    }

    /// Stops in order and gives the data folder back.
    pub async fn stop(self) -> Arc<TempDir> {
        self.stop.send(true).unwrap();
        tokio::time::timeout(PATIENCE, self.serving).await.expect("stops in time").unwrap().unwrap();
        drop(self.folder);
        self.data
    }

    /// Stops in order and starts again on the same data.
    pub async fn restart(self) -> Self {
        let data = self.stop().await;
        Self::open(data, Settings::default(), |log| log).await
    }

    /// The seat that a person of the demo has there.
    pub fn seat(&self, person: &str, body: &str) -> Seat {
        let directory = self.app.store.directory();
        let body: Body = body.parse().unwrap();
        directory.seats_of(&person.parse().unwrap()).find(|seat| seat.body == body).unwrap().clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn sign_in(&self, login: &str) -> Person {
        Person::signed_in_at(self.address, login).await
    }
}

/// Its own file; with the feature `postgres` a database of its own, which it keeps.
async fn database_of(folder: &DataFolder) -> Database {
    #[cfg(feature = "postgres")]
    if std::env::var_os("GONGBEI_TEST_POSTGRES").is_some() && !folder.database_place().exists() {
        return Database::of(folder, Some(&database::new_database(folder.root()).await)).unwrap();
    }
    Database::of(folder, None).unwrap()
}

/// Somebody with a session, as a browser would have it.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    pub address: SocketAddr,
    pub cookie: String,
}

impl Person {
    /// Somebody of the demo, at any server.
    pub async fn signed_in_at(address: SocketAddr, login: &str) -> Self {
        let http = reqwest::Client::new();
        let body = json!({"login": login, "password": "gongbei-demo"});
        let answer = http.post(format!("http://{address}/api/session")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{login} signs in");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { http, address, cookie }
    }

    /// A browser with these cookies.
    pub fn with_cookie(address: SocketAddr, cookie: &str) -> Self {
        Self { http: reqwest::Client::new(), address, cookie: cookie.to_owned() }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method, url).header("cookie", &self.cookie).header("origin", self.origin())
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "GET {path}");
        answer.json().await.unwrap()
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Response {
        self.request(method, path).json(&body).send().await.unwrap()
    }

    pub async fn token(&self) -> String {
        let answer = self.send(Method::POST, "/api/tokens", json!({"name": "test"})).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
    }

    /// A new document of this person's own.
    pub async fn document(&self, title: &str) -> String {
        self.create("page", title).await
    }

    /// A new lesson plan of this person's own, with its template.
    pub async fn lesson_plan(&self, title: &str) -> String {
        self.create("lesson-plan", title).await
    }

    async fn create(&self, kind: &str, title: &str) -> String {
        let answer = self.send(Method::POST, "/api/documents", json!({"kind": kind, "title": title})).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Replaces the list of whom the document is shared with.
    pub async fn share(&self, document: &str, with: &[(&str, &str)]) {
        let shares: Vec<Value> = with
            .iter()
            .map(|(person, right)| json!({"with": {"type": "person", "id": person}, "right": right}))
            .collect();
        let path = format!("/api/documents/{document}/shares");
        let answer = self.send(Method::PUT, &path, json!({"shares": shares})).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

/// The problem of a refused request.
pub async fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["status"], status);
    (status, problem["type"].as_str().unwrap().trim_start_matches("/problems/").to_owned())
}
