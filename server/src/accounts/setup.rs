//! The first start: an empty server gives itself to whoever has the code that it prints.

use std::time::{Duration, Instant};

use shared::api::{FirstGroup, FirstSchool, SetUp};
use shared::organisation::{Body, Change, Group, Membership, Person, Record, Region, School, Seat, Vocabulary};
use shared::words::{Span, UserId};
use tokio::sync::Mutex;

use super::{Accounts, SignedIn, Source, is_fit};
use crate::clock;
use crate::secret::{Secret, random_id};
use crate::store::{By, ChangeError, NewChanges, Store, StoreError, UsedBy};
use crate::throttle::Counter;

/// The post in the group of whoever sets the server up.
const FIRST_POST: &str = "office";

/// Why nothing was set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("a wrong code, or the server is not empty any more")]
    Wrong,
    #[error("too many wrong codes, the next one in {} s", .0.as_secs())]
    TooMany(Duration),
    #[error("the password is too short or too long")]
    Password,
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The code of the first start, held by one set-up at a time.
pub struct SetupCode(Mutex<Option<Secret>>);

impl SetupCode {
    pub fn for_store(store: &dyn Store) -> Self {
        Self(Mutex::new(store.is_empty().then(Secret::random)))
    }
}

impl Accounts {
    /// The path of the link that sets an empty server up, for the terminal; `None` once somebody has an account. What
    /// comes after the `#` stays in the browser.
    pub async fn setup_path(&self) -> Option<String> {
        let code = self.setup.0.lock().await;
        // Revealed to whoever started the server.
        code.as_ref().filter(|_| self.store.is_empty()).map(|code| format!("/setup#{}", code.reveal()))
    }

    /// Makes the first account, and the region, group and school that it looks after. The code is good once.
    pub async fn set_up(&self, wish: SetUp, source: &Source) -> Result<SignedIn, SetUpError> {
        let (counters, taken) = ([Counter::codes_from(source.address)], Instant::now());
        self.throttle.take(&counters, taken).map_err(SetUpError::TooMany)?;
        let mut code = self.setup.0.lock().await;
        let shown = Secret::new(wish.code.trim().to_owned()).hash();
        if !self.store.is_empty() || code.as_ref().is_none_or(|code| code.hash() != shown) {
            return Err(SetUpError::Wrong);
        }
        self.throttle.give_back(&counters, taken);
        let password = Secret::new(wish.password);
        if !is_fit(&password, [wish.login.as_str()]) {
            return Err(SetUpError::Password);
        }
        let id: UserId = random_id().parse().expect("random ids have the form of ids");
        let records = first_records(&id, wish.name, wish.login, wish.region, wish.group, wish.school);
        let changes: Vec<Change> = records.into_iter().map(Change::Put).collect();
        let passwords = [(id.clone(), self.hash(password).await)];
        let asked = NewChanges { passwords: &passwords, ..NewChanges::new(By::Server, &changes, clock::now()) };
        self.store.change(asked).await?;
        *code = None;
        Ok(self.open(id, source, UsedBy::One, None).await?)
    }

    pub fn is_empty(&self) -> bool {
        self.store.is_empty()
    }
}

fn first_records(
    id: &UserId,
    name: String,
    login: String,
    region: Option<String>,
    group: FirstGroup,
    school: FirstSchool,
) -> [Record; 6] {
    let now = clock::now();
    let fresh = random_id;
    let form = "random ids have the form of ids";
    let region_name = region.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| group.name.clone());
    let region = Region {
        id: fresh().parse().expect(form),
        name: region_name.trim().to_owned(),
        vocabulary: Vocabulary::usual(),
    };
    let group = Group {
        id: fresh().parse().expect(form),
        region: region.id.clone(),
        name: group.name.trim().to_owned(),
        kind: group.kind,
        founded: None,
    };
    let school_name = school.name.trim().to_owned();
    let seal = match school.seal.trim() {
        "" => school_name.chars().next().map(String::from).unwrap_or_default(),
        seal => seal.to_owned(),
    };
    let school = School {
        id: fresh().parse().expect(form),
        region: region.id.clone(),
        name: school_name,
        seal,
        sort: school.sort,
        rural: false,
        pupils: None,
    };
    let membership = Membership {
        id: fresh().parse().expect(form),
        group: group.id.clone(),
        school: school.id.clone(),
        leads: true,
        span: Span { since: now, until: None },
        reason: String::new(),
        handed_over: String::new(),
    };
    let person = Person { operator: true, ..Person::new(id.clone(), &name, &login, now) };
    let seat = Seat {
        id: fresh().parse().expect(form),
        person: id.clone(),
        body: Body::Group(group.id.clone()),
        post: FIRST_POST.parse().expect("a fixed id"),
        main: false,
        span: Span { since: now, until: None },
    };
    [
        Record::Region(region),
        Record::Group(group),
        Record::School(school),
        Record::Membership(membership),
        Record::Person(person),
        Record::Seat(seat),
    ]
}
