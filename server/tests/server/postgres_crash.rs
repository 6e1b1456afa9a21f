//! The database server ends in the middle and comes back while people type (R1, N1).

use std::process::{Command, Stdio};

use crate::crash::{Killable, token};
use crate::peer::Peer;
use crate::world::database::new_database;

/// `pg_ctl` with the cluster's data folder; its other words are added.
fn control(words: &[&str]) {
    let told = std::env::var("GONGBEI_TEST_POSTGRES_CONTROL").expect("run by `cargo xtask test --only postgres`");
    let mut told = told.lines();
    let mut command = Command::new(told.next().unwrap());
    command.args(told).args(words).stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "{words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_n1_a_database_that_ends_and_comes_back_loses_nothing_that_was_called_saved() {
    let data = tempfile::tempdir().unwrap();
    let database = new_database(data.path()).await.with_password();
    let variables = [("GONGBEI_DATABASE".to_owned(), database.clone())];
    let server = Killable::start_in(&[], data.path(), &[], &variables);
    let (token, document) = token(server.address).await;
    let mut writer = Peer::page_with_token(server.address, &document, &token).await;
    writer.until("caught up", |peer| peer.caught_up).await;
    let mut words: Vec<String> = Vec::new();
    for round in 0..5 {
        for _ in 0..20 + 7 * round {
            write(&mut writer, &mut words).await;
        }
        // As when its machine loses its power: nothing that is under way is ended well.
        let ending = tokio::task::spawn_blocking(|| control(&["--mode", "immediate", "stop"]));
        while !ending.is_finished() || !writer.trouble {
            write(&mut writer, &mut words).await;
            assert!(words.len() < 20_000, "nobody says that the database is away");
        }
        ending.await.unwrap();
        let site = format!("http://{}/api/documents", server.address);
        let asked = reqwest::Client::new().get(&site).bearer_auth(&token).send().await.unwrap();
        assert!(asked.status().is_server_error(), "{}", asked.status());
        tokio::task::spawn_blocking(|| control(&["start"])).await.unwrap();
        writer.until_saved().await;
        writer.until("the trouble is over", |peer| !peer.trouble).await;
        let asked = reqwest::Client::new().get(&site).bearer_auth(&token).send().await.unwrap();
        assert_eq!(asked.status(), 200, "it goes on by itself");
    }
    assert!(writer.refused.is_empty(), "{:?}", writer.refused);
    drop(server);
    let checked =
        checked_by(Command::new(env!("CARGO_BIN_EXE_gongbei")).args(["check", "--data"]).arg(data.path()), &database);
    assert!(checked.contains("all is well"), "{checked}");
    let again = Killable::start_in(&[], data.path(), &[], &variables);
    let mut reader = Peer::page_with_token(again.address, &document, &token).await;
    reader.until("caught up", |peer| peer.caught_up).await;
    let text = reader.text();
    for word in &words {
        assert_eq!(text.matches(word.as_str()).count(), 1, "{word} was called saved");
    }
}

fn checked_by(command: &mut Command, database: &str) -> String {
    let checked = command.env("GONGBEI_DATABASE", database).output().unwrap();
    String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr)
}

async fn write(writer: &mut Peer, words: &mut Vec<String>) {
    let word = format!("<{}>", words.len());
    writer.write(&word).await;
    words.push(word);
    writer.take_what_is_there().await;
}
