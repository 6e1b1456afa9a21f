//! J: who comes in, and what they hear first.

use bytes::Bytes;
use shared::access::Right;
use shared::sync::packed::unpack;
use shared::sync::room::RoomInput;
use shared::wire::{Message, RefusedReason, Trouble, Welcome};
use shared::words::Seq;

use crate::scene::{Page, Scene, refused, title};

#[test]
fn j1_ours_is_welcomed_and_stock_gets_step_1() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    let heard = scene.heard(1);
    let [Message::Welcome(Welcome { protocol: 1, epoch, life, client_id, right: Right::Edit }), Message::Title(_)] =
        &heard[..]
    else {
        panic!("{heard:?}")
    };
    assert_eq!((epoch.as_str(), *life, *client_id), ("first", 1001, 1001), "C4: the first id names the room's life");
    scene.join_stock(2, "bob");
    assert_eq!(scene.heard(2), [Message::Step1(Bytes::from_static(&[0]))]);
    scene.join(3, "cai");
    assert!(matches!(&scene.heard(3)[0], Message::Welcome(Welcome { life: 1001, client_id: 1003, .. })));
}

#[test]
fn j2_j3_step_1_is_answered_with_the_difference_and_ours_is_asked_back() {
    let (mut scene, _) = Scene::where_ann_wrote("备课");
    scene.join(2, "bob");
    scene.join_stock(3, "cai");
    for (who, ours) in [(2, true), (3, false)] {
        scene.heard(who);
        scene.say(who, Message::Step1(Bytes::from_static(&[0])));
        let heard = scene.heard(who);
        let Message::Step2(whole) = &heard[0] else { panic!("{heard:?}") };
        let mut page = Page::new(8);
        page.takes(whole);
        assert_eq!(page.text(), "备课");
        assert_eq!(heard.len() == 2 && matches!(heard[1], Message::Step1(_)), ours, "J3: {heard:?}");
        scene.say(who, Message::Step1(page.state_vector()));
        assert_eq!(scene.heard(who)[0], Message::Step2(Bytes::from_static(&[0, 0])), "J2: nothing is lacking");
    }
}

#[test]
fn w8_who_unpacks_gets_a_long_answer_packed_and_a_short_one_as_it_is() {
    let (mut scene, mut ann) = Scene::where_ann_wrote("备课");
    let fresh = || Message::Ask(Bytes::from_static(&[0]));
    scene.join(2, "bob");
    scene.heard(2);
    scene.say(2, fresh());
    let heard = scene.heard(2);
    assert!(matches!(heard[..], [Message::Step2(_), Message::Step1(_)]), "{heard:?}");
    scene.update(1, ann.types(&"备课".repeat(1_000)));
    scene.store();
    let mut bob = Page::new(8);
    for has in [Bytes::from_static(&[0]), bob.state_vector()] {
        scene.heard(2);
        scene.say(2, Message::Ask(has));
        let heard = scene.heard(2);
        let [Message::Packed(packed), Message::Step1(_)] = &heard[..] else { panic!("{heard:?}") };
        assert!(packed.len() < 1_000, "{} bytes for 6,000 of one word", packed.len());
        bob.takes(&unpack(packed).unwrap());
        assert_eq!(bob.text(), ann.text());
    }
    scene.update(1, ann.types("!"));
    scene.heard(2);
    scene.say(2, fresh());
    let heard = scene.heard(2);
    let [Message::Packed(packed), Message::Update(since), Message::Step1(_)] = &heard[..] else { panic!("{heard:?}") };
    let mut bob = Page::new(9);
    bob.takes(&unpack(packed).unwrap());
    bob.takes(since);
    assert_eq!(bob.text(), ann.text(), "J2: what came since goes after it");
    scene.join(3, "cai");
    scene.heard(3);
    scene.say(3, Message::Step1(Bytes::from_static(&[0])));
    assert!(matches!(scene.heard(3)[0], Message::Step2(_)), "not who has not said so");
}

#[test]
fn j4_who_joins_hears_of_trouble_and_of_who_is_here() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.presence(1, 1001, 1, r#"{"cursor":null}"#);
    scene.update(1, Page::new(1001).types("a"));
    scene.input(RoomInput::StoreFailed { from: Seq(1), trouble: Trouble::StorageFull });
    scene.join(2, "bob");
    let heard = scene.heard(2);
    assert!(matches!(heard[2], Message::Trouble(Trouble::StorageFull)), "{heard:?}");
    assert!(matches!(heard[3], Message::Awareness(_)), "{heard:?}");
}

#[test]
fn e15_a_sealed_document_is_looked_at_and_not_edited_whatever_right_one_has() {
    let (scene, mut ann) = Scene::where_ann_wrote("备课");
    let mut scene = scene.sealed();
    scene.join(2, "ann");
    let heard = scene.heard(2);
    assert!(matches!(heard[0], Message::Welcome(Welcome { right: Right::View, .. })), "{heard:?}");
    assert_eq!(heard[2], Message::Trouble(Trouble::Sealed));
    scene.say(2, Message::Step1(Page::new(2).state_vector()));
    assert!(matches!(scene.heard(2)[0], Message::Step2(_)));
    scene.right("ann", Some(Right::Manage));
    assert_eq!(scene.heard(2), [], "it is the same as before");
    scene.update(2, ann.types("!"));
    assert_eq!(scene.heard(2), [refused(1, RefusedReason::ViewOnly)]);
    assert_eq!(scene.text(), "备课");
}

#[test]
fn j6_our_client_hears_the_title_and_a_new_one_at_once() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    assert_eq!(scene.heard(1)[1], Message::Title(title("plan")), "after the welcome");
    scene.join_stock(2, "bob");
    scene.heard(2);
    scene.input(RoomInput::Renamed { title: title("备课") });
    assert_eq!(scene.heard(1), [Message::Title(title("备课"))]);
    assert_eq!(scene.heard(2), [], "a stock client knows no such frame");
}
