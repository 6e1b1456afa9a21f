//! What every store must do for tutoring sessions.

use shared::api::{CheckAnswer, CheckWords};
use shared::library::Placing;
use shared::tutoring::{CheckKind, CheckState, Invitation, QuestionState, Role, Sign, TutoringKind, TutoringState};

use super::*;
use crate::store::{
    Answered, Findable, Given, NewQuestion, Plan, QuestionDecision, Said, StoredAnswer, StoredGuest, TutoringHandle,
};

const HOUR: i64 = 3_600_000;

fn at(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn session_plan(title: &str) -> Plan {
    Plan {
        kind: TutoringKind::Questions,
        title: Title::new(title).unwrap(),
        about: "从半个讲起".to_owned(),
        host: id("ann"),
        placing: Placing { subject: "数学".to_owned(), ..Placing::default() },
        begins: at(HOUR),
        minutes: 40,
        plan: None,
        item: None,
        lobby: true,
    }
}

/// A session is made with its documents or not at all; who is in it, what they hold and what they ask is kept once, and
/// an answered question is stamped for the search.
pub async fn sessions_keep_people_signs_and_questions(store: &dyn Store) {
    let bob = Invitation { with: Grantee::Person(id("bob")), role: Role::Participant };
    let shelf: shared::organisation::Shelf = id("school:school");
    let new = |name: &str| {
        let plan = session_plan(name);
        crate::new_session::of(id(name), &id("ann"), plan, shelf.clone(), vec![bob.clone()], NOW)
    };
    store.plan_session(new("s1")).await.unwrap();
    let again = store.plan_session(new("s1")).await.unwrap_err();
    assert!(again.is_taken(), "{again}");
    let of = async |who: &str| TutoringHandle::open(store, &id(who), &id("s1")).await.unwrap();
    let ann = of("ann").await.unwrap();
    assert_eq!(
        (ann.role(), ann.runs(), of("bob").await.unwrap().role()),
        (Some(Role::Host), true, Some(Role::Participant))
    );
    assert!(handle(store, "bob", ann.stored().board.as_str()).await.is_none(), "not before it is open");
    let (planned, open) = (TutoringState::Planned, TutoringState::Open);
    assert!(store.move_session(ann.leading().unwrap(), planned, open, None, at(1)).await.unwrap());
    assert!(!store.move_session(ann.leading().unwrap(), planned, open, None, at(1)).await.unwrap());
    let board = handle(store, "bob", ann.stored().board.as_str()).await.unwrap();
    assert_eq!((board.right(), board.editing().is_none()), (Right::View, true));
    for given in [Given::Now, Given::Before] {
        assert_eq!(store.set_sign(&ann, Sign::Pen, &id("bob"), 1, at(2)).await.unwrap(), given);
    }
    let other = store.set_sign(&ann, Sign::Pen, &id("ann"), 1, at(2)).await.unwrap();
    assert_eq!(other, Given::TooMany, "one has it already");
    assert!(handle(store, "bob", ann.stored().board.as_str()).await.unwrap().editing().is_some());

    let bob = of("bob").await.unwrap();
    let question = |name: &str| NewQuestion {
        id: id(name),
        text: format!("{name}？"),
        anonymous: true,
        place: None,
        quote: String::new(),
        follows: None,
        media: Vec::new(),
        at: at(3),
    };
    assert_eq!(store.ask_question(&bob, &question("q1")).await.unwrap(), Said::Now);
    assert_eq!(store.ask_question(&bob, &question("q1")).await.unwrap(), Said::Before);
    assert_eq!(store.ask_question(&ann, &question("q1")).await.unwrap(), Said::Foreign);
    assert_eq!(store.ask_question(&ann, &question("q2")).await.unwrap(), Said::Now);
    assert!(store.merge_question(ann.leading().unwrap(), &id("q2"), &id("q1"), at(4)).await.unwrap());
    assert!(!store.merge_question(ann.leading().unwrap(), &id("q1"), &id("q2"), at(4)).await.unwrap());
    let asked = store.question(&ann, &id("q1")).await.unwrap().unwrap();
    assert_eq!((asked.votes, asked.voted, asked.state), (2, true, QuestionState::Asked));
    assert_eq!(store.questions_waiting_for(&id("ann"), 9).await.unwrap().1, 1);
    let before = store.stamp().await.unwrap();
    let answer = QuestionDecision {
        from: QuestionState::Asked,
        since: None,
        to: QuestionState::Answered,
        moment: Some(60_000),
        answer: "从下往上读".to_owned(),
        at: at(5),
    };
    assert!(store.decide_question(ann.leading().unwrap(), &id("q1"), &answer).await.unwrap());
    assert!(!store.decide_question(ann.leading().unwrap(), &id("q1"), &answer).await.unwrap());
    let found = store.entries_after((before, u32::MAX), 9).await.unwrap();
    assert!(
        matches!(&found[..], [one] if matches!(&one.what, Some(Findable::Question(of)) if of.title == "s1")),
        "{found:?}"
    );
    let text = store.entry_texts(&[found[0].number], 99).await.unwrap();
    assert_eq!(text[&found[0].number], "q1？\n从下往上读");

    checks_are_answered_while_they_are_open(store, &ann, &bob).await;

    let guest = StoredGuest {
        id: id("guest-1"),
        session: id("s1"),
        name: "王老师".to_owned(),
        school: "河湾小学".to_owned(),
        at: at(6),
        let_in: None,
        sent_away: None,
    };
    assert!(store.add_guest(&guest, SecretHash([7; 32])).await.unwrap());
    assert_eq!(store.guest(SecretHash([7; 32])).await.unwrap(), Some(guest));
    let leading = ann.leading().unwrap();
    assert!(of("guest-1").await.is_none(), "in the lobby");
    assert!(store.let_in(leading, &id("guest-1"), at(7)).await.unwrap());
    assert_eq!(of("guest-1").await.unwrap().role(), Some(Role::Guest));
    assert!(store.send_guest_away(leading, &id("guest-1"), at(8)).await.unwrap());
    assert!(of("guest-1").await.is_none() && !store.let_in(leading, &id("guest-1"), at(9)).await.unwrap());
    store.set_session_code(ann.running().unwrap(), Some("ABCD-EFGH"), at(9)).await.unwrap();
    assert!(store.session_by_code("ABCD-EFGH").await.unwrap().is_some_and(|one| one.id == *ann.id()));

    let before = store.stamp().await.unwrap();
    assert!(store.send_from_session(leading, &id("bob"), at(10)).await.unwrap());
    assert!(of("bob").await.is_none() && store.signs(&ann).await.unwrap().is_empty());
    assert_eq!(store.removed_from(&ann).await.unwrap(), [id("bob")]);
    assert_eq!(
        store.entries_after((before, u32::MAX), 9).await.unwrap().len(),
        3,
        "board, notes and what was answered"
    );
    assert!(store.move_session(leading, open, TutoringState::Ended, None, at(11)).await.unwrap());
    assert!(store.session_by_code("ABCD-EFGH").await.unwrap().is_none());
    let closed = store.check(&ann, &id("c1")).await.unwrap().unwrap();
    assert_eq!((closed.state, closed.closed), (CheckState::Closed, Some(at(11))), "with the session");
}

/// An answer takes the place of the one before, as long as the check is open; what was opened is neither changed nor gone.
async fn checks_are_answered_while_they_are_open(store: &dyn Store, ann: &TutoringHandle, bob: &TutoringHandle) {
    use CheckState::{Closed, Open, Written};
    let (leading, c1) = (ann.leading().unwrap(), id("c1"));
    let choices = vec!["二分之一".to_owned(), "四分之一".to_owned()];
    let words =
        |named| CheckWords { kind: CheckKind::One, text: "先讲哪个".to_owned(), choices: choices.clone(), named };
    assert_eq!(store.write_check(leading, &c1, &words(false), at(3)).await.unwrap(), Said::Now);
    assert_eq!(store.write_check(leading, &c1, &words(false), at(3)).await.unwrap(), Said::Before);
    assert!(store.check(bob, &c1).await.unwrap().is_none(), "not before it is opened");
    assert!(store.change_check(leading, &c1, &words(true)).await.unwrap());
    let answer = |choice| CheckAnswer { choices: vec![choice], text: String::new() };
    let answered =
        async |choice| store.answer_check(bob, &c1, Some(&id("school")), &answer(choice), at(4)).await.unwrap();
    assert_eq!(answered(0).await, Answered::Closed);
    assert!(store.move_check(leading, &c1, Written, Open, at(4)).await.unwrap());
    assert!(!store.move_check(leading, &c1, Written, Open, at(4)).await.unwrap());
    assert!(!store.change_check(leading, &c1, &words(false)).await.unwrap());
    assert!(!store.discard_check(leading, &c1).await.unwrap());
    assert_eq!((answered(0).await, answered(1).await), (Answered::Kept, Answered::Kept));
    assert!(store.move_check(leading, &c1, Open, Closed, at(5)).await.unwrap());
    assert_eq!(answered(0).await, Answered::Closed);
    assert!(store.show_check(leading, &c1, true).await.unwrap());
    let seen = store.checks(bob).await.unwrap().pop().unwrap();
    assert_eq!((seen.answered, seen.mine, seen.words, seen.shown), (1, Some(answer(1)), words(true), true));
    let kept = StoredAnswer { who: id("bob"), school: Some(id("school")), answer: answer(1), at: at(4) };
    assert_eq!(store.check_answers(ann, &c1).await.unwrap(), [kept]);
    assert!(store.move_check(leading, &c1, Closed, Open, at(6)).await.unwrap());
    assert_eq!(store.write_check(leading, &id("c2"), &words(false), at(6)).await.unwrap(), Said::Now);
    assert!(store.discard_check(leading, &id("c2")).await.unwrap());
}
