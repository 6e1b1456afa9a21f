//! Boards on the real server: drawn on by several, read as text, played back.

use bytes::Bytes;
use reqwest::Method;
use serde_json::json;
use shared::access::Right;
use shared::board::{Board, Body, Colour, Element, ElementId, PageId, Place};
use shared::replay::{Player, Recording};
use shared::wire::{Message, PresenceEntry, presence_frame};

use crate::peer::Peer;
use crate::world::{Person, World, problem};

async fn board(person: &Person) -> String {
    let body = json!({"kind": "board", "title": "分数怎么起头"});
    let answer = person.send(Method::POST, "/api/documents", body).await;
    answer.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

fn note(number: u64, text: &str) -> Element {
    let body = Body::Note { text: text.to_owned(), colour: Colour::Green, size: (120.0, 90.0) };
    Element::new(ElementId::new(number), PageId::FIRST, Place::at(0.0, number as f32 * 100.0, 1), body)
}

/// The board of a page, which writes under the id it was welcomed with.
async fn opened(peer: &mut Peer) -> Board {
    peer.until_all_is_told().await;
    Board::open(peer.welcome.as_ref().expect("a page is welcomed").client_id)
}

async fn draw(peer: &mut Peer, board: &mut Board, element: Element) {
    peer.sent += 1;
    peer.send(Message::Update(board.put(&[element]).update.into()).encode()).await;
    peer.until_saved().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_drew_is_read_as_text_and_played_back() {
    let world = World::start().await;
    let (sun, chen) = (world.sign_in("sun").await, world.sign_in("chen").await);
    let id = board(&sun).await;
    sun.share(&id, &[("chen", "edit")]).await;
    let (mut his, mut hers) = (Peer::page(&sun, &id).await, Peer::page(&chen, &id).await);
    let (mut one, mut other) = (opened(&mut his).await, opened(&mut hers).await);
    draw(&mut his, &mut one, note(1, "先写横线：表示平均分")).await;
    draw(&mut hers, &mut other, note(2, "最后上面：取了几份")).await;

    let text = sun.get(&format!("/api/documents/{id}/export?format=md")).await.text().await.unwrap();
    assert!(text.contains("先写横线：表示平均分\n\n最后上面：取了几份"), "{text}");

    let recorded = chen.get(&format!("/api/documents/{id}/replay")).await.bytes().await.unwrap();
    let mut recording = Recording::default();
    recording.take(&recorded).unwrap();
    let people: Vec<&str> = recording.authors().iter().map(shared::words::UserId::as_str).collect();
    assert_eq!(people[people.len() - 2..], ["sun", "chen"]);
    let (mut player, mut stage) = (Player::default(), Board::open(1));
    player.go(&recording, u64::MAX, &mut stage);
    assert_eq!(stage.elements().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_reads_a_text_does_not_get_what_was_deleted_from_it() {
    let world = World::start().await;
    let (sun, chen) = (world.sign_in("sun").await, world.sign_in("chen").await);
    let (text, board) = (sun.document("草稿").await, board(&sun).await);
    for id in [&text, &board] {
        sun.share(id, &[("chen", "view")]).await;
        assert_eq!(sun.get(&format!("/api/documents/{id}/replay")).await.status(), 200);
    }
    let refused = problem(chen.get(&format!("/api/documents/{text}/replay")).await).await;
    assert_eq!(refused, (403, "only-editors".to_owned()));
    assert_eq!(chen.get(&format!("/api/documents/{board}/replay")).await.status(), 200);
    let wu = world.sign_in("wu").await;
    assert_eq!(problem(wu.get(&format!("/api/documents/{board}/replay")).await).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn e16_v1_giants_and_pens_of_others_are_refused_and_lines_in_the_making_arrive() {
    let world = World::start().await;
    let (sun, chen) = (world.sign_in("sun").await, world.sign_in("chen").await);
    let id = board(&sun).await;
    sun.share(&id, &[("chen", "edit")]).await;
    let (mut his, mut hers) = (Peer::page(&sun, &id).await, Peer::page(&chen, &id).await);
    let (mut one, mut other) = (opened(&mut his).await, opened(&mut hers).await);

    // A stroke as no page of ours writes it: larger than an entry may be.
    let doc = shared::document::new_doc(hers.welcome.as_ref().unwrap().client_id);
    let giant = {
        use yrs::{Map, Transact};
        let root = doc.get_or_insert_map(shared::board::ROOT);
        let mut txn = doc.transact_mut();
        root.insert(&mut txn, "eAAAAAAAAAAB", yrs::Any::from(vec![2; 20_000].as_slice()));
        txn.encode_update_v1()
    };
    hers.sent += 1;
    hers.send(Message::Update(giant.into()).encode()).await;
    hers.until("refused", |peer| !peer.refused.is_empty()).await;
    assert_eq!(hers.refused, [(hers.sent, "Content".to_owned())]);
    // Under the id of somebody else's pen.
    let mut forged = Board::open(his.welcome.as_ref().unwrap().client_id);
    hers.sent += 1;
    hers.send(Message::Update(forged.put(&[note(7, "我是别人")]).update.into()).encode()).await;
    hers.until("refused again", |peer| peer.refused.len() == 2).await;
    assert_eq!(hers.refused[1].1, "NotYours");
    draw(&mut hers, &mut other, note(8, "我是我自己")).await;
    draw(&mut his, &mut one, note(9, "谁也没受影响")).await;

    // A line in the making goes from one to the other, under the name the room knows.
    let client_id = hers.welcome.as_ref().unwrap().client_id;
    hers.send(presence_frame([PresenceEntry { client_id, clock: 1, state: "{}" }].into_iter())).await;
    let line = Bytes::from_static(b"a line");
    hers.send(Message::Live(line.clone()).encode()).await;
    his.until("the line", |peer| !peer.live.is_empty()).await;
    assert_eq!(his.live, [(client_id, line)]);
    // With the pen taken away it goes nowhere, and the right says why.
    sun.share(&id, &[("chen", "view")]).await;
    hers.until("the pen is gone", |peer| peer.right == Some(Right::View)).await;
    hers.send(Message::Live(Bytes::from_static(b"another")).encode()).await;
    hers.sent += 1;
    hers.send(Message::Update(other.put(&[note(10, "没有笔了")]).update.into()).encode()).await;
    hers.until("refused for it", |peer| peer.refused.len() == 3).await;
    assert_eq!(hers.refused[2].1, "ViewOnly");
    his.take_what_is_there().await;
    assert_eq!(his.live.len(), 1);
}
