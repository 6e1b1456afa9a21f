//! Names of files: each sender's is judged for itself, also of bytes that are here already, and says nothing to others.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use image::ImageFormat;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::hostile_files::files::picture;
use crate::library::{created, on, with, words};
use crate::uploads::{Tus, answer, decided, hash, world};
use crate::world::{Person, World};

const TABLE: &[u8] = "姓名,得分\n钱小燕,95\n".as_bytes();

/// The card of a file once it is checked.
async fn sent(person: &Person, name: &str, bytes: &[u8]) -> Value {
    let named = format!("filename {}", BASE64_STANDARD.encode(name));
    let request = person.tus(Method::POST, "/api/uploads").header("upload-length", bytes.len());
    let begun = request.header("upload-metadata", named).send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::CREATED);
    let place = begun.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(person.chunk(&place, 0, bytes.to_vec()).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    decided(person, &place).await
}

/// The card of a file that is here already.
async fn known(person: &Person, name: &str, bytes: &[u8]) -> Value {
    let asked = json!({"name": name, "bytes": bytes.len(), "hash": hash(bytes)});
    let challenge: Value = person.send(Method::POST, "/api/uploads/known", asked).await.json().await.unwrap();
    let path = format!("/api/uploads/known/{}", challenge["id"].as_str().unwrap());
    let known = person.send(Method::PUT, &path, json!({"answer": answer(&challenge, bytes)})).await;
    assert_eq!(known.status(), StatusCode::OK, "{name}");
    known.json().await.unwrap()
}

/// An item of one file that is theirs alone.
async fn put_in(person: &Person, login: &str, name: &str, bytes: &[u8]) -> String {
    let upload = sent(person, name, bytes).await;
    let substance = json!({"type": "files", "of": [upload["id"]]});
    let body = with(words("lesson-design", name), json!({"shelf": on("person", login), "substance": substance}));
    created(person.send(Method::POST, "/api/items", body).await).await
}

async fn facts_and_text(person: &Person, item: &str) -> (Value, Value) {
    let facts = person.json(&format!("/api/items/{item}")).await["versions"][0]["files"][0].clone();
    let text = person.json(&format!("/api/items/{item}/versions/1/files/1/text")).await["text"].clone();
    (facts, text)
}

async fn two_of(world: &World) -> (Person, Person) {
    (world.sign_in("zhou").await, world.sign_in("peng").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_a_name_for_a_known_file_is_judged_as_that_of_any_other() {
    let world = world().await;
    let (zhou, peng) = two_of(&world).await;
    let (script, photo) = (b"@echo off\r\ndel /q *.*\r\n", picture(ImageFormat::Png));
    assert_eq!(sent(&zhou, "note.txt", script).await["state"]["is"], "ready");
    assert_eq!(sent(&zhou, "photo.png", &photo).await["state"]["is"], "ready");
    let cases: [(&str, &[u8], Value); 7] = [
        ("run.bat", script, json!({"is": "refused", "why": "program"})),
        ("setup.exe", script, json!({"is": "refused", "why": "program"})),
        ("photo.jpg", script, json!({"is": "refused", "why": "lies"})),
        ("没有", script, json!({"is": "refused", "why": "program"})),
        ("photo.scr", &photo, json!({"is": "refused", "why": "program"})),
        ("list.csv", script, json!({"is": "ready", "kind": "csv"})),
        ("课件.pptx", &photo, json!({"is": "ready", "kind": "png", "warnings": ["other-kind"]})),
    ];
    for (name, bytes, expected) in cases {
        let card = known(&peng, name, bytes).await;
        // The same as if it had been sent.
        let other = sent(&peng, name, bytes).await;
        assert_eq!((&card["state"], &card["name"]), (&other["state"], &json!(name)));
        let state = &card["state"];
        assert_eq!((&state["is"], &state["why"]), (&expected["is"], &expected["why"]), "{name}: {card}");
        assert_eq!((&state["facts"]["kind"], &state["facts"]["warnings"]), (&expected["kind"], &expected["warnings"]));
    }
    let refused = known(&peng, "run.bat", script).await;
    let substance = json!({"type": "files", "of": [refused["id"]]});
    let body = with(words("lesson-design", "脚本"), json!({"shelf": on("person", "peng"), "substance": substance}));
    assert!(peng.send(Method::POST, "/api/items", body).await.status().is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_call_the_same_bytes_changes_nothing_of_a_file_and_leaves_no_trace() {
    let world = world().await;
    let (zhou, peng) = two_of(&world).await;
    let photo = picture(ImageFormat::Png);
    let waiting = sent(&peng, "x.csv", TABLE).await;
    assert_eq!(waiting["state"]["facts"]["kind"], "csv");
    let (table, drawn) = (put_in(&peng, "peng", "教案.md", TABLE).await, put_in(&peng, "peng", "x.png", &photo).await);
    let (of_table, of_picture) = (facts_and_text(&peng, &table).await, facts_and_text(&peng, &drawn).await);
    assert_eq!((&of_table.0["kind"], of_table.1.as_str().unwrap().contains("钱小燕")), (&json!("markdown"), true));

    for (name, kind) in [("x.svg", "svg"), ("x.txt", "text"), ("x.html", "html"), ("x.md", "markdown")] {
        assert_eq!(sent(&zhou, name, TABLE).await["state"]["facts"]["kind"], kind);
        known(&zhou, name, TABLE).await;
    }
    assert_eq!(sent(&zhou, "x.zip", &photo).await["state"]["facts"]["warnings"], json!(["other-kind"]));
    let of_zhou = put_in(&zhou, "zhou", "x.svg", TABLE).await;

    assert_eq!(peng.json("/api/uploads").await["uploads"], json!([waiting]));
    assert_eq!(facts_and_text(&peng, &table).await, of_table);
    assert_eq!(facts_and_text(&peng, &drawn).await, of_picture);
    assert_eq!(facts_and_text(&zhou, &of_zhou).await.1, "");
    world.app.findable.index_changed().await.unwrap();
    assert_eq!(peng.json("/api/search?q=钱小燕").await["total"], 1, "its text is found");
    assert_eq!(zhou.json("/api/search?q=钱小燕").await["hits"].as_array().unwrap().len(), 0);
}
