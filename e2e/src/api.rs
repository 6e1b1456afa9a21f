//! The HTTP API as a script would use it.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::secrets;

/// Every demo account's password.
pub const PASSWORD: &str = "gongbei-demo";

/// Somebody's session.
#[derive(Clone)]
pub struct Api {
    client: Client,
    address: String,
    cookie: String,
}

impl Api {
    /// A session that exists already.
    pub fn with_cookie(address: &str, cookie: &str) -> Self {
        Self { client: Client::new(), address: address.to_owned(), cookie: cookie.to_owned() }
    }

    pub async fn sign_in(address: &str, login: &str) -> Result<Self> {
        let mut api = Self::with_cookie(address, "");
        let answer =
            api.send(Method::POST, "/api/session", Some(json!({ "login": login, "password": PASSWORD }))).await?;
        let cookie = answer.headers().get("set-cookie").context("signing in set no cookie")?.to_str()?;
        api.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        secrets::remember(PASSWORD);
        secrets::remember(api.cookie.split_once('=').context("the cookie has no value")?.1);
        Ok(api)
    }

    /// `name=value` of the session cookie.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A new document of that kind; its id.
    pub async fn create(&self, kind: &str, title: &str) -> Result<String> {
        let body = self.post("/api/documents", json!({ "kind": kind, "title": title })).await?;
        Ok(body["id"].as_str().context("no id in the answer")?.to_owned())
    }

    /// Replaces the document's shares: these people, with this right (`view`, `comment`, `edit`).
    pub async fn share(&self, document: &str, people: &[&Api], right: &str) -> Result<()> {
        let mut shares = Vec::new();
        for person in people {
            let me = person.get("/api/session").await?;
            shares.push(json!({ "with": { "type": "person", "id": me["person"]["id"] }, "right": right }));
        }
        self.ok(Method::PUT, &format!("/api/documents/{document}/shares"), Some(json!({ "shares": shares }))).await?;
        Ok(())
    }

    /// An access token for stock clients.
    pub async fn token(&self) -> Result<String> {
        let body = self.post("/api/tokens", json!({ "name": "a browser test" })).await?;
        let token = body["token"].as_str().context("no token in the answer")?;
        secrets::remember(token);
        Ok(token.to_owned())
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        self.ok(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        self.ok(Method::POST, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<()> {
        self.ok(Method::DELETE, path, None).await.map(drop)
    }

    /// Any request; the answer with its status, whatever it is.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Response> {
        let mut request = self.client.request(method, format!("{}{path}", self.address));
        // A browser names its page; so do we, the server asks for it.
        request = request.header("origin", &self.address).header("cookie", &self.cookie);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        Ok(request.send().await?)
    }

    async fn ok(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let what = format!("{method} {path}");
        let answer = self.send(method, path, body).await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{what}: {status} {text}");
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).with_context(|| what) }
    }
}
