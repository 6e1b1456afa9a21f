//! Frames, byte for byte (rules W1 to W7 of docs/protocol.md).

use bytes::Bytes;
use proptest::prelude::*;
use shared::access::Right;
use shared::wire::update::{Deleted, Id, Limits, Skeleton, UpdateError, read_state_vector, write_state_vector};
use shared::wire::{
    CloseCode, FrameError, MAX_ANSWER, Message, PresenceEntry, Refused, RefusedReason, Trouble, Welcome,
    presence_entries, presence_frame,
};
use shared::words::Title;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;

fn bytes(hex: &str) -> Bytes {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Written by yjs 13 with y-protocols 1: client 7 types 备课😀 into Text `text`, then deletes the first character.
const STOCK: [(&str, &str); 8] = [
    ("step 1, empty", "00000100"),
    ("step 2, empty", "0001020000"),
    ("update", "00021701010700040104746578740ae5a487e8afbef09f988000"),
    ("step 1", "000003010704"),
    ("step 2", "00011c01020700010104746578740184070007e8afbef09f98800107010001"),
    ("presence", "011b010701177b2275736572223a7b226e616d65223a22416e6e227d7d"),
    ("presence, gone", "0108010702046e756c6c"),
    ("query", "03"),
];

#[test]
fn w2_stock_frames_are_read_and_written_byte_for_byte() {
    let read = |at: usize| Message::decode(&bytes(STOCK[at].1)).expect(STOCK[at].0);
    assert_eq!(read(0), Message::Step1(bytes("00")));
    assert_eq!(read(1), Message::Step2(bytes("0000")));
    assert!(matches!(read(2), Message::Update(update) if update.len() == 23));
    assert_eq!(read(3), Message::Step1(bytes("010704")));
    assert!(matches!(read(4), Message::Step2(update) if update.len() == 28));
    assert_eq!(read(7), Message::QueryAwareness);
    for (name, frame) in STOCK {
        assert_eq!(hex(&Message::decode(&bytes(frame)).expect(name).encode()), frame, "{name}");
    }
}

#[test]
fn w2_presence_entries_are_those_of_y_protocols() {
    let Message::Awareness(payload) = Message::decode(&bytes(STOCK[5].1)).unwrap() else { panic!("presence") };
    let ann = PresenceEntry { client_id: 7, clock: 1, state: r#"{"user":{"name":"Ann"}}"# };
    assert_eq!(presence_entries(&payload).unwrap(), [ann]);
    assert_eq!(hex(&presence_frame([ann].into_iter())), STOCK[5].1);
}

/// Our own frames: changing one of these bytes breaks pages that are open in teachers' browsers.
#[test]
fn w4_own_frames_byte_for_byte() {
    let welcome =
        Welcome { protocol: 1, epoch: "e1".parse().unwrap(), life: 300, client_id: (1 << 53) - 1, right: Right::Edit };
    let refused = Refused { frame: 2, reason: RefusedReason::Missing };
    let frames = [
        (Message::Welcome(welcome), "4001026531ac02ffffffffffffff0f03"),
        (Message::Saved { frames: 128 }, "418001"),
        (Message::Refused(refused), "420203"),
        (Message::Right(Right::View), "4301"),
        (Message::Right(Right::Suggest), "4305"),
        (Message::Trouble(Trouble::StorageFull), "4401"),
        (Message::Trouble(Trouble::Sealed), "4403"),
        (Message::TroubleOver, "45"),
        (Message::Ping, "46"),
        (Message::Pong, "47"),
        (Message::Title(Title::new("备课").unwrap()), "4806e5a487e8afbe"),
        (Message::Ask(bytes("010704")), "4903010704"),
        (Message::Packed(bytes("0300")), "4a020300"),
        (Message::Live(bytes("0203")), "4b020203"),
        (Message::Told(bytes("7b7d")), "4c027b7d"),
        (Message::Look(bytes("01")), "4d0101"),
        (Message::Glance(bytes("0300")), "4e020300"),
    ];
    for (message, expected) in frames {
        let frame = message.encode();
        assert_eq!(hex(&frame), expected, "{message:?}");
        assert_eq!(Message::decode(&frame), Ok(message));
    }
}

#[test]
fn w4_codes_and_numbers_belong_together() {
    for reason in RefusedReason::ALL {
        assert_eq!(RefusedReason::of_code(reason.code().into()), Some(*reason));
    }
    for code in CloseCode::ALL {
        assert_eq!(CloseCode::of_code(code.code().into()), Some(*code));
    }
    assert_eq!(
        CloseCode::ALL.iter().map(|code| code.code()).collect::<Vec<_>>(),
        [1012, 4400, 4401, 4403, 4408, 4409, 4503]
    );
}

#[test]
fn w1_w3_w5_w7_frames_that_are_none_have_a_reason() {
    use shared::wire::lib0::ReadError::{End, NotUtf8, NumberTooLarge};
    let max = (1 << 53) - 1;
    let cases = [
        ("nothing", "", FrameError::Read(End)),
        ("W7: unknown type", "05", FrameError::UnknownType(5)),
        ("W7: unknown own type", "4f", FrameError::UnknownType(79)),
        ("unknown step", "000300", FrameError::UnknownStep(3)),
        ("W3: two messages in one frame", "0000010000000100", FrameError::Trailing(4)),
        ("W3: bytes after a ping", "4600", FrameError::Trailing(1)),
        ("a length past the end", "0002ff01aa", FrameError::Read(End)),
        ("W1: a number over 2^53", "41ffffffffffffff1f", FrameError::Read(NumberTooLarge(max))),
        ("W1: a number without end", "41ffffffffffffffffffffff", FrameError::Read(NumberTooLarge(max))),
        ("unknown right", "4306", FrameError::UnknownCode(6)),
        ("an epoch with a space", "4001022031000103", FrameError::NotAnEpoch),
        ("a title of nothing", "480120", FrameError::NotATitle),
        ("an epoch that is no text", "400102ff31000103", FrameError::Read(NotUtf8)),
    ];
    for (name, frame, error) in cases {
        assert_eq!(Message::decode(&bytes(frame)), Err(error), "{name}");
    }
    let huge = Bytes::from(vec![0; MAX_ANSWER + 1]);
    assert_eq!(Message::decode(&huge), Err(FrameError::TooLarge(MAX_ANSWER + 1)), "W5");
    let refused = Message::Refused(Refused { frame: 1, reason: RefusedReason::Content });
    assert_eq!(Message::decode(&bytes("420163")), Ok(refused), "W7: no, for a reason of a newer server");
    // 2^35 presence entries, declared in 6 bytes.
    assert!(matches!(presence_entries(&bytes("808080808001")), Err(FrameError::TooManyEntries(_))), "W5");
}

/// Written by yjs 13: a paragraph with marks, a map entry of every kind of value, a list, an embed, a deletion.
const YJS_UPDATES: [&str; 6] = [
    "0107ac0200070107636f6e74656e7403097061726167726170680700ac0200060600ac020104626f6c64027b7d84ac020206e69599e5ada686ac020404626f6c64046e756c6cc4ac0204ac020506e79baee6a0872800ac020005616c69676e01770663656e74657200",
    "0101ac02092801036d6170016b017603016175057d017c402000007e78770178016e7f01627402010200",
    "0101ac020a0801046c697374037d01770374776f76010574687265657d0300",
    "0103ac020dc6ac0203ac020404626f6c64046e756c6cc5ac020dac02040d7b22696d616765223a2278227dc6ac020eac020404626f6c64027b7d00",
    "0001ac020200090d03",
    "0105ac0200010107636f6e74656e740100082801036d6170016b017603016175057d017c402000007e78770178016e7f0162740201020801046c697374037d01770374776f76010574687265657d03000301ac020200090d03",
];

#[test]
fn w6_the_skeleton_of_an_update_is_what_yjs_wrote_and_yrs_reads() {
    for update in YJS_UPDATES {
        let update = bytes(update);
        let skeleton = Skeleton::read(&update, Limits::UPDATE).expect("yjs writes what we read");
        assert_eq!(hex(&skeleton.write()), hex(&update));
        let decoded = yrs::Update::decode_v1(&update).expect("yrs reads it too");
        let theirs = decoded.insertions(true);
        for section in &skeleton.sections {
            for part in &section.structs {
                for clock in [part.clock, part.end() - 1] {
                    let id = yrs::ID::new(yrs::ClientID::new(section.client), clock);
                    assert!(theirs.contains(&id), "{section:?}");
                }
            }
        }
        assert_eq!(skeleton.deletes.is_empty(), decoded.delete_set().is_empty());
    }
    let first = bytes(YJS_UPDATES[3]);
    let skeleton = Skeleton::read(&first, Limits::UPDATE).unwrap();
    let needs = skeleton.sections[0].structs[0].needs;
    assert_eq!(needs, [Some(Id { client: 300, clock: 3 }), Some(Id { client: 300, clock: 4 })]);
    let last = bytes(YJS_UPDATES[4]);
    let skeleton = Skeleton::read(&last, Limits::UPDATE).unwrap();
    assert_eq!(skeleton.deletes[0], Deleted { client: 300, clock: 0, len: 9 });
}

#[test]
fn e6_updates_that_could_hurt_have_a_reason() {
    let deep_any = format!("0101070028010474657874016b01{}7e00", "7501".repeat(33));
    let cases = [
        ("giant number of sections", "ffffffff0f0100", UpdateError::Sections(64)),
        ("giant number of structs", "01ffffffff0f070000", UpdateError::Structs(20_000)),
        ("an empty section", "0100070000", UpdateError::EmptySection(7)),
        ("a client twice", "0201070004010474657874016101070004010474657874016100", UpdateError::Repeated(7)),
        ("a string of length 0", "0101070004010474657874000000", UpdateError::ZeroLength),
        ("a garbage range of length 0", "01010700000000", UpdateError::ZeroLength),
        ("a clock near 2^32", "010107feffffff0f0004", UpdateError::Clock),
        ("a delete range past 2^31", "00010701028080808008", UpdateError::Clock),
        ("a subdocument", "0101070009010474657874", UpdateError::Kind(9)),
        ("an old JSON content", "010107000201047465787401017b00", UpdateError::Kind(2)),
        ("a hook", "010107000701047465787405016800", UpdateError::Type(5)),
        ("a weak link", "0101070007010474657874070000", UpdateError::Type(7)),
        ("an unknown flag", "0101070014010474657874016100", UpdateError::Kind(0x14)),
        ("values nested 33 deep", deep_any.as_str(), UpdateError::Depth),
        ("a byte too many", "000000", UpdateError::Trailing(1)),
    ];
    for (name, update, error) in cases {
        assert_eq!(Skeleton::read(&bytes(update), Limits::UPDATE), Err(error), "{name}");
    }
}

#[test]
fn state_vectors_are_those_of_yrs() {
    let entries = [(7u64, 4u32), ((1 << 53) - 1, 1)];
    let encoded = write_state_vector(entries.into_iter());
    let theirs = yrs::StateVector::decode_v1(&encoded).expect("yrs reads ours");
    assert_eq!(theirs.get(&yrs::ClientID::new(7)), 4);
    let mut back = read_state_vector(&theirs.encode_v1()).expect("we read theirs");
    back.sort_unstable();
    assert_eq!(back, entries);
    // 5 bytes that made yrs reserve half a gigabyte.
    assert!(matches!(read_state_vector(&bytes("ffffff7f00")), Err(UpdateError::Sections(_))), "W6");
}

proptest! {
    #[test]
    fn w6_any_bytes_give_a_message_or_an_error(any in prop::collection::vec(any::<u8>(), 0..200)) {
        let frame = Bytes::from(any);
        if let Ok(message) = Message::decode(&frame) {
            prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
        }
        let _ = presence_entries(&frame);
        let _ = read_state_vector(&frame);
        if let Ok(skeleton) = Skeleton::read(&frame, Limits::UPDATE) {
            let written = skeleton.write();
            prop_assert_eq!(Skeleton::read(&written, Limits::UPDATE).unwrap().sections.len(), skeleton.sections.len());
        }
    }

    #[test]
    fn w6_updates_with_flipped_bytes_are_read_or_refused(
        which in 0..YJS_UPDATES.len(), flips in prop::collection::vec((any::<usize>(), any::<u8>()), 1..4),
    ) {
        let mut update = bytes(YJS_UPDATES[which]).to_vec();
        for (at, byte) in flips {
            let at = at % update.len();
            update[at] = byte;
        }
        let _ = Skeleton::read(&update, Limits::UPDATE);
    }
}
