//! What is told to a page of what somebody may do is what they may do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_can_be_done_and_the_rest_is_refused() {
    let world = World::start().await;
    let wu = world.sign_in("wu").await;
    let found: Value = wu.get("/api/organisation/people?limit=200").await.json().await.unwrap();
    let (mut invited, mut only_looked_after) = (0, 0);
    for line in found["people"].as_array().unwrap() {
        let id = line["person"]["id"].as_str().unwrap();
        let wish = json!({"people": [id]});
        let made = wu.send(Method::POST, "/api/invitations", wish).await.status().is_success();
        let closing = wu.get(&format!("/api/people/{id}/close")).await.status().is_success();
        let offered = line["administered"].as_bool().unwrap();
        assert_eq!((made, closing), (offered && id != "wu", offered || id == "wu"), "{id}");
        let mut suspended = line["person"].clone();
        suspended["suspended"] = json!(1);
        suspended["record"] = json!("person");
        let wish = json!({"records": [suspended], "dry": true});
        let answer = wu.send(Method::POST, "/api/organisation/changes", wish).await;
        let offered_less = line["looked_after"].as_bool().unwrap();
        assert_eq!(answer.status().is_success(), offered_less, "{id}: {}", answer.text().await.unwrap());
        invited += u32::from(made);
        only_looked_after += u32::from(offered_less && !offered);
    }
    assert!(invited > 0 && only_looked_after > 0, "{invited} and {only_looked_after}: the demo has both");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_offered_where_they_can_be_given() {
    let world = World::start().await;
    let wu = world.sign_in("wu").await;
    let view: Value = wu.get("/api/organisation").await.json().await.unwrap();
    let is_in = |list: &str, body: &Value| view[list].as_array().unwrap().contains(body);
    let (mut given, mut refused) = (0, 0);
    for school in view["schools"].as_array().unwrap() {
        let body = json!({"type": "school", "id": school["id"]});
        let records = json!([
            {"record": "person", "id": "jia", "name": "甲", "login": "jia", "teaches": "", "operator": false, "created": 1},
            {"record": "seat", "id": "jia-1", "person": "jia", "body": body, "post": "teacher", "main": true, "since": 1},
        ]);
        let wish = json!({"records": records, "dry": true});
        let answer = wu.send(Method::POST, "/api/organisation/changes", wish).await;
        let (runs, status) = (is_in("runs", &body), answer.status());
        assert_eq!(status.is_success(), runs, "{body}: {}", answer.text().await.unwrap());
        assert!(!runs || is_in("administers", &body), "{body}");
        given += u32::from(runs);
        refused += u32::from(!runs && is_in("administers", &body));
    }
    assert!(given > 0 && refused > 0, "{given} and {refused}: the demo has both");
}
