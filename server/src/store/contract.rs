//! What every store must do, whatever it is built on. One check a promise; each store runs them all.

use std::path::Path;

use bytes::Bytes;
use shared::access::{Grantee, Right, Share};
use shared::api::Which;
use shared::organisation::{
    Body, Group, Membership, Misfit, Person, Record, Region, School, SchoolSort, Seat, Team, TeamSort, Vocabulary,
};
use shared::words::{DocumentId, DocumentKind, Seq, Span, Title, UnixMillis};
use tokio::sync::mpsc;

use super::*;
use crate::secret::SecretHash;

mod damage;
#[cfg(feature = "postgres")]
#[path = "../../tests/server/database.rs"]
mod database;
mod library;
mod tutoring;
mod ways_in;

use library::*;
use tutoring::*;
use ways_in::*;

const NOW: UnixMillis = UnixMillis(1_000);

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn update(document: &str, seq: u64, bytes: &str) -> NewUpdate {
    NewUpdate {
        document: id(document),
        seq: Seq(seq),
        author: id("ann"),
        at: NOW,
        bytes: Bytes::copy_from_slice(bytes.as_bytes()),
        binds: Vec::new(),
    }
}

/// Somebody whose id, name and login are the same word.
pub(super) fn new_person(name: &str) -> Person {
    Person {
        id: id(name),
        name: name.to_owned(),
        login: name.to_owned(),
        phone: None,
        email: None,
        teaches: String::new(),
        operator: false,
        created: NOW,
        suspended: None,
        closed: None,
    }
}

/// Adds them with the password hash `hash`.
pub(super) async fn add_person<S: Organisation + ?Sized>(store: &S, person: Person) -> Result<Changed, ChangeError> {
    let passwords = [(person.id.clone(), "hash".to_owned())];
    let changes = [Change::Put(Record::Person(person))];
    store.change(NewChanges { passwords: &passwords, ..NewChanges::new(By::Server, &changes, NOW) }).await
}

async fn put(store: &dyn Store, records: impl IntoIterator<Item = Record>) -> Changed {
    let changes: Vec<_> = records.into_iter().map(Change::Put).collect();
    store.change(NewChanges::new(By::Server, &changes, NOW)).await.unwrap()
}

fn seat(person: &str, body: &str, post: &str) -> Seat {
    let seat_id = format!("{person}-{}-{post}", body.replace(':', "-"));
    Seat { id: id(&seat_id), person: id(person), body: id(body), post: id(post), main: false, span: Span::from(NOW) }
}

fn session_of(person: &str) -> StoredSession {
    StoredSession { person: id(person), created: NOW, seen: NOW, on: Machine::default() }
}

async fn leave(store: &dyn Store, person: &str, body: &str, at: UnixMillis) {
    let directory = store.directory();
    let left = directory.seats_of(&id(person)).filter(|seat| seat.body == id::<Body>(body));
    let left = left.map(|seat| Seat { span: Span { until: Some(at), ..seat.span }, ..seat.clone() });
    put(store, left.map(Record::Seat).collect::<Vec<_>>()).await;
}

/// An empty page of Ann's, whose id and title are the same word.
pub(super) fn new_page(name: &str) -> NewDocument {
    NewDocument {
        id: id(name),
        kind: DocumentKind::Page,
        title: Title::new(name).unwrap(),
        author: id("ann"),
        shelf: Shelf::Person(id("ann")),
        epoch: id("epoch"),
        at: NOW,
        wish: None,
        seed: None,
    }
}

/// Ann and Bob in one school and team, Eve elsewhere; Ann owns `plan`.
async fn furnish(store: &dyn Store) {
    for name in ["ann", "bob", "eve"] {
        add_person(store, new_person(name)).await.unwrap();
    }
    let words = Vocabulary::usual();
    let (region, kind) = (id("region"), words.kinds[0].id.clone());
    put(
        store,
        [
            Record::Region(Region { id: id("region"), name: "region".into(), vocabulary: words }),
            Record::Group(Group { id: id("group"), region, name: "group".into(), kind, founded: None }),
            Record::School(School {
                id: id("school"),
                region: id("region"),
                name: "school".into(),
                seal: "校".into(),
                sort: SchoolSort::Primary,
                rural: false,
                pupils: None,
            }),
            Record::Membership(Membership {
                id: id("group-school"),
                group: id("group"),
                school: id("school"),
                leads: true,
                span: Span::from(NOW),
                reason: String::new(),
                handed_over: String::new(),
            }),
            Record::Team(Team {
                id: id("team"),
                home: id("group:group"),
                name: "team".into(),
                sort: TeamSort::Preparation,
                subject: String::new(),
                stage: String::new(),
                ended: None,
            }),
        ],
    )
    .await;
    for name in ["ann", "bob"] {
        let seats = [seat(name, "school:school", "teacher"), seat(name, "team:team", "member")];
        put(store, seats.map(Record::Seat)).await;
    }
    create(store, "plan", None).await;
}

async fn create(store: &dyn Store, name: &str, team: Option<&str>) {
    let seed = Some((7, Bytes::from_static(b"seed")));
    let shelf = team.map_or(Shelf::Person(id("ann")), |team| Shelf::Team(id(team)));
    let document = NewDocument { shelf, seed, ..new_page(name) };
    store.create(document).await.unwrap();
}

async fn append(store: &dyn Store, updates: Vec<NewUpdate>) -> Vec<(u64, Result<(), Cause>)> {
    let (done, mut answers) = mpsc::unbounded_channel();
    let expected = updates.len();
    for update in updates {
        store.append(update, done.clone());
    }
    let mut outcomes = Vec::new();
    while outcomes.len() < expected {
        let Appended { seq, outcome } = answers.recv().await.unwrap();
        outcomes.push((seq.0, outcome));
    }
    outcomes
}

async fn handle(store: &dyn Store, name: &str, document: &str) -> Option<DocumentHandle> {
    DocumentHandle::open(store, &id(name), &id(document)).await.unwrap()
}

/// Appends come back in order, after the seed of the creating transaction, with their author and client ids.
pub async fn the_log_gives_back_what_it_took(store: &dyn Store) {
    let mut second = update("plan", 2, "two");
    second.binds = vec![9, 8];
    let outcomes = append(store, vec![second, update("plan", 3, ""), update("plan", 4, "four")]).await;
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()), "{outcomes:?}");
    let stored = store.load(&id("plan")).await.unwrap().unwrap();
    let bytes: Vec<&[u8]> = stored.updates.iter().map(|update| &update.bytes[..]).collect();
    assert_eq!(bytes, [&b"seed"[..], b"two", b"", b"four"]);
    assert_eq!(stored.tail(), Seq(4));
    assert_eq!(stored.updates[1].binds, [8, 9]);
    let mut bindings = stored.bindings;
    bindings.sort();
    assert_eq!(bindings, [(7, id("ann")), (8, id("ann")), (9, id("ann"))]);
    assert!(store.load(&id("absent")).await.unwrap().is_none());
}

/// An update that does not follow the tail fails, and so do those behind it; the same one again is a success.
pub async fn the_log_has_no_gaps_and_no_doubles(store: &dyn Store) {
    let outcomes =
        append(store, vec![update("plan", 2, "two"), update("plan", 4, "four"), update("plan", 5, "five")]).await;
    assert!(matches!(
        outcomes[..],
        [(2, Ok(())), (4, Err(Cause::OutOfOrder { .. })), (5, Err(Cause::OutOfOrder { .. }))]
    ));
    let again = append(store, vec![update("plan", 2, "two"), update("plan", 2, "other")]).await;
    assert!(matches!(again[..], [(2, Ok(())), (2, Err(Cause::OutOfOrder { .. }))]));
    assert_eq!(store.history(&id("plan")).await.unwrap().len(), 2);
}

/// Many documents in one batch: what is wrong in one does not touch the others.
pub async fn one_document_does_not_hold_back_another(store: &dyn Store) {
    create(store, "other", None).await;
    let outcomes = append(
        store,
        vec![update("plan", 9, "gap"), update("absent", 1, "no such document"), update("other", 2, "fine")],
    )
    .await;
    assert!(outcomes[0].1.is_err() && outcomes[1].1.is_err());
    assert!(outcomes[2].1.is_ok(), "{outcomes:?}");
}

/// A client id belongs to the first who wrote under it.
pub async fn a_client_id_belongs_to_one_person(store: &dyn Store) {
    let theirs = NewUpdate { author: id("bob"), binds: vec![7], ..update("plan", 2, "forged") };
    let outcomes = append(store, vec![theirs]).await;
    assert!(matches!(outcomes[..], [(2, Err(Cause::ClientTaken { client: 7 }))]));
    assert!(append(store, vec![update("plan", 2, "mine")]).await[0].1.is_ok());
}

/// Appends of many documents at once all arrive.
pub async fn many_rooms_append_at_once(store: &dyn Store) {
    let names: Vec<String> = (0..20).map(|n| format!("room-{n}")).collect();
    for name in &names {
        create(store, name, None).await;
    }
    let updates =
        (2..52).flat_map(|seq| names.iter().map(move |name| update(name, seq, &format!("{name} {seq}")))).collect();
    let outcomes = append(store, updates).await;
    assert!(outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
    for name in &names {
        let history = store.history(&id(name)).await.unwrap();
        assert_eq!(history.len(), 51);
        assert_eq!(history[50].bytes, format!("{name} 51"));
    }
}

/// A snapshot stands for the log up to its number; two stay.
pub async fn a_snapshot_shortens_loading(store: &dyn Store) {
    append(store, (2..=10).map(|seq| update("plan", seq, "x")).collect()).await;
    for seq in [3, 5, 8] {
        let bytes = Bytes::from(format!("snapshot {seq}"));
        store.keep_snapshot(&id("plan"), NewSnapshot { seq: Seq(seq), bytes }).await.unwrap();
    }
    let stored = store.load(&id("plan")).await.unwrap().unwrap();
    assert_eq!(stored.snapshot, Some(Snapshot { seq: Seq(8), bytes: Bytes::from_static(b"snapshot 8") }));
    assert_eq!(stored.updates.iter().map(|update| update.seq.0).collect::<Vec<_>>(), [9, 10]);
    assert_eq!(store.history(&id("plan")).await.unwrap().len(), 10);
}

/// What lies behind both snapshots is packed, and all that is read stays as it was.
pub async fn packing_changes_nothing_that_is_read(store: &dyn Store) {
    let plan = id("plan");
    let mut updates: Vec<NewUpdate> = (2..=30).map(|seq| update("plan", seq, &format!("update {seq}"))).collect();
    updates[3] = NewUpdate { author: id("bob"), binds: vec![9, 8], at: UnixMillis(-5), ..updates[3].clone() };
    append(store, updates).await;
    assert_eq!(store.compact(&plan).await.unwrap(), Compacted::default(), "no snapshot, nothing to stand for it");
    for seq in [20, 25] {
        let bytes = Bytes::from(format!("snapshot {seq}"));
        store.keep_snapshot(&plan, NewSnapshot { seq: Seq(seq), bytes }).await.unwrap();
    }
    let (history, loaded) = (store.history(&plan).await.unwrap(), store.load(&plan).await.unwrap().unwrap());
    let Compacted { updates, segments, before, after } = store.compact(&plan).await.unwrap();
    assert!((updates, segments) == (20, 1) && after < before, "{updates} {segments} {before} {after}");
    assert_eq!(store.history(&plan).await.unwrap(), history);
    assert_eq!(store.load(&plan).await.unwrap().unwrap(), loaded);
    assert_eq!(store.compact(&plan).await.unwrap(), Compacted::default(), "all is packed");
    let outcomes = append(store, vec![update("plan", 31, "goes on"), update("plan", 5, "again")]).await;
    assert!(matches!(outcomes[..], [(31, Ok(())), (5, Err(Cause::OutOfOrder { .. }))]), "{outcomes:?}");
    assert_eq!(store.history(&plan).await.unwrap().len(), 31);
}

/// A list of shares made from an older one is not stored.
pub async fn shares_are_replaced_only_at_their_version(store: &dyn Store) {
    let plan = handle(store, "ann", "plan").await.unwrap();
    let replace = async |right: Right, version: Option<u64>| {
        let shares = [Share { with: Grantee::Person(id("bob")), right }];
        store.set_shares(plan.managing().unwrap(), &shares, version, NOW).await.unwrap()
    };
    let read = store.shares(&plan).await.unwrap().version;
    assert!(replace(Right::View, Some(read)).await);
    assert!(!replace(Right::Edit, Some(read)).await);
    let SharedWith { lines, version } = store.shares(&plan).await.unwrap();
    assert_eq!((lines.len(), lines[0].share.right), (1, Right::View));
    assert!(version != read && replace(Right::Comment, Some(version)).await);
    assert!(replace(Right::Edit, None).await, "whatever is there");
}

/// Lists hold what the judge allows, newest first, once each.
pub async fn lists_hold_what_the_judge_allows(store: &dyn Store) {
    create(store, "team-plan", Some("team")).await;
    create(store, "shared-plan", None).await;
    let shared = handle(store, "ann", "shared-plan").await.unwrap();
    let shares = [
        Share { with: Grantee::Person(id("bob")), right: Right::View },
        Share { with: Grantee::Team(id("team")), right: Right::Comment },
    ];
    assert!(store.set_shares(shared.managing().unwrap(), &shares, None, NOW).await.unwrap());
    let listed = async |name: &str, which: Which| {
        let query = ListQuery { which, limit: 50, ..ListQuery::default() };
        let page = store.list(&id(name), &query).await.unwrap();
        let mut documents: Vec<String> = page.documents.iter().map(|card| card.id.to_string()).collect();
        documents.sort();
        documents
    };
    assert_eq!(listed("ann", Which::All).await, ["plan", "shared-plan", "team-plan"]);
    assert_eq!(listed("bob", Which::All).await, ["shared-plan", "team-plan"]);
    assert!(listed("eve", Which::All).await.is_empty());
    assert_eq!(handle(store, "bob", "shared-plan").await.unwrap().right(), Right::Comment);
    leave(store, "bob", "team:team", NOW).await;
    assert_eq!(listed("bob", Which::All).await, ["shared-plan"]);
    assert_eq!(handle(store, "bob", "shared-plan").await.unwrap().right(), Right::View);
    store.move_to_bin(shared.managing().unwrap(), NOW).await.unwrap();
    assert!(listed("bob", Which::All).await.is_empty());
    assert_eq!(listed("ann", Which::Bin).await, ["shared-plan"]);
    store.note_visits(&[Visit { person: id("ann"), document: id("plan"), at: NOW }]).await.unwrap();
    assert_eq!(listed("ann", Which::Recent).await, ["plan"]);
}

/// A closed account has no sessions, no tokens and no rights.
pub async fn a_closed_account_may_do_nothing(store: &dyn Store) {
    let hash = SecretHash([1; 32]);
    store.open_session(hash, &session_of("ann")).await.unwrap();
    let token = SecretHash([2; 32]);
    let ann = id("ann");
    store
        .add_token(NewToken { hash: token, person: &ann, name: "token", scopes: &[], at: NOW, expires: NOW })
        .await
        .unwrap();
    assert!(handle(store, "ann", "plan").await.is_some());
    assert!(store.sent_away_since(UnixMillis(0)).await.unwrap().is_empty());
    put(store, [Record::Person(Person { closed: Some(NOW), ..new_person("ann") })]).await;
    store.send_away(&ann).await.unwrap();
    assert_eq!(store.sent_away_since(NOW).await.unwrap(), [ann]);
    assert!(store.sent_away_since(UnixMillis(NOW.0 + 1)).await.unwrap().is_empty());
    assert!(store.session(hash).await.unwrap().is_none());
    assert!(store.token(token).await.unwrap().is_none());
    assert!(!store.credentials("ann").await.unwrap().unwrap().active);
    assert!(handle(store, "ann", "plan").await.is_none());
}

/// Whoever came in with the old password is out, and comes in by the new one only.
pub async fn a_new_password_ends_what_the_old_one_opened(store: &dyn Store) {
    let ann = id("ann");
    let (hash, token, other) = (SecretHash([1; 32]), SecretHash([2; 32]), SecretHash([3; 32]));
    store.open_session(hash, &session_of("ann")).await.unwrap();
    store.open_session(other, &session_of("bob")).await.unwrap();
    store
        .add_token(NewToken { hash: token, person: &ann, name: "token", scopes: &[], at: NOW, expires: NOW })
        .await
        .unwrap();
    store.make_familiar(&ann, &[hash], NOW).await.unwrap();
    let later = UnixMillis(NOW.0 + 1);
    store.set_password(&ann, "another hash", later).await.unwrap();
    assert_eq!(store.credentials("ann").await.unwrap().unwrap().password_hash.as_deref(), Some("another hash"));
    assert!(store.session(hash).await.unwrap().is_none());
    assert!(store.token(token).await.unwrap().is_none());
    assert!(store.familiar(&ann).await.unwrap().is_empty());
    assert!(store.session(other).await.unwrap().is_some(), "nobody else is touched");
    assert_eq!(store.sent_away_since(later).await.unwrap(), [ann]);
    assert!(handle(store, "ann", "plan").await.is_some(), "the account is as it was");
}

/// The places a person signed in from last are known, and no more than sixteen.
pub async fn the_last_places_are_familiar(store: &dyn Store) {
    let (ann, mark) = (id("ann"), |n: u8| SecretHash([n; 32]));
    assert!(store.familiar(&ann).await.unwrap().is_empty());
    for n in 0..20 {
        store.make_familiar(&ann, &[mark(n), mark(100)], UnixMillis(i64::from(n))).await.unwrap();
    }
    let familiar = store.familiar(&ann).await.unwrap();
    assert!(familiar.len() == 16 && familiar.contains(&mark(100)) && familiar.contains(&mark(19)));
    assert!(!familiar.contains(&mark(4)) && store.familiar(&id("bob")).await.unwrap().is_empty());
}

/// A login is one person's, and what is refused leaves nothing.
pub async fn a_login_is_taken_once(store: &dyn Store) {
    let again = add_person(store, Person { id: id("other-ann"), ..new_person("ann") }).await;
    let Err(ChangeError::Misfit(MisfitAt { at: 0, misfit })) = again else { panic!("it was taken twice") };
    assert_eq!(misfit, Misfit::Taken("ann".to_owned()));
    assert!(store.directory().person(&id("other-ann")).is_none(), "nothing is half added");
}

/// What is read back from the disk is what was put in, all of it or none.
pub async fn changes_of_the_organisation_are_whole_and_kept(store: &dyn Store) {
    let before = store.directory();
    let promoted = Change::Put(Record::Seat(seat("bob", "school:school", "head")));
    let unknown = Change::Put(Record::Seat(seat("nobody", "school:school", "head")));
    let refused = store.change(NewChanges::new(By::Server, &[promoted.clone(), unknown], NOW)).await;
    assert!(matches!(refused, Err(ChangeError::Misfit(MisfitAt { at: 1, .. }))));
    assert_eq!(store.directory(), before);
    let undo = store.change(NewChanges::new(By::Server, std::slice::from_ref(&promoted), NOW)).await.unwrap().undo;
    assert!(store.directory().seat(&id("bob-school-school-head")).is_some());
    store.undo(undo.unwrap(), &By::Server, NOW).await.unwrap();
    assert_eq!(store.directory(), before);
    assert!(matches!(store.undo(undo.unwrap(), &By::Server, NOW).await, Err(UndoError::Changed)), "once");
    let nothing = Change::Put(Record::Person(new_person("ann")));
    assert_eq!(store.change(NewChanges::new(By::Server, &[nothing], NOW)).await.unwrap().undo, None);
}

/// Nobody makes a change that is not theirs, and nobody takes back over what others have done since.
pub async fn changes_are_judged_and_undone_by_whose_they_are(store: &dyn Store) {
    put(store, [Record::Seat(seat("ann", "school:school", "head"))]).await;
    let (by_ann, by_bob) = (By::Person(id("ann")), By::Person(id("bob")));
    let renamed = Change::Put(Record::Person(Person { name: "Bo".into(), ..new_person("bob") }));
    let refused = store.change(NewChanges::new(by_bob.clone(), std::slice::from_ref(&renamed), NOW)).await;
    assert!(matches!(refused, Err(ChangeError::Forbidden { at: 0 })));
    let undo = store.change(NewChanges::new(by_ann.clone(), &[renamed], NOW)).await.unwrap().undo.unwrap();
    assert!(matches!(store.undo(undo, &by_bob, NOW).await, Err(UndoError::Unknown)));
    put(store, [Record::Person(Person { name: "Bobby".into(), ..new_person("bob") })]).await;
    assert!(matches!(store.undo(undo, &by_ann, NOW).await, Err(UndoError::Changed)));
    assert_eq!(store.directory().person(&id("bob")).unwrap().name, "Bobby");
}

/// By somebody else, to a person.
enum Given {
    Document,
    Share,
}

/// What somebody has done is taken back only by whoever may still do it, in time, and not from under others.
pub async fn undoing_needs_the_right_and_loses_nothing(store: &dyn Store) {
    put(store, [Record::Seat(seat("ann", "school:school", "head"))]).await;
    let by_ann = By::Person(id("ann"));
    let done = async |record: Record| {
        let changes = [Change::Put(record)];
        store.change(NewChanges::new(by_ann.clone(), &changes, NOW)).await.unwrap().undo.unwrap()
    };
    let team = |name: &str| {
        let home = id("school:school");
        let (subject, stage) = (String::new(), String::new());
        Record::Team(Team {
            id: id(name),
            name: name.into(),
            sort: TeamSort::Research,
            home,
            subject,
            stage,
            ended: None,
        })
    };
    let (late, at_last) = (UnixMillis(NOW.0 + UNDO_WITHIN + 1), UnixMillis(NOW.0 + UNDO_WITHIN));

    let with_a_document = done(team("with-a-document")).await;
    store.create(NewDocument { shelf: id("team:with-a-document"), ..new_page("on-the-shelf") }).await.unwrap();
    assert!(matches!(store.undo(with_a_document, &by_ann, NOW).await, Err(UndoError::Changed)), "it would be nobody's");

    let empty = done(team("empty")).await;
    assert!(matches!(store.undo(empty, &by_ann, late).await, Err(UndoError::Unknown)), "too late");
    store.undo(empty, &by_ann, at_last).await.unwrap();
    assert!(store.directory().team(&id("empty")).is_none());
    let late_comer = NewDocument { shelf: id("team:empty"), ..new_page("too-late") };
    assert!(store.create(late_comer).await.is_err(), "its shelf went in that moment");
    assert!(store.facts(&id("too-late")).await.unwrap().is_none());
    let plan = handle(store, "ann", "plan").await.unwrap();
    assert!(store.move_to_shelf(plan.managing().unwrap(), &Shelf::Team(id("empty")), NOW).await.is_err());
    let shares = [Share { with: Grantee::Team(id("empty")), right: Right::View }];
    assert!(store.set_shares(plan.managing().unwrap(), &shares, None, NOW).await.is_err());

    // Somebody new who has got something is not taken out from under it.
    for (name, given) in [("cat", Given::Document), ("dan", Given::Share)] {
        let made = [Change::Put(Record::Person(new_person(name)))];
        let undo = store.change(NewChanges::new(By::Server, &made, NOW)).await.unwrap().undo.unwrap();
        match given {
            Given::Document => {
                store.move_to_shelf(plan.managing().unwrap(), &Shelf::Person(id(name)), NOW).await.unwrap();
            }
            Given::Share => {
                let with = [Share { with: Grantee::Person(id(name)), right: Right::View }];
                store.set_shares(plan.managing().unwrap(), &with, None, NOW).await.unwrap();
            }
        }
        assert!(matches!(store.undo(undo, &By::Server, NOW).await, Err(UndoError::Changed)), "{name}");
    }
    let closed = [Change::Put(Record::Person(Person { closed: Some(NOW), ..new_person("dan") }))];
    let closing = store.change(NewChanges::new(By::Server, &closed, NOW)).await.unwrap();
    assert_eq!(closing.undo, None, "an account is closed for good");

    let (clerk, unused) = (done(Record::Seat(seat("bob", "school:school", "staff"))).await, UnixMillis(NOW.0 + 1));
    store.open_session(SecretHash([9; 32]), &StoredSession { seen: unused, ..session_of("bob") }).await.unwrap();
    assert!(matches!(store.undo(clerk, &by_ann, unused).await, Err(UndoError::Changed)), "he may have decided by it");

    let third = done(team("third")).await;
    leave(store, "ann", "school:school", unused).await;
    assert!(matches!(store.undo(third, &by_ann, unused).await, Err(UndoError::Forbidden)), "it is hers no more");
    store.undo(third, &By::Server, unused).await.unwrap();
}

/// Every deed has its line, newest first, and the chain holds.
pub async fn the_audit_log_has_what_was_done(store: &dyn Store) {
    let plan = handle(store, "ann", "plan").await.unwrap();
    let shares = [Share { with: Grantee::School(id("school")), right: Right::View }];
    for _ in 0..2 {
        assert!(store.set_shares(plan.managing().unwrap(), &shares, None, NOW).await.unwrap());
    }
    assert_eq!(handle(store, "bob", "plan").await.unwrap().right(), Right::View);
    store.move_to_shelf(plan.managing().unwrap(), &Shelf::Team(id("team")), NOW).await.unwrap();
    assert_eq!(handle(store, "bob", "plan").await.unwrap().right(), Right::Edit);
    let of_plan = AuditQuery { subject: Some("document:plan".to_owned()), limit: 10, ..AuditQuery::default() };
    let lines = store.audit(&of_plan).await.unwrap();
    let acts: Vec<_> = lines.iter().map(|line| (line.act.as_str(), line.actor.clone())).collect();
    assert_eq!(acts, [("document.moved", Some(id("ann"))), ("document.shared", Some(id("ann")))]);
    let seats = AuditQuery { act: Some("seat.".to_owned()), limit: 1, ..AuditQuery::default() };
    let last = store.audit(&seats).await.unwrap().remove(0);
    let before_it = AuditQuery { before: Some(last.seq), limit: 100, ..seats };
    assert!(store.audit(&before_it).await.unwrap().iter().all(|line| line.seq < last.seq && line.act == "seat.added"));
    assert!(matches!(store.check_audit().await.unwrap(), AuditChain::Whole { .. }));
}

macro_rules! contract {
    ($store:ident, $open:expr) => {
        contract!(@ $store, $open,
            the_log_gives_back_what_it_took, the_log_has_no_gaps_and_no_doubles,
            one_document_does_not_hold_back_another, a_client_id_belongs_to_one_person, many_rooms_append_at_once,
            a_snapshot_shortens_loading, packing_changes_nothing_that_is_read,
            shares_are_replaced_only_at_their_version, lists_hold_what_the_judge_allows, a_closed_account_may_do_nothing,
            a_new_password_ends_what_the_old_one_opened,
            the_last_places_are_familiar, a_login_is_taken_once, changes_of_the_organisation_are_whole_and_kept,
            changes_are_judged_and_undone_by_whose_they_are,
            undoing_needs_the_right_and_loses_nothing, the_audit_log_has_what_was_done,
            a_start_code_is_good_once, an_open_invitation_has_so_many_uses, one_time_passwords_are_good_once,
            a_sign_on_is_one_persons, what_belongs_to_a_person_is_handed_over, sessions_say_where_they_are,
            whatever_changes_is_stamped_in_its_order, items_keep_their_words_and_versions,
            uses_are_noted_once_and_counted_by_people, uses_count_while_their_document_holds_them, collections_keep_their_lines_in_order,
            menus_and_news_are_told_to_others, what_is_said_is_said_once, nobody_borrows_what_another_has,
            room_is_held_and_given_back, sessions_keep_people_signs_and_questions, textbooks_change_and_what_lies_there_is_found_anew);
    };
    (@ $store:ident, $open:expr, $($check:ident),*) => {
        mod $store {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $check() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = $open(folder.path()).await;
                    furnish(&store).await;
                    super::$check(&store).await;
                    store.close().await;
                }
            )*
        }
    };
}

async fn sqlite(folder: &Path) -> SqliteStore {
    SqliteStore::open(&folder.join("test.db")).await.unwrap()
}

contract!(in_sqlite, sqlite);

#[cfg(feature = "postgres")]
async fn postgres(folder: &Path) -> PostgresStore {
    PostgresStore::open(&database::new_database(folder).await).await.unwrap()
}

#[cfg(feature = "postgres")]
contract!(in_postgres, postgres);
