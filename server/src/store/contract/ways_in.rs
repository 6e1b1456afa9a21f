//! Promises about the ways in beside a password, and about what belongs to one person.

use super::*;

const LATER: UnixMillis = UnixMillis(NOW.0 + 1_000);

fn code(person: &str, hash: u8) -> NewStartCode {
    NewStartCode { person: id(person), hash: SecretHash([hash; 32]), expires: LATER }
}

/// A start code sets a password once, before it ends, and a new one takes the place of the older.
pub async fn a_start_code_is_good_once(store: &dyn Store) {
    let by = By::Person(id("bob"));
    store.add_start_codes(&[code("ann", 1), code("eve", 2)], &by, NOW).await.unwrap();
    store.add_start_codes(&[code("ann", 3)], &by, NOW).await.unwrap();
    assert_eq!(store.start_code(SecretHash([1; 32])).await.unwrap(), None, "the older one has ended");
    let known = store.start_code(SecretHash([3; 32])).await.unwrap().unwrap();
    assert_eq!(known, StoredStartCode { person: id("ann"), made_by: Some(id("bob")), expires: LATER });
    let session = SecretHash([9; 32]);
    store.open_session(session, &session_of("ann")).await.unwrap();
    assert!(!store.start(SecretHash([3; 32]), "late", LATER).await.unwrap(), "it has expired");
    assert!(store.session(session).await.unwrap().is_some(), "and changes nothing");
    assert!(store.start(SecretHash([3; 32]), "new", NOW).await.unwrap());
    assert!(!store.start(SecretHash([3; 32]), "again", NOW).await.unwrap());
    assert_eq!(store.password(&id("ann")).await.unwrap(), Some(("new".to_owned(), NOW)));
    assert!(store.session(session).await.unwrap().is_none(), "who came in before is out");
    assert_eq!(store.password(&id("eve")).await.unwrap().unwrap().0, "hash");
}

/// As many come in as it says, however many try at once.
pub async fn an_open_invitation_has_so_many_uses(store: &dyn Store) {
    let invitation = StoredOpenInvitation {
        id: "open".to_owned(),
        body: id("team:team"),
        post: id("member"),
        uses: 3,
        used: 0,
        made_by: id("ann"),
        made: NOW,
        ends: LATER,
        seats_until: Some(UnixMillis(9_000)),
    };
    let hash = SecretHash([4; 32]);
    store.add_open_invitation(&invitation, hash).await.unwrap();
    assert_eq!(store.open_invitation(hash).await.unwrap().as_ref(), Some(&invitation));
    assert_eq!(store.open_invitations(NOW).await.unwrap(), [invitation]);
    let tries = (0..8).map(|_| store.take_use("open", NOW));
    let taken = futures_util::future::try_join_all(tries).await.unwrap();
    assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 3);
    store.give_use_back("open").await.unwrap();
    assert!(!store.take_use("open", LATER).await.unwrap(), "it has ended");
    assert!(store.take_use("open", NOW).await.unwrap());
    store.end_open_invitation("open", &By::Person(id("ann")), NOW).await.unwrap();
    assert!(store.open_invitations(NOW).await.unwrap().is_empty());
    let about = AuditQuery { subject: Some("team:team".to_owned()), limit: 2, ..AuditQuery::default() };
    let acts: Vec<_> = store.audit(&about).await.unwrap().into_iter().map(|line| line.act).collect();
    assert_eq!(acts, ["invitation.ended", "invitation.opened"]);
}

/// A step and a recovery code are good once; a confirmed secret is not replaced.
pub async fn one_time_passwords_are_good_once(store: &dyn Store) {
    let (ann, codes) = (id("ann"), [SecretHash([5; 32]), SecretHash([6; 32])]);
    assert!(store.set_up_one_time(&ann, b"first", NOW).await.unwrap());
    assert!(store.set_up_one_time(&ann, b"second", NOW).await.unwrap(), "not confirmed yet");
    assert_eq!(store.one_time(&ann).await.unwrap().unwrap().confirmed, None);
    store.confirm_one_time(&ann, 7, &codes, NOW).await.unwrap();
    assert!(!store.set_up_one_time(&ann, b"third", NOW).await.unwrap());
    let stored = store.one_time(&ann).await.unwrap().unwrap();
    assert!(stored.secret == b"second" && stored.confirmed == Some(NOW) && stored.recovery_codes == 2);
    for (step, good) in [(7, false), (8, true), (8, false), (6, false), (9, true)] {
        assert_eq!(store.use_step(&ann, step).await.unwrap(), good, "{step}");
    }
    assert!(!store.use_recovery_code(&id("bob"), codes[0]).await.unwrap(), "somebody else's");
    assert!(store.use_recovery_code(&ann, codes[0]).await.unwrap());
    assert!(!store.use_recovery_code(&ann, codes[0]).await.unwrap());
    store.end_one_time(&ann, &By::Judged(id("ann")), NOW).await.unwrap();
    assert!(store.one_time(&ann).await.unwrap().is_none());
}

/// An account of the single sign-on is one person's.
pub async fn a_sign_on_is_one_persons(store: &dyn Store) {
    let (ann, bob) = (id("ann"), id("bob"));
    assert!(store.link_sign_on("issuer", "subject", &ann, NOW).await.unwrap());
    assert!(!store.link_sign_on("issuer", "subject", &bob, NOW).await.unwrap());
    assert!(!store.link_sign_on("issuer", "second", &ann, NOW).await.unwrap(), "one of each issuer");
    assert!(store.link_sign_on("another issuer", "second", &ann, NOW).await.unwrap());
    assert_eq!(store.sign_on("issuer", "subject").await.unwrap(), Some(ann.clone()));
    assert_eq!(store.sign_on("another", "subject").await.unwrap(), None);
    assert!(store.has_sign_on(&ann).await.unwrap() && !store.has_sign_on(&bob).await.unwrap());
    store.unlink_sign_ons(&ann, &By::Server, NOW).await.unwrap();
    assert_eq!(store.sign_on("issuer", "subject").await.unwrap(), None);
}

/// What lies on a person's shelf goes, with those in the bin; what lies elsewhere stays; authors and shares stay.
pub async fn what_belongs_to_a_person_is_handed_over(store: &dyn Store) {
    create(store, "binned", None).await;
    create(store, "of-the-team", Some("team")).await;
    let plan = handle(store, "ann", "plan").await.unwrap();
    let shares = [Share { with: Grantee::Person(id("eve")), right: Right::View }];
    store.set_shares(plan.managing().unwrap(), &shares, None, NOW).await.unwrap();
    let binned = handle(store, "ann", "binned").await.unwrap();
    store.move_to_bin(binned.managing().unwrap(), NOW).await.unwrap();
    store.note_visits(&[Visit { person: id("ann"), document: id("plan"), at: NOW }]).await.unwrap();
    let before = store.belongings(&id("ann")).await.unwrap();
    assert_eq!((before.documents, before.shared, before.elsewhere, before.visits), (2, 1, 1, 1));
    assert_eq!(store.made_by(&id("ann")).await.unwrap().len(), 3);
    assert_eq!(store.visits_of(&id("ann")).await.unwrap().len(), 1);
    let by = By::Judged(id("eve"));
    let moved = store.hand_over(&id("ann"), &Shelf::Person(id("bob")), &by, NOW).await.unwrap();
    assert_eq!(moved, 2);
    assert_eq!(handle(store, "bob", "plan").await.unwrap().right(), Right::Manage);
    assert_eq!(handle(store, "eve", "plan").await.unwrap().right(), Right::View, "shares stay");
    let access = store.facts(&id("plan")).await.unwrap().unwrap().access;
    assert_eq!(access.author, id("ann"), "the author stays");
    let team = store.facts(&id("of-the-team")).await.unwrap().unwrap().access;
    assert_eq!(team.shelf, Shelf::Team(id("team")));
    assert_eq!(store.hand_over(&id("ann"), &Shelf::Person(id("bob")), &by, NOW).await.unwrap(), 0);
    assert!(matches!(store.check_audit().await.unwrap(), AuditChain::Whole { .. }));
}

/// Where somebody is signed in comes back as it went in, and of nobody else.
pub async fn sessions_say_where_they_are(store: &dyn Store) {
    let on = Machine {
        used_by: UsedBy::Several,
        browser: Some("Edge 131".to_owned()),
        system: Some("Windows".to_owned()),
        network: Some("203.0.113.7".to_owned()),
    };
    let session = StoredSession { seen: LATER, on, ..session_of("ann") };
    let (first, second) = (SecretHash([7; 32]), SecretHash([8; 32]));
    store.open_session(first, &session_of("ann")).await.unwrap();
    store.open_session(second, &session).await.unwrap();
    store.open_session(SecretHash([9; 32]), &session_of("bob")).await.unwrap();
    let sessions = store.sessions(&id("ann")).await.unwrap();
    assert!(sessions == [(second, session), (first, session_of("ann"))]);
}
