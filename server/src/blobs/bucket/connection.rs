//! The way to a bucket: the client for HTTP that the server has anyway.

use std::error::Error;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use object_store::ClientConfigKey;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};

const CONNECTS_WITHIN: Duration = Duration::from_secs(5);
/// A store that says nothing for so long is given up.
const SILENT_FOR: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // Files go over a network in plain only if that is wanted, `AWS_ALLOW_HTTP`.
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp).is_some_and(|allowed| allowed == "true");
        let client = reqwest::Client::builder()
            .https_only(!plain)
            .connect_timeout(CONNECTS_WITHIN)
            .read_timeout(SILENT_FOR)
            .build()
            .map_err(|source| object_store::Error::Generic { store: "S3", source: Box::new(source) })?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request.map(reqwest::Body::wrap).try_into().map_err(broken)?;
        let answer: http::Response<reqwest::Body> = self.0.execute(request).await.map_err(broken)?.into();
        Ok(answer.map(|body| HttpResponseBody::new(body.map_err(broken))))
    }
}

/// What kind of trouble it was says whether it is worth another try.
fn broken(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else {
        cause(&error)
    };
    // The address is in what the store says of it.
    HttpError::new(kind, error.without_url())
}

fn cause(error: &reqwest::Error) -> HttpErrorKind {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof};
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_closed() || error.is_incomplete_message() || error.is_body_write_aborted())
        {
            return HttpErrorKind::Interrupted;
        }
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(TimedOut) => return HttpErrorKind::Timeout,
            Some(ConnectionAborted | ConnectionReset | BrokenPipe | UnexpectedEof) => {
                return HttpErrorKind::Interrupted;
            }
            _ => {}
        }
        cause = error.source();
    }
    HttpErrorKind::Unknown
}
