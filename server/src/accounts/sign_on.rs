//! Single sign-on (OpenID Connect, ADR 0021): whoever a provider vouches for comes in as who they are here. It makes no
//! accounts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use shared::organisation::{Directory, Person};
use shared::words::UserId;

use super::{Accounts, Entered, Source};
use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::store::{StoreError, UsedBy};

/// Between leaving for the provider and coming back.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// People on their way at a time, some 500 bytes each.
const MOST: usize = 10_000;
/// The provider is asked for its keys again after so long.
const KNOWN_FOR: Duration = Duration::from_secs(5 * 60);
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// By which of the provider's claims a person is known the first time; from then on by the account itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Claim {
    /// `email`, if the provider has verified it.
    #[default]
    Email,
    /// `phone_number`, if the provider has verified it.
    Phone,
    /// `preferred_username` is the login: only for a provider that lets nobody choose it.
    Login,
}

/// The provider, and who we are to it.
#[derive(Clone)]
pub struct SignOnSettings {
    pub issuer: String,
    pub client: String,
    pub secret: Option<Arc<Secret>>,
    /// What the button says.
    pub label: String,
    pub claim: Claim,
}

impl fmt::Debug for SignOnSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignOnSettings").field("issuer", &self.issuer).field("client", &self.client).finish()
    }
}

/// Why nobody came in by it.
#[derive(Debug, thiserror::Error)]
pub enum SignOnError {
    #[error("there is no single sign-on here")]
    Off,
    /// Not begun in this browser, too long ago, or come back twice.
    #[error("this sign-on was not begun here, or has ended")]
    Stale,
    #[error("the provider let nobody in")]
    Denied,
    /// What it is exactly is for the log.
    #[error("the provider can't be reached, or its answer is not sound: {0}")]
    Provider(String),
    #[error("nobody here is known by that account")]
    Unknown,
    /// Whoever it would be has come by another one.
    #[error("another account of the provider's belongs to that person")]
    Taken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub struct SignOn {
    settings: SignOnSettings,
    http: openidconnect::reqwest::Client,
    known: tokio::sync::Mutex<Option<(Instant, CoreProviderMetadata)>>,
    on_their_way: Mutex<HashMap<SecretHash, OnTheirWay>>,
}

struct OnTheirWay {
    browser: SecretHash,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    back: RedirectUrl,
    left: Instant,
}

/// Where the browser goes, and what it keeps until it is back.
pub struct Begun {
    pub provider: String,
    pub browser: Secret,
}

/// Whom the provider vouches for.
struct Vouched {
    issuer: String,
    subject: String,
    named: Option<String>,
}

impl SignOn {
    pub fn new(settings: SignOnSettings) -> anyhow::Result<Self> {
        let http = openidconnect::reqwest::Client::builder();
        // Redirects would let the provider have this server ask whatever it likes.
        let http = http.redirect(openidconnect::reqwest::redirect::Policy::none()).timeout(ANSWERS_WITHIN).build()?;
        Ok(Self { settings, http, known: Default::default(), on_their_way: Mutex::default() })
    }

    pub fn label(&self) -> &str {
        &self.settings.label
    }

    async fn provider(&self) -> Result<CoreProviderMetadata, SignOnError> {
        let mut known = self.known.lock().await;
        if let Some((asked, provider)) = &*known
            && asked.elapsed() < KNOWN_FOR
        {
            return Ok(provider.clone());
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(unsound)?;
        let provider = CoreProviderMetadata::discover_async(issuer, &self.http).await.map_err(unsound)?;
        *known = Some((Instant::now(), provider.clone()));
        Ok(provider)
    }

    async fn begin(&self, back: String) -> Result<Begun, SignOnError> {
        let back = RedirectUrl::new(back).map_err(unsound)?;
        let client = CoreClient::from_provider_metadata(self.provider().await?, self.id(), self.secret());
        let client = client.set_redirect_uri(back.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = Secret::random();
        // Revealed to the browser, which brings it back.
        let told = CsrfToken::new(state.reveal().to_owned());
        let asked = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, || told, Nonce::new_random);
        let scope = match self.settings.claim {
            Claim::Email => "email",
            Claim::Phone => "phone",
            Claim::Login => "profile",
        };
        let asked = asked.add_scope(Scope::new(scope.to_owned())).set_pkce_challenge(challenge);
        let (provider, _, nonce) = asked.url();
        let (browser, left) = (Secret::random(), Instant::now());
        let mut all = self.on_their_way();
        if all.len() >= MOST {
            all.retain(|_, one| one.left.elapsed() < LASTS);
        }
        if all.len() >= MOST
            && let Some(first) = all.iter().min_by_key(|(_, one)| one.left).map(|(state, _)| *state)
        {
            all.remove(&first);
        }
        all.insert(state.hash(), OnTheirWay { browser: browser.hash(), nonce, verifier, back, left });
        Ok(Begun { provider: provider.to_string(), browser })
    }

    /// What has come back is looked at once, whether it is right or not.
    async fn finish(&self, state: &Secret, code: Secret, browser: &Secret) -> Result<Vouched, SignOnError> {
        let left = self.on_their_way().remove(&state.hash()).ok_or(SignOnError::Stale)?;
        let OnTheirWay { browser: begun_in, nonce, verifier, back, left } = left;
        if begun_in != browser.hash() || left.elapsed() >= LASTS {
            return Err(SignOnError::Stale);
        }
        let client = CoreClient::from_provider_metadata(self.provider().await?, self.id(), self.secret());
        let client = client.set_redirect_uri(back);
        // Revealed to the provider, which has given it out.
        let code = AuthorizationCode::new(code.reveal().to_owned());
        let asked = client.exchange_code(code).map_err(unsound)?.set_pkce_verifier(verifier);
        let tokens = asked.request_async(&self.http).await.map_err(unsound)?;
        let id_token = tokens.id_token().ok_or_else(|| SignOnError::Provider("no ID token".to_owned()))?;
        let id_verifier = client.id_token_verifier();
        let claims = id_token.claims(&id_verifier, &nonce).map_err(unsound)?;
        if let Some(expected) = claims.access_token_hash() {
            let key = id_token.signing_key(&id_verifier).map_err(unsound)?;
            let algorithm = id_token.signing_alg().map_err(unsound)?;
            let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(unsound)?;
            if found != *expected {
                return Err(SignOnError::Provider("the access token is another one's".to_owned()));
            }
        }
        let (issuer, subject) = (claims.issuer().as_str().to_owned(), claims.subject().clone());
        let mut named = self.named_in(
            claims.email().map(|email| email.as_str()).zip(claims.email_verified()),
            claims.phone_number().map(|phone| phone.as_str()).zip(claims.phone_number_verified()),
            claims.preferred_username().map(|name| name.as_str()),
        );
        if named.is_none()
            && let Ok(asked) = client.user_info(tokens.access_token().to_owned(), Some(subject.clone()))
        {
            let more: CoreUserInfoClaims = asked.request_async(&self.http).await.map_err(unsound)?;
            named = self.named_in(
                more.email().map(|email| email.as_str()).zip(more.email_verified()),
                more.phone_number().map(|phone| phone.as_str()).zip(more.phone_number_verified()),
                more.preferred_username().map(|name| name.as_str()),
            );
        }
        Ok(Vouched { issuer, subject: subject.to_string(), named })
    }

    fn named_in(
        &self,
        email: Option<(&str, bool)>,
        phone: Option<(&str, bool)>,
        login: Option<&str>,
    ) -> Option<String> {
        let verified = |(text, verified): (&str, bool)| verified.then(|| text.to_owned());
        match self.settings.claim {
            Claim::Email => email.and_then(verified).map(|email| email.to_lowercase()),
            Claim::Phone => phone.and_then(verified),
            Claim::Login => login.map(str::to_lowercase),
        }
    }

    fn id(&self) -> ClientId {
        ClientId::new(self.settings.client.clone())
    }

    fn secret(&self) -> Option<ClientSecret> {
        // Revealed to the provider, who has given it out.
        self.settings.secret.as_ref().map(|secret| ClientSecret::new(secret.reveal().to_owned()))
    }

    fn on_their_way(&self) -> MutexGuard<'_, HashMap<SecretHash, OnTheirWay>> {
        self.on_their_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose account here the provider's name means.
    fn person_named<'a>(&self, directory: &'a Directory, named: &str) -> Option<&'a Person> {
        let plain = |phone: &str| phone.trim_start_matches("+86").replace([' ', '-'], "");
        let name = match self.settings.claim {
            Claim::Email | Claim::Login => named.to_owned(),
            Claim::Phone => plain(named),
        };
        directory.person_named(&name).filter(|person| match self.settings.claim {
            Claim::Email => person.email.as_deref() == Some(&name),
            Claim::Phone => person.phone.as_deref() == Some(&name),
            Claim::Login => person.login == name,
        })
    }
}

impl Accounts {
    pub fn sign_on_label(&self) -> Option<&str> {
        self.sign_on.as_ref().map(SignOn::label)
    }

    /// Sends somebody to the provider, who sends them `back`.
    pub async fn begin_sign_on(&self, back: String) -> Result<Begun, SignOnError> {
        self.sign_on.as_ref().ok_or(SignOnError::Off)?.begin(back).await
    }

    /// Lets in whom the provider vouches for: whose account it is, or else who is known here by the claim. The operator
    /// is never known by a claim alone.
    pub async fn finish_sign_on(
        &self,
        state: &Secret,
        code: Secret,
        browser: &Secret,
        source: &Source,
        older: Option<SecretHash>,
    ) -> Result<Entered, SignOnError> {
        let sign_on = self.sign_on.as_ref().ok_or(SignOnError::Off)?;
        let Vouched { issuer, subject, named } = sign_on.finish(state, code, browser).await?;
        let directory = self.store.directory();
        let linked = self.store.sign_on(&issuer, &subject).await?;
        let known: Option<UserId> = match (&linked, named) {
            (Some(person), _) => Some(person.clone()),
            (None, Some(named)) => {
                let found = sign_on.person_named(&directory, &named).filter(|person| !person.operator);
                found.map(|person| person.id.clone())
            }
            (None, None) => None,
        };
        let active = |id: &UserId| directory.person(id).is_some_and(Person::is_active);
        let person = known.filter(active).ok_or(SignOnError::Unknown)?;
        if linked.is_none() && !self.store.link_sign_on(&issuer, &subject, &person, clock::now()).await? {
            return Err(SignOnError::Taken);
        }
        Ok(self.enter(person, source, UsedBy::One, older).await?)
    }
}

/// What others have answered is for the log, and no longer than a line.
fn unsound(error: impl std::error::Error) -> SignOnError {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(under) = cause {
        words = format!("{words}: {under}");
        cause = under.source();
    }
    SignOnError::Provider(words.chars().filter(|c| !c.is_control()).take(300).collect())
}
