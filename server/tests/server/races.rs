//! Two who change the same record at the same moment: neither takes back what the other has done.

use futures_util::future::join;
use server::accounts::{Will, close};
use server::clock;
use server::secret::Secret;
use server::store::{By, NewChanges};
use shared::api::SetProfile;
use shared::organisation::{Change, Person, Record, Shelf};

use crate::world::World;

fn person(world: &World, id: &str) -> Person {
    world.app.store.directory().person(&id.parse().unwrap()).unwrap().clone()
}

/// Puts the record in its place; what is joined with it begins when this is under way and not done.
async fn put(world: &World, person: Person) {
    let changes = [Change::Put(Record::Person(person))];
    world.app.store.change(NewChanges::new(By::Server, &changes, clock::now())).await.unwrap();
}

fn teaches(teaches: &str) -> SetProfile {
    SetProfile { phone: None, email: None, teaches: teaches.to_owned(), password: None }
}

#[tokio::test]
async fn what_people_say_of_themselves_takes_no_suspension_and_no_name_back() {
    let world = World::start().await;
    let accounts = &world.app.accounts;
    let lin = person(&world, "lin");
    let renamed = Person { name: "林小满".to_owned(), ..lin.clone() };
    let (_, said) = join(put(&world, renamed.clone()), accounts.set_profile(&lin.id, teaches("语文"))).await;
    said.unwrap();
    assert_eq!(person(&world, "lin"), Person { teaches: "语文".to_owned(), ..renamed.clone() });
    let suspended = Person { suspended: Some(clock::now()), ..renamed };
    let (_, said) = join(put(&world, suspended.clone()), accounts.set_profile(&lin.id, teaches("数学"))).await;
    assert!(said.is_err(), "whoever is suspended says nothing any more");
    assert_eq!(person(&world, "lin"), suspended);
}

#[tokio::test]
async fn closing_an_account_takes_nothing_else_back() {
    let world = World::start().await;
    let cookie = world.sign_in("admin").await.cookie;
    let session = Secret::new(cookie.split_once('=').unwrap().1.to_owned());
    let admin = world.app.accounts.caller_by_session(&session).await.unwrap().unwrap();
    let renamed = Person { name: "林小满".to_owned(), ..person(&world, "lin") };
    let will = Will { heir: Shelf::Person("zhou".parse().unwrap()), password: None };
    let closing = world.app.accounts.close_and_hand_over(&admin, &renamed.id, will);
    join(put(&world, renamed.clone()), closing).await.1.unwrap();
    let closed = person(&world, "lin");
    assert!(closed.closed.is_some());
    assert_eq!(Person { closed: None, ..closed }, renamed);

    let renamed = Person { name: "沈老师".to_owned(), ..person(&world, "shen") };
    join(put(&world, renamed.clone()), close(&*world.app.store, "shen")).await.1.unwrap();
    assert_eq!(Person { closed: None, ..person(&world, "shen") }, renamed, "from the command line, too");
}
