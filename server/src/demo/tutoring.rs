//! Two tutoring sessions of the demo: one that took place, with its questions answered, and one that is to come.

use std::time::Duration;

use anyhow::Context;
use shared::access::Grantee;
use shared::api::BoardPlace;
use shared::library::Placing;
use shared::tutoring::{Invitation, QuestionState, Role, TutoringKind, TutoringState};
use shared::words::{Title, TutoringId, UnixMillis, UserId};

use super::chalk;
use crate::clock;
use crate::new_session;
use crate::store::{NewQuestion, Plan, QuestionDecision, Store, TutoringHandle};

const MINUTE: i64 = 60_000;
const HOST: &str = "chen";
/// How many it makes, each with a board and notes.
#[cfg(test)]
pub const SESSIONS: usize = 2;

/// A question: who asks, without a name or with it, what, and who else wants to know it.
struct Asked {
    by: &'static str,
    anonymous: bool,
    text: &'static str,
    place: Option<BoardPlace>,
    votes: &'static [&'static str],
    /// When it was answered live, in minutes since the beginning, and what was written to it.
    moment: i64,
    answer: &'static str,
}

const QUESTIONS: [Asked; 5] = [
    Asked {
        by: "zhao",
        anonymous: false,
        text: "导入一定要用圆形吗？",
        place: None,
        votes: &["lin"],
        moment: 9,
        answer: "不一定。烙饼、纸条、线段都可以，要紧的是“平均分”看得见。",
    },
    Asked {
        by: "lin",
        anonymous: false,
        text: "孩子把四分之一读成“一分之四”，怎么纠正？",
        place: Some(BoardPlace { page: 2, x: 440, y: 395 }),
        votes: &["ma", "qian", "zhao"],
        moment: 18,
        answer: "从下往上读：先说分成几份，再说取了几份。让孩子边写边说“平均分成四份，取一份”。",
    },
    Asked {
        by: "ma",
        anonymous: false,
        text: "分数线为什么要先写？",
        place: Some(BoardPlace { page: 2, x: 175, y: 382 }),
        votes: &["lin", "qian"],
        moment: 24,
        answer: "写的顺序就是想的顺序：先写横线，表示平均分；再写下面，分成几份；最后写上面，取了几份。",
    },
    Asked {
        by: "tang",
        anonymous: true,
        text: "大班孩子能接触“一半”到什么程度？",
        place: None,
        votes: &["sun"],
        moment: 31,
        answer: "能分、能说“一样多”就够了，不写数。",
    },
    Asked {
        by: "qian",
        anonymous: false,
        text: "在数线上找不到二分之一的孩子，从哪里补起？",
        place: Some(BoardPlace { page: 2, x: 340, y: 510 }),
        votes: &["lin"],
        moment: 36,
        answer: "先折纸条，把折痕画成线段上的点，再写上 0 和 1。",
    },
];

pub async fn fill(store: &dyn Store, now: UnixMillis) -> anyhow::Result<()> {
    let begins = clock::before(now, Duration::from_secs(6 * 24 * 3_600));
    let past = plan(TutoringKind::Questions, "分数怎么起头", "从“半个”讲到二分之一：怎样读、怎样写、怎样说。", begins)?;
    took_place(store, past).await.context("the demo's past session")?;
    let begins = UnixMillis(clock::after(now, Duration::from_secs(2 * 24 * 3_600)).0);
    let coming =
        plan(TutoringKind::Diagnosis, "看一节《周长》的导入", "请柳溪小学带教案来，一起看导入的五分钟。", begins)?;
    let made = clock::before(now, Duration::from_secs(3 * 24 * 3_600));
    let id = put(store, "demo-zhouchang", coming, made).await?;
    let lin = handle(store, "lin", &id).await?;
    ask(store, &lin, "demo-zhouchang-1", &QUESTION_BEFOREHAND, clock::before(now, Duration::from_secs(3_600))).await
}

const QUESTION_BEFOREHAND: Asked = Asked {
    by: "lin",
    anonymous: false,
    text: "导入用树叶还是用操场，乡村的孩子更容易说清“一周”？",
    place: None,
    votes: &[],
    moment: 0,
    answer: "",
};

fn plan(kind: TutoringKind, title: &str, about: &str, begins: UnixMillis) -> anyhow::Result<Plan> {
    // On the hour, as people plan.
    let begins = UnixMillis(begins.0.div_euclid(60 * MINUTE) * 60 * MINUTE);
    Ok(Plan {
        kind,
        title: Title::new(title)?,
        about: about.to_owned(),
        host: HOST.parse()?,
        placing: Placing {
            stage: "小学".to_owned(),
            subject: "数学".to_owned(),
            grade: "三年级".to_owned(),
            ..Placing::default()
        },
        begins,
        minutes: 40,
        plan: None,
        item: None,
        lobby: true,
    })
}

async fn put(store: &dyn Store, id: &str, plan: Plan, made: UnixMillis) -> anyhow::Result<TutoringId> {
    let asked = |with: Grantee, role: Role| Invitation { with, role };
    let invited = vec![
        asked(Grantee::School("liuxi".parse()?), Role::Participant),
        asked(Grantee::School("beiguan".parse()?), Role::Participant),
        asked(Grantee::School("qinghe-youeryuan".parse()?), Role::Participant),
        asked(Grantee::Person("zhou".parse()?), Role::Helper),
    ];
    let (id, author): (TutoringId, UserId) = (id.parse()?, HOST.parse()?);
    store.plan_session(new_session::of(id.clone(), &author, plan, "team:chen-studio".parse()?, invited, made)).await?;
    Ok(id)
}

async fn handle(store: &dyn Store, person: &str, id: &TutoringId) -> anyhow::Result<TutoringHandle> {
    let handle = TutoringHandle::open(store, &person.parse()?, id).await?;
    handle.with_context(|| format!("{person} is asked to session {id}"))
}

async fn took_place(store: &dyn Store, plan: Plan) -> anyhow::Result<()> {
    let begins = plan.begins;
    let id = put(store, "demo-fenshu", plan, UnixMillis(begins.0 - 5 * 24 * 60 * MINUTE)).await?;
    turn(store, &id, TutoringState::Planned, TutoringState::Open, begins).await?;
    let session = handle(store, HOST, &id).await?;
    chalk::draw(store, &session.stored().board, &session.stored().notes, begins).await?;
    for (place, question) in QUESTIONS.iter().enumerate() {
        let at = UnixMillis(begins.0 + (question.moment - 3) * MINUTE);
        let name = format!("demo-fenshu-{}", place + 1);
        ask(store, &handle(store, question.by, &id).await?, &name, question, at).await?;
        for voter in question.votes {
            store.vote(&handle(store, voter, &id).await?, &name.parse()?).await?;
        }
        let chen = handle(store, HOST, &id).await?;
        let decision = QuestionDecision {
            from: QuestionState::Asked,
            since: None,
            to: QuestionState::Answered,
            moment: Some(question.moment * MINUTE),
            answer: question.answer.to_owned(),
            at: UnixMillis(begins.0 + question.moment * MINUTE),
        };
        store.decide_question(chen.leading().context("chen hosts it")?, &name.parse()?, &decision).await?;
    }
    turn(store, &id, TutoringState::Open, TutoringState::Ended, UnixMillis(begins.0 + 41 * MINUTE)).await
}

async fn turn(
    store: &dyn Store,
    id: &TutoringId,
    from: TutoringState,
    to: TutoringState,
    at: UnixMillis,
) -> anyhow::Result<()> {
    let chen = handle(store, HOST, id).await?;
    store.move_session(chen.leading().context("chen hosts it")?, from, to, None, at).await?;
    Ok(())
}

async fn ask(
    store: &dyn Store,
    session: &TutoringHandle,
    id: &str,
    question: &Asked,
    at: UnixMillis,
) -> anyhow::Result<()> {
    let question = NewQuestion {
        id: id.parse()?,
        text: question.text.to_owned(),
        anonymous: question.anonymous,
        place: question.place,
        quote: String::new(),
        follows: None,
        media: Vec::new(),
        at,
    };
    store.ask_question(session, &question).await?;
    Ok(())
}
