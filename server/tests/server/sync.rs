//! Editing together over `/sync`.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use server::app::Settings;
use server::rooms::RoomLimits;
use server::store::{By, NewChanges};
use shared::organisation::{Change, Record, Seat};
use shared::wire::Message;
use shared::words::Span;
use sqlx::{Connection, SqliteConnection};

use crate::peer::Peer;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn two_stock_clients_converge() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("一起写").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    let mut one = Peer::stock(world.address, &document, &zhou.token().await).await;
    let mut two = Peer::stock(world.address, &document, &lin.token().await).await;
    one.write("周老师写的。").await;
    two.write("林老师写的😀。").await;
    one.until_text("林老师写的😀。").await;
    two.until_text("周老师写的。").await;
    assert_eq!(one.text(), two.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn j6_a_new_title_reaches_open_pages_and_whoever_comes_later() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("旧名字").await;
    zhou.share(&document, &[("lin", "view")]).await;
    let mut page = Peer::page(&lin, &document).await;
    page.until("told the title", |peer| peer.title.as_deref() == Some("旧名字")).await;
    let mut stock = Peer::stock(world.address, &document, &lin.token().await).await;
    let renamed = zhou.send(Method::PATCH, &format!("/api/documents/{document}"), json!({"title": "新名字"})).await;
    assert_eq!(renamed.status(), 200);
    page.until("told the new one", |peer| peer.title.as_deref() == Some("新名字")).await;
    let mut later = Peer::page(&zhou, &document).await;
    later.until("told the new one", |peer| peer.title.as_deref() == Some("新名字")).await;
    later.write("一起写").await;
    stock.until_text("一起写").await;
    assert_eq!((stock.title, stock.closed), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_survives_a_restart_and_a_new_document_has_its_template_once() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.lesson_plan("留得住").await;
    let mut page = Peer::page(&zhou, &document).await;
    for n in 0..100 {
        page.write(&format!("第{n}句。")).await;
    }
    page.until_saved().await;
    let before = zhou.get(&format!("/api/documents/{document}/export?format=md")).await.text().await.unwrap();
    assert_eq!(before.matches("板书设计").count(), 1);
    let world = world.restart().await;
    let zhou = world.sign_in("zhou").await;
    let mut again = Peer::page(&zhou, &document).await;
    again.until_text("第99句。").await;
    assert_eq!(again.text(), page.text());
    let after = zhou.get(&format!("/api/documents/{document}/export?format=md")).await.text().await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn w5_a_document_of_ten_megabytes_reaches_newcomers_and_survives_a_restart() {
    const CHAPTER: usize = 340_000;
    let chapters: Vec<char> = "这份文档很长很长很长".chars().collect();
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("长文").await;
    let mut writer = Peer::page(&zhou, &document).await;
    for chapter in &chapters {
        writer.write(&chapter.to_string().repeat(CHAPTER)).await;
        writer.until_saved().await;
    }
    assert!(writer.refused.is_empty());
    let is_whole = |peer: &Peer| peer.text().chars().count() == chapters.len() * CHAPTER;
    let mut newcomer = Peer::page(&zhou, &document).await;
    newcomer.until("all of it is there", is_whole).await;
    let world = world.restart().await;
    let zhou = world.sign_in("zhou").await;
    let mut later = Peer::page(&zhou, &document).await;
    later.until("all of it is there", is_whole).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_says_come_back() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("重启").await;
    let mut page = Peer::page(&zhou, &document).await;
    page.write("停之前").await;
    page.until_saved().await;
    let (closed, _) = tokio::join!(page.until_closed(), world.stop());
    assert_eq!(closed, 1012);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_room_leaves_memory_and_comes_back_whole() {
    let rooms = RoomLimits { idle: Duration::from_millis(100), snapshot_after: 1 };
    let world = World::with(Settings { rooms, ..Settings::default() }).await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("来来去去").await;
    for round in 0..5 {
        let mut page = Peer::page(&zhou, &document).await;
        page.write(&format!("第{round}回。")).await;
        page.until_saved().await;
        assert_eq!(page.text().matches('回').count(), round + 1);
        drop(page);
        let started = std::time::Instant::now();
        while world.app.rooms.open_rooms() > 0 {
            assert!(started.elapsed() < crate::world::PATIENCE, "the room stays in memory");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let stored = world.app.log.load(&document.parse().unwrap()).await.unwrap().unwrap();
    assert!(stored.snapshot.is_some(), "an idle room keeps a snapshot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads_but_does_not_write() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("只读").await;
    zhou.share(&document, &[("lin", "view")]).await;
    let mut owner = Peer::page(&zhou, &document).await;
    let mut viewer = Peer::page(&lin, &document).await;
    viewer.write("偷偷写").await;
    viewer.until("refused", |peer| peer.refused.iter().any(|(_, reason)| reason == "ViewOnly")).await;
    owner.write("看得到").await;
    owner.until_saved().await;
    viewer.until_text("看得到").await;
    assert!(!owner.text().contains("偷偷写"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_a_changed_right_reaches_open_sockets() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("换权限").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    let mut page = Peer::page(&lin, &document).await;
    page.write("还能写").await;
    page.until_saved().await;
    let started = std::time::Instant::now();
    zhou.share(&document, &[("lin", "comment")]).await;
    page.until("lowered", |peer| peer.right == Some(shared::access::Right::Comment)).await;
    page.write("不能写了").await;
    page.until("refused", |peer| peer.refused.iter().any(|(_, reason)| reason == "ViewOnly")).await;
    zhou.share(&document, &[]).await;
    assert_eq!(page.until_closed().await, 4403);
    assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_leaving_the_team_and_closing_the_account_reach_open_sockets() {
    let world = World::start().await;
    let (zhou, ma) = (world.sign_in("zhou").await, world.sign_in("ma").await);
    let body = json!({"kind": "page", "title": "组里的", "team": "maths-3"});
    let made: serde_json::Value = zhou.send(Method::POST, "/api/documents", body).await.json().await.unwrap();
    let document = made["id"].as_str().unwrap();
    let mut page = Peer::page(&ma, document).await;
    page.write("组员写的").await;
    page.until_saved().await;
    let seat = world.seat("ma", "team:maths-3");
    let left = Seat { span: Span { until: Some(server::clock::now()), ..seat.span }, ..seat };
    let seats = [Change::Put(Record::Seat(left))];
    world.app.store.change(NewChanges::new(By::Server, &seats, server::clock::now())).await.unwrap();
    world.app.organisation_changed();
    // Sent before the room can have told anybody: it is judged as things are now (R11).
    page.write("太晚了").await;
    assert_eq!(page.until_closed().await, 4403);
    let mut seen = Peer::page(&zhou, document).await;
    seen.until_all_is_told().await;
    assert_eq!(seen.text(), "组员写的");
    let own = ma.document("自己的").await;
    let mut page = Peer::page(&ma, &own).await;
    server::accounts::close(&*world.app.store, "ma").await.unwrap();
    assert_eq!(page.until_closed().await, 4401);
    assert_eq!(ma.get("/api/documents").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_frame_that_comes_after_the_date_of_a_seat_is_refused_though_nobody_has_looked() {
    let world = World::start().await;
    let (zhou, yiming) = (world.sign_in("zhou").await, world.sign_in("yiming").await);
    let body = json!({"kind": "page", "title": "请专家来写", "team": "maths-3"});
    let made: serde_json::Value = zhou.send(Method::POST, "/api/documents", body).await.json().await.unwrap();
    let document = made["id"].as_str().unwrap();
    let shares = json!({"shares": [{"with": {"type": "team", "id": "maths-3"}, "right": "edit"}]});
    let answer = zhou.send(Method::PUT, &format!("/api/documents/{document}/shares"), shares).await;
    assert_eq!(answer.status(), 200);
    let mut page = Peer::page(&yiming, document).await;
    page.write("还在").await;
    page.until_saved().await;
    let seat = world.seat("yiming", "team:maths-3");
    let until = server::clock::after(server::clock::now(), Duration::from_millis(700));
    let ending = Seat { span: Span { until: Some(until), ..seat.span }, ..seat };
    let seats = [Change::Put(Record::Seat(ending))];
    world.app.store.change(NewChanges::new(By::Server, &seats, server::clock::now())).await.unwrap();
    world.app.organisation_changed();
    let left = until.0 - server::clock::now().0;
    tokio::time::sleep(Duration::from_millis(u64::try_from(left).expect("it is still to come"))).await;
    page.write("太晚了").await;
    assert_eq!(page.until_closed().await, 4403);
    let mut seen = Peer::page(&zhou, document).await;
    seen.until_all_is_told().await;
    assert_eq!(seen.text(), "还在");
}

#[tokio::test(flavor = "multi_thread")]
async fn s4_whoever_bins_a_document_and_hangs_up_has_binned_it_for_open_sockets_too() {
    let world = World::start().await;
    let (zhou, ma) = (world.sign_in("zhou").await, world.sign_in("ma").await);
    let document = zhou.document("扔了就走").await;
    zhou.share(&document, &[("ma", "edit")]).await;
    let mut page = Peer::page(&ma, &document).await;
    let path = world.data.path().join("gongbei.db");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let binning = zhou.request(Method::DELETE, &format!("/api/documents/{document}"));
    let hung_up = binning.timeout(Duration::from_millis(500)).send().await;
    assert!(hung_up.is_err_and(|error| error.is_timeout()), "the store is busy");
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    assert_eq!(page.until_closed().await, 4403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_people_open_a_new_document_at_once_and_see_its_template_once() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.lesson_plan("大家一起打开").await;
    let token = zhou.token().await;
    let visits = (0..100).map(|n| {
        let (token, document, address) = (token.clone(), document.clone(), world.address);
        async move {
            let mut peer = Peer::page_with_token(address, &document, &token).await;
            peer.write(&format!("<{n}>")).await;
            peer.until_saved().await;
            peer
        }
    });
    let mut peers = futures_util::future::join_all(visits).await;
    assert_eq!(world.app.rooms.open_rooms(), 1);
    for peer in &mut peers {
        peer.until("everybody is there", |peer| (0..100).all(|n| peer.text().contains(&format!("<{n}>")))).await;
    }
    let texts: std::collections::BTreeSet<String> = peers.iter().map(Peer::text).collect();
    assert_eq!(texts.len(), 1);
    let markdown = zhou.get(&format!("/api/documents/{document}/export?format=md")).await.text().await.unwrap();
    assert_eq!(markdown.matches("板书设计").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_bin_nobody_writes_and_only_managers_read() {
    let world = World::start().await;
    let (zhou, lin) = (world.sign_in("zhou").await, world.sign_in("lin").await);
    let document = zhou.document("要扔的").await;
    zhou.share(&document, &[("lin", "edit")]).await;
    let mut owner = Peer::page(&zhou, &document).await;
    let mut colleague = Peer::page(&lin, &document).await;
    owner.write("扔之前").await;
    owner.until_saved().await;
    let binned = zhou.request(Method::DELETE, &format!("/api/documents/{document}")).send().await.unwrap();
    assert_eq!(binned.status(), 204);
    assert_eq!(colleague.until_closed().await, 4403);
    owner.until("lowered", |peer| peer.right == Some(shared::access::Right::View)).await;
    let restored = zhou.send(Method::POST, &format!("/api/documents/{document}/restore"), json!({})).await;
    assert_eq!(restored.status(), 200);
    owner.until("raised", |peer| peer.right == Some(shared::access::Right::Manage)).await;
    owner.write("捡回来了").await;
    owner.until_saved().await;
    let mut colleague = Peer::page(&lin, &document).await;
    colleague.until_text("捡回来了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_frame_closes_only_its_own_socket() {
    let world = World::start().await;
    let zhou = world.sign_in("zhou").await;
    let document = zhou.document("坏帧").await;
    let mut good = Peer::page(&zhou, &document).await;
    let update = good.write_unsent("正");
    good.sent += 1;
    good.send(Message::Update(update.clone()).encode()).await;
    let whole = Message::Update(update).encode();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![]),
        ("an unknown type", vec![99]),
        ("half a frame", whole[..whole.len() / 2].to_vec()),
        ("two frames in one", [&whole[..], &whole[..]].concat()),
        ("a giant declared length", vec![0, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        ("a giant state vector", vec![0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    ];
    for (name, frame) in cases {
        let mut bad = Peer::page(&zhou, &document).await;
        bad.send(frame.into()).await;
        assert_eq!(bad.until_closed().await, 4400, "{name}");
    }
    let mut texting = Peer::page(&zhou, &document).await;
    texting.send_text("hello").await;
    assert_eq!(texting.until_closed().await, 4400);
    good.write("常").await;
    good.until_saved().await;
    assert_eq!(good.text(), "正常");
}

#[tokio::test(flavor = "multi_thread")]
async fn absent_and_forbidden_look_the_same_on_the_socket() {
    let world = World::start().await;
    let (zhou, sun) = (world.sign_in("zhou").await, world.sign_in("sun").await);
    let document = zhou.document("别人的").await;
    for id in [document.as_str(), "no-such-document", "%2e%2e"] {
        let mut page = Peer::page(&sun, id).await;
        assert_eq!(page.until_closed().await, 4403, "{id}");
    }
    let mut unknown = Peer::stock(world.address, &document, "0000").await;
    assert_eq!(unknown.until_closed().await, 4401);
}
