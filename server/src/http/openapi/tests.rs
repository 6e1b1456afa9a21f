use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::api::{
    Account, AddVersion, AskedChanges, AuditList, Chain, ChangeItem, ChangePassword, Changed, Close, Closed, Closing,
    ConfirmOneTime, CopyItem, CreateDocument, CreateItem, CreateToken, CreatedDocument, CreatedItem,
    CreatedOpenInvitation, CreatedToken, DocumentCard, DocumentList, EndOneTime, Exchange, FileText, Found,
    FoundPeople, Invite, InviteOpenly, Invited, ItemView, Join, KeptLine, LibraryView, Me, MoveDocument, MoveItem,
    NoteUse, OneTimeSecret, OpenInvitation, OrganisationView, PersonLine, Problem, RecoveryCodes, RenameDocument,
    SearchAnswer, SecondStep, SecondStepNeeded, SessionLine, SetProfile, SetShares, SetUp, SetUpOneTime, SetupState,
    Shares, SignIn, SingleSignOn, StartCode, StoredImage, TaxonList, TeamCard, TokenLine, WhoMay, WrittenContent,
};

use super::super::ROUTES;
use super::*;

#[test]
fn every_route_is_described_and_every_description_has_a_route() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let described: BTreeSet<(String, String)> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
        .collect();
    let routed = ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, routed);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let mut found = Vec::new();
    references(&description, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
}

/// Reads the example as the handler's own type and writes it again: nothing may be lost or added.
fn said_back<T: DeserializeOwned + Serialize>(example: &Value) -> Result<Value, String> {
    let body: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(body).map_err(|error| error.to_string())
}

fn body_of(schema: &str) -> fn(&Value) -> Result<Value, String> {
    match schema {
        "CreateDocument" => said_back::<CreateDocument>,
        "CreateToken" => said_back::<CreateToken>,
        "CreatedDocument" => said_back::<CreatedDocument>,
        "CreatedToken" => said_back::<CreatedToken>,
        "DocumentCard" => said_back::<DocumentCard>,
        "DocumentList" => said_back::<DocumentList>,
        "Found" => said_back::<Found>,
        "AskedChanges" => said_back::<AskedChanges>,
        "AuditList" => said_back::<AuditList>,
        "Changed" => said_back::<Changed>,
        "FoundPeople" => said_back::<FoundPeople>,
        "MoveDocument" => said_back::<MoveDocument>,
        "OrganisationView" => said_back::<OrganisationView>,
        "PersonLine" => said_back::<PersonLine>,
        "WhoMay" => said_back::<WhoMay>,
        "Me" => said_back::<Me>,
        "Problem" => said_back::<Problem>,
        "RenameDocument" => said_back::<RenameDocument>,
        "RosterAnswers" => said_back::<shared::api::RosterAnswers>,
        "RosterPlan" => said_back::<shared::api::RosterPlan>,
        "RosterProgress" => said_back::<shared::api::RosterProgress>,
        "SetShares" => said_back::<SetShares>,
        "Shares" => said_back::<Shares>,
        "SignIn" => said_back::<SignIn>,
        "StoredImage" => said_back::<StoredImage>,
        "TeamCard" => said_back::<TeamCard>,
        "TokenLine" => said_back::<TokenLine>,
        "Account" => said_back::<Account>,
        "ChangePassword" => said_back::<ChangePassword>,
        "Close" => said_back::<Close>,
        "Closed" => said_back::<Closed>,
        "Closing" => said_back::<Closing>,
        "ConfirmOneTime" => said_back::<ConfirmOneTime>,
        "CreatedOpenInvitation" => said_back::<CreatedOpenInvitation>,
        "EndOneTime" => said_back::<EndOneTime>,
        "Invite" => said_back::<Invite>,
        "InviteOpenly" => said_back::<InviteOpenly>,
        "Invited" => said_back::<Invited>,
        "Join" => said_back::<Join>,
        "KeptLine" => said_back::<KeptLine>,
        "OneTimeSecret" => said_back::<OneTimeSecret>,
        "RecoveryCodes" => said_back::<RecoveryCodes>,
        "SecondStep" => said_back::<SecondStep>,
        "SecondStepNeeded" => said_back::<SecondStepNeeded>,
        "SessionLine" => said_back::<SessionLine>,
        "SetProfile" => said_back::<SetProfile>,
        "SetUp" => said_back::<SetUp>,
        "SetUpOneTime" => said_back::<SetUpOneTime>,
        "SetupState" => said_back::<SetupState>,
        "StartCode" => said_back::<StartCode>,
        "SingleSignOn" => said_back::<SingleSignOn>,
        "OpenInvitation" => said_back::<OpenInvitation>,
        "CreateItem" => said_back::<CreateItem>,
        "ChangeItem" => said_back::<ChangeItem>,
        "CreatedItem" => said_back::<CreatedItem>,
        "MoveItem" => said_back::<MoveItem>,
        "AddVersion" => said_back::<AddVersion>,
        "ItemView" => said_back::<ItemView>,
        "NoteUse" => said_back::<NoteUse>,
        "CopyItem" => said_back::<CopyItem>,
        "PublishedItems" => said_back::<shared::api::PublishedItems>,
        "Chain" => said_back::<Chain>,
        "Glance" => said_back::<shared::api::Glance>,
        "SearchAnswer" => said_back::<SearchAnswer>,
        "PutVolume" => said_back::<shared::api::PutVolume>,
        "PutVolumeAnswer" => said_back::<shared::api::PutVolumeAnswer>,
        "VolumeText" => said_back::<shared::api::VolumeText>,
        "TaxonList" => said_back::<TaxonList>,
        "LibrarySchools" => said_back::<shared::api::LibrarySchools>,
        "LibraryView" => said_back::<LibraryView>,
        "Exchange" => said_back::<Exchange>,
        "FileText" => said_back::<FileText>,
        "WrittenContent" => said_back::<WrittenContent>,
        "AnswerKnown" => said_back::<shared::api::AnswerKnown>,
        "AskKnown" => said_back::<shared::api::AskKnown>,
        "QuotaView" => said_back::<shared::api::QuotaView>,
        "SetQuota" => said_back::<shared::api::SetQuota>,
        "KnownChallenge" => said_back::<shared::api::KnownChallenge>,
        "UploadCard" => said_back::<shared::api::UploadCard>,
        "UploadList" => said_back::<shared::api::UploadList>,
        "UploadRoom" => said_back::<shared::api::UploadRoom>,
        "AddLine" => said_back::<shared::api::AddLine>,
        "ChangeCollection" => said_back::<shared::api::ChangeCollection>,
        "CollectionList" => said_back::<shared::api::CollectionList>,
        "CollectionUses" => said_back::<shared::api::CollectionUses>,
        "CollectionView" => said_back::<shared::api::CollectionView>,
        "CreateCollection" => said_back::<shared::api::CreateCollection>,
        "CreatedCollection" => said_back::<shared::api::CreatedCollection>,
        "Feed" => said_back::<shared::api::Feed>,
        "MarkSeen" => said_back::<shared::api::MarkSeen>,
        "MenuList" => said_back::<shared::api::MenuList>,
        "MoveCollection" => said_back::<shared::api::MoveCollection>,
        "Subscribe" => said_back::<shared::api::Subscribe>,
        "SubscriptionList" => said_back::<shared::api::SubscriptionList>,
        "ChangeRemark" => said_back::<shared::api::ChangeRemark>,
        "DecideCorrection" => said_back::<shared::api::DecideCorrection>,
        "HideRemark" => said_back::<shared::api::HideRemark>,
        "Rate" => said_back::<shared::api::Rate>,
        "Ratings" => said_back::<shared::api::Ratings>,
        "ReadAnswers" => said_back::<shared::api::ReadAnswers>,
        "Say" => said_back::<shared::api::Say>,
        "Talk" => said_back::<shared::api::Talk>,
        "Thread" => said_back::<shared::api::Thread>,
        "WaitingList" => said_back::<shared::api::WaitingList>,
        "AskLoan" => said_back::<shared::api::AskLoan>,
        "DecideLoan" => said_back::<shared::api::DecideLoan>,
        "LoanCalendar" => said_back::<shared::api::LoanCalendar>,
        "LoanCard" => said_back::<shared::api::LoanCard>,
        "LoanList" => said_back::<shared::api::LoanList>,
        "PlanSession" => said_back::<shared::api::PlanSession>,
        "PlannedSession" => said_back::<shared::api::PlannedSession>,
        "ChangeSession" => said_back::<shared::api::ChangeSession>,
        "MoveSession" => said_back::<shared::api::MoveSession>,
        "InviteToSession" => said_back::<shared::api::InviteToSession>,
        "SessionList" => said_back::<shared::api::SessionList>,
        "SessionView" => said_back::<shared::api::SessionView>,
        "SetCode" => said_back::<shared::api::SetCode>,
        "JoinSession" => said_back::<shared::api::JoinSession>,
        "SessionAtDoor" => said_back::<shared::api::SessionAtDoor>,
        "GuestView" => said_back::<shared::api::GuestView>,
        "WriteCheck" => said_back::<shared::api::WriteCheck>,
        "DecideCheck" => said_back::<shared::api::DecideCheck>,
        "CheckAnswer" => said_back::<shared::api::CheckAnswer>,
        "CheckCard" => said_back::<shared::api::CheckCard>,
        "CheckList" => said_back::<shared::api::CheckList>,
        "CheckView" => said_back::<shared::api::CheckView>,
        "MediaCard" => said_back::<shared::api::MediaCard>,
        "SayClip" => said_back::<shared::api::SayClip>,
        "ClipCard" => said_back::<shared::api::ClipCard>,
        "ClipList" => said_back::<shared::api::ClipList>,
        "AskQuestion" => said_back::<shared::api::AskQuestion>,
        "DecideQuestion" => said_back::<shared::api::DecideQuestion>,
        "QuestionCard" => said_back::<shared::api::QuestionCard>,
        "QuestionList" => said_back::<shared::api::QuestionList>,
        "WaitingQuestions" => said_back::<shared::api::WaitingQuestions>,
        "AskForSession" => said_back::<shared::api::AskForSession>,
        "DecideWish" => said_back::<shared::api::DecideWish>,
        "WishCard" => said_back::<shared::api::WishCard>,
        "WishList" => said_back::<shared::api::WishList>,
        "AttendanceList" => said_back::<shared::api::AttendanceList>,
        "CorrectStay" => said_back::<shared::api::CorrectStay>,
        other => panic!("no type for the schema {other}"),
    }
}

/// Whether the value has exactly the shape that the schema describes: unknown fields are a mistake here.
fn fits(value: &Value, schema: &Value, description: &Value) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{value} is not {what}"));
    if let Some(reference) = schema["$ref"].as_str() {
        return fits(value, description.pointer(&reference[1..]).unwrap(), description);
    }
    for any in ["anyOf", "oneOf"] {
        if let Some(kinds) = schema[any].as_array() {
            let fitting = kinds.iter().filter(|kind| fits(value, kind, description).is_ok()).count();
            return if fitting == 1 { Ok(()) } else { wrong(&format!("exactly one of {any}")) };
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(value, part, description)?;
    }
    if let Some(named) = schema["enum"].as_array()
        && !named.contains(value)
    {
        return wrong("in the enumeration");
    }
    if let Some(only) = schema.get("const")
        && value != only
    {
        return wrong(&only.to_string());
    }
    match (schema["type"].as_str(), value) {
        (Some("object"), Value::Object(map)) => {
            let known = schema["properties"].as_object().unwrap();
            for required in schema["required"].as_array().into_iter().flatten() {
                if !map.contains_key(required.as_str().unwrap()) {
                    return wrong(&format!("complete without {required}"));
                }
            }
            map.iter().try_for_each(|(name, value)| match known.get(name) {
                Some(schema) => fits(value, schema, description),
                None => wrong(&format!("described: {name}")),
            })
        }
        (Some("array"), Value::Array(values)) => {
            values.iter().try_for_each(|value| fits(value, &schema["items"], description))
        }
        (Some("string"), Value::String(text)) => {
            let longest = schema["maxLength"].as_u64().unwrap_or(u64::MAX);
            if text.chars().count() as u64 <= longest { Ok(()) } else { wrong("short enough") }
        }
        (Some("integer"), Value::Number(number)) if number.is_i64() => Ok(()),
        (Some("boolean"), Value::Bool(_)) | (Some("null"), Value::Null) | (None, _) => Ok(()),
        (Some(kind), _) => wrong(kind),
    }
}

/// Every `{schema, example}` in the description.
fn examples<'a>(value: &'a Value, found: &mut Vec<(&'a Value, &'a Value)>) {
    match value {
        Value::Object(map) => {
            if let (Some(schema), Some(example)) = (map.get("schema"), map.get("example")) {
                found.push((schema, example));
            }
            map.values().for_each(|value| examples(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| examples(value, found)),
        _ => {}
    }
}

#[test]
fn every_body_has_an_example_that_its_schema_and_its_type_agree_on() {
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let mut found = Vec::new();
    examples(&description, &mut found);
    let mut shown = BTreeSet::new();
    for (schema, example) in found {
        fits(example, schema, &description).unwrap();
        // What may be `null` is shown with something.
        let schema = schema["anyOf"].get(0).unwrap_or(schema);
        let (name, bodies) = match schema["$ref"].as_str() {
            Some(reference) => (reference, vec![example]),
            None => (schema["items"]["$ref"].as_str().unwrap(), example.as_array().unwrap().iter().collect()),
        };
        let name = name.rsplit('/').next().unwrap();
        for body in bodies {
            assert_eq!(body_of(name)(body).as_ref(), Ok(body), "{name}");
        }
        shown.insert(name.to_owned());
    }
    // A part is shown in the bodies that have it.
    let parts = [
        "AttendanceStay",
        "WaitingQuestion",
        "MediaKind",
        "CheckKind",
        "CheckState",
        "CheckResults",
        "SchoolCounted",
        "Counted",
        "NamedAnswer",
        "BoardPlace",
        "QuestionState",
        "GuestLine",
        "LeadView",
        "SignLine",
        "AttendeeCard",
        "InvitedLine",
        "SessionCard",
        "Invitation",
        "Role",
        "TutoringState",
        "TutoringKind",
        "AuditLine",
        "Author",
        "AuthorCard",
        "ByteRange",
        "CollectionCard",
        "CollectionLine",
        "CorrectionCard",
        "CorrectionState",
        "Deed",
        "DocumentKind",
        "ExchangeLine",
        "LibrarySchool",
        "FeedLine",
        "FileCard",
        "FileFacts",
        "GlanceGroup",
        "Grantee",
        "Group",
        "GroupKind",
        "Hit",
        "ItemCard",
        "ItemKind",
        "Licence",
        "LoanLine",
        "LoanState",
        "Membership",
        "MenuCard",
        "Misfit",
        "NamedCount",
        "Person",
        "PersonCard",
        "Piece",
        "Place",
        "PlaceName",
        "Placing",
        "Post",
        "RatingCard",
        "Record",
        "Region",
        "RemarkCard",
        "RemarkKind",
        "Right",
        "RosterPreview",
        "RosterRow",
        "RosterSchoolAnswer",
        "RosterSchoolQuestion",
        "RosterTeamAnswer",
        "RosterTeamQuestion",
        "RosterTrouble",
        "School",
        "SchoolCard",
        "Scope",
        "Seat",
        "SeatLine",
        "Share",
        "ShareLine",
        "Shelf",
        "ShelfCard",
        "Substance",
        "Taxon",
        "Team",
        "TermName",
        "TitledDocument",
        "TitledItem",
        "TopicCard",
        "Unfit",
        "UploadState",
        "UseLine",
        "UsedItem",
        "Verdict",
        "VersionCard",
        "Vocabulary",
        "WaitingLine",
        "Warning",
        "WhoLine",
        "Why",
        "WishState",
        "WishedLine",
        "WishedTime",
        "Wording",
    ];
    let described: BTreeSet<String> =
        description["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    shown.extend(parts.map(str::to_owned));
    assert_eq!(shown, described);
}

#[test]
fn a_problem_shown_is_one_that_the_server_sends() {
    use super::super::refusal::{Language, Refusal};
    let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
    let sent: Vec<Value> =
        Refusal::ALL.iter().map(|refusal| serde_json::to_value(refusal.problem(Language::Chinese)).unwrap()).collect();
    for (name, response) in description["components"]["responses"].as_object().unwrap() {
        let example = &response["content"]["application/problem+json"]["example"];
        assert!(sent.contains(example), "{name}: {example}");
    }
}
