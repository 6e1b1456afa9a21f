//! One's own account.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::api::{Account, ChangePassword, KeptLine, SessionLine, SetProfile};
use shared::organisation::Person;

use super::caller::Body;
use super::failure::Failure;
use super::language;
use super::refusal::{Language, Refusal};
use super::session::{Door, gone};
use crate::accounts::{Caller, Source};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::Secret;
use crate::store::{By, StoreError};

pub async fn show(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Account>, Refusal> {
    account(&app, &caller).await.map(Json)
}

pub async fn set_profile(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(profile): Body<SetProfile>,
) -> Result<Json<Account>, Failure> {
    app.accounts.set_profile(&caller.person, profile).await?;
    app.organisation_changed();
    Ok(Json(account(&app, &caller).await?))
}

pub async fn account(app: &App, caller: &Caller) -> Result<Account, Refusal> {
    let directory = app.store.directory();
    let person: Person = directory.person(&caller.person).ok_or(Refusal::NotSignedIn)?.clone();
    let seats = directory.seats_of(&person.id).filter(|seat| !seat.span.is_over(clock::now())).map(|seat| {
        let post = directory.post(seat).map(|post| post.name.clone());
        (seat.clone(), directory.name_of(&seat.body).unwrap_or_default().to_owned(), post)
    });
    let one_time = app.store.one_time(&person.id).await?.filter(|one_time| one_time.confirmed.is_some());
    Ok(Account {
        seats: seats.collect(),
        password_set: app.store.password(&person.id).await?.map(|(_, set)| set),
        one_time: one_time.is_some(),
        recovery_codes: one_time.map_or(0, |one_time| one_time.recovery_codes),
        one_time_demanded: app.accounts.demands_one_time(&person.id),
        single_sign_on: app.store.has_sign_on(&person.id).await?,
        person,
    })
}

/// Sockets of this very browser come again by themselves, with the new cookie.
pub async fn change_password(
    State(app): State<SharedApp>,
    caller: Caller,
    source: Source,
    Body(ChangePassword { old, new }): Body<ChangePassword>,
) -> Result<Response, Failure> {
    let signed_in = app.accounts.change_password(&caller, Secret::new(old), Secret::new(new), &source).await?;
    app.sockets.end_of(|person| *person == caller.person);
    let door = Door { app: &app, source, older: None };
    Ok((StatusCode::NO_CONTENT, door.cookies(&signed_in)).into_response())
}

pub async fn sessions(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Vec<SessionLine>>, Refusal> {
    Ok(Json(app.accounts.session_lines(&caller).await?))
}

pub async fn end_session(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<Response, Refusal> {
    let ended = app.accounts.end_session_of(&caller.person, &session).await?.ok_or(Refusal::NoSuchSession)?;
    app.sockets.end(ended);
    Ok(if ended == caller.ground.hash { gone(&app, &caller) } else { StatusCode::NO_CONTENT.into_response() })
}

pub async fn end_sessions(State(app): State<SharedApp>, caller: Caller) -> Result<Response, Refusal> {
    for ended in app.accounts.end_sessions_of(&caller.person).await? {
        app.sockets.end(ended);
    }
    Ok(gone(&app, &caller))
}

pub async fn part_from_sign_on(State(app): State<SharedApp>, caller: Caller) -> Result<StatusCode, Refusal> {
    app.store.unlink_sign_ons(&caller.person, &By::Judged(caller.person.clone()), clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is kept about the caller.
pub async fn kept(
    State(app): State<SharedApp>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<Vec<KeptLine>>, Refusal> {
    Ok(Json(kept_lines(&app, &caller, language::of(&headers)).await?))
}

pub async fn kept_lines(app: &App, caller: &Caller, language: Language) -> Result<Vec<KeptLine>, StoreError> {
    let person = &caller.person;
    let belonging = app.store.belongings(person).await?;
    let seats = app.store.directory().seats_of(person).count() as u64;
    let sessions = app.accounts.session_lines(caller).await?.len() as u64;
    let tokens = app.store.tokens(person).await?.len() as u64;
    let line = |what: &str, count: u64, zh: &str, en: &str| {
        let words = match language {
            Language::Chinese => zh,
            Language::English => en,
        };
        KeptLine { what: what.to_owned(), count, sentence: words.replace("{}", &count.to_string()) }
    };
    Ok(vec![
        line(
            "profile",
            1,
            "您的姓名、账号、手机号、邮箱和任教说明；您的学校和管理您账号的人能看到账号、手机号和邮箱。",
            "Your name, login, telephone number, e-mail address and what you teach. Login, number and address are seen \
             by those who look after your account.",
        ),
        line(
            "seats",
            seats,
            "您的任职记录 {} 条，包括已经结束的：谁在什么时候属于哪里，是集团的档案。",
            "{} records of your posts, with those that have ended: who belonged where and when is the group's record.",
        ),
        line(
            "password",
            1,
            "您的密码只存了一个算不回去的校验值。",
            "Of your password only a hash that can't be turned back.",
        ),
        line(
            "sessions",
            sessions,
            "您登录着的设备 {} 台：浏览器、系统、网络地址、登录和最后使用的时间。退出后就删除。",
            "{} devices on which you are signed in: browser, system, network, when signed in and last used. Deleted when \
             you sign out.",
        ),
        line(
            "familiar",
            u64::from(belonging.familiar),
            "您登录过的浏览器和网络 {} 个，只存校验值，用来分辨别人猜密码。",
            "{} browsers and networks you have signed in from, as hashes, to tell you from those who guess passwords.",
        ),
        line("tokens", tokens, "您的访问令牌 {} 个，只存校验值。", "{} access tokens of yours, as hashes."),
        line(
            "documents",
            u64::from(belonging.documents),
            "您自己架上的文档 {} 份，包括回收站里的。",
            "{} documents on your own shelf, with those in the bin.",
        ),
        line(
            "elsewhere",
            u64::from(belonging.elsewhere),
            "您写的、放在组、学校或集团架上的文档 {} 份。",
            "{} documents you have made that lie on the shelf of a team, school or group.",
        ),
        line(
            "items",
            u64::from(belonging.items),
            "您自己架上的资源 {} 件，包括回收站里的。",
            "{} resources on your own shelf, with those in the bin.",
        ),
        line(
            "items-elsewhere",
            u64::from(belonging.items_elsewhere),
            "您放进资源库、在组、学校或集团架上的资源 {} 件。",
            "{} resources you have put on the shelf of a team, school or group.",
        ),
        line(
            "uses",
            u64::from(belonging.uses),
            "您引用、改编、下载资源的记录 {} 条：资源的作者能看到，它们是共享的凭证。",
            "{} records of resources you have quoted, adapted or downloaded: their authors see them, as proof of sharing.",
        ),
        line(
            "remarks",
            u64::from(belonging.remarks),
            "您对资源说过的话 {} 条（留言、提问、订正），包括收回的；没有收回的，看得到资源的人都能看到。",
            "{} things you have said of resources (remarks, questions, corrections), with those you took back; the others \
             are seen by whoever sees the resource.",
        ),
        line(
            "ratings",
            u64::from(belonging.ratings),
            "您写的用后的话 {} 条，看得到资源的人都能看到。",
            "{} sentences of yours on how resources were in use, seen by whoever sees the resource.",
        ),
        line(
            "loans",
            u64::from(belonging.loans),
            "您借用器材和场地的请求 {} 个，管理它们的人能看到；已经过去的也留着。",
            "{} requests of yours to borrow things and places, seen by who looks after them; past ones stay.",
        ),
        line(
            "collections",
            u64::from(belonging.collections),
            "您建的专题 {} 个，包括回收站里的。",
            "{} collections you have made, with those in the bin.",
        ),
        line(
            "subscriptions",
            u64::from(belonging.subscriptions),
            "您在资源库的订阅 {} 个，只有您自己看得到。",
            "{} subscriptions of yours in the library; only you see them.",
        ),
        line(
            "tutoring",
            u64::from(belonging.sessions),
            "您主讲或安排的走网课堂 {} 场；账号停用以后，课堂、白板和笔记留给一起上课的人。",
            "{} tutoring sessions you host or planned; they stay for those who took part, also when the account is closed.",
        ),
        line(
            "questions",
            u64::from(belonging.questions),
            "您在走网课堂提的问题 {} 个，包括收回的（不留内容）；不具名的，别人看不到是您。账号停用以后留着，答案别人还找得到。",
            "{} questions of yours in tutoring sessions, with those you withdrew, of which no words are kept; without a name \
             others don't see that they are yours. They stay when the account is closed, as others find the answers.",
        ),
        line(
            "checks",
            u64::from(belonging.checks),
            "您在小测里的作答 {} 份；不记名的，谁也看不到是您答的。",
            "{} answers of yours to quick checks; without names nobody sees which is yours.",
        ),
        line(
            "attendance",
            u64::from(belonging.stays),
            "您参加走网课堂的时间记录 {} 条，主讲和助教能看到，用作学习时数的依据。",
            "{} records of when you were in tutoring sessions, seen by host and helpers: evidence of your hours.",
        ),
        line(
            "clips",
            u64::from(belonging.media),
            "您在走网课堂发的照片和语音 {} 个；照片不留拍摄地点、时间和设备。",
            "{} photos and voice clips you sent in tutoring sessions; of photos neither place, time nor device is kept.",
        ),
        line("images", u64::from(belonging.images), "您上传的图片 {} 张。", "{} pictures you have uploaded."),
        line(
            "updates",
            belonging.updates,
            "您在文档里的修改 {} 条，连同时间：文档的历史由此而来，不会删除。",
            "{} edits of yours in documents, with their times: they are the documents' history and are not deleted.",
        ),
        line(
            "visits",
            u64::from(belonging.visits),
            "您打开过的文档 {} 份和最后打开的时间，只有您自己看得到。",
            "{} documents you have opened and when you last did; only you see this.",
        ),
        line(
            "audit",
            belonging.audit,
            "操作日志里由您做的、或关于您的记录 {} 条，不能更改也不会删除。",
            "{} lines in the audit log by you or about you, which are never changed or deleted.",
        ),
    ])
}
