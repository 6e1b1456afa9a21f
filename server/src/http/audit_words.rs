//! What the audit log says, in the words of its page: one file has them for both.

use std::collections::HashMap;
use std::sync::LazyLock;

use shared::api::ImportDetails;
use shared::organisation::{Body, Directory, Record, Wording};

use super::audit_export::record;
use super::refusal::Language;
use crate::store::StoredAudit;

const CHINESE: &str = include_str!("../../../app/locales/zh-CN.json");
const ENGLISH: &str = include_str!("../../../app/locales/en.json");

type Words = HashMap<String, String>;

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| [CHINESE, ENGLISH].map(read));

/// The part about the log.
fn read(file: &str) -> Words {
    #[derive(serde::Deserialize)]
    struct File {
        audit: Words,
    }
    serde_json::from_str::<File>(file).map(|file| file.audit).unwrap_or_default()
}

/// What stands over a column, or in a cell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    At,
    Actor,
    Deed,
    Subject,
    School,
    Source,
    Number,
    Checksum,
    /// Where somebody did it themselves.
    ByPerson,
}

impl Column {
    pub const ALL: [Self; 8] =
        [Self::At, Self::Actor, Self::Deed, Self::Subject, Self::School, Self::Source, Self::Number, Self::Checksum];
}

pub fn column(language: Language, column: Column) -> &'static str {
    let (chinese, english) = match column {
        Column::At => ("时间", "time"),
        Column::Actor => ("谁", "who"),
        Column::Deed => ("做了什么", "what was done"),
        Column::Subject => ("对象", "to whom or what"),
        Column::School => ("学校", "school"),
        Column::Source => ("来源", "source"),
        Column::Number => ("序号", "number"),
        Column::Checksum => ("校验值", "checksum"),
        Column::ByPerson => ("登录的人", "somebody signed in"),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

/// Words of the page by their key.
pub fn other(language: Language, key: &str) -> &'static str {
    let [chinese, english] = &*WORDS;
    let words = match language {
        Language::Chinese => chinese,
        Language::English => english,
    };
    words.get(key).map_or("", String::as_str)
}

/// What was done, without who did it; `name` is that of whom it was done to.
pub fn sentence(language: Language, directory: &Directory, line: &StoredAudit, name: &str) -> String {
    let record = record(line);
    let place_name = |body: &Body| directory.name_of(body).unwrap_or_default().to_owned();
    let (place, post) = match &record {
        Some(Record::Seat(seat)) => {
            let post = directory.post(seat).map(|post| word(language, &post.name));
            (place_name(&seat.body), post.unwrap_or_default())
        }
        Some(Record::Membership(place)) => (place_name(&Body::Group(place.group.clone())), String::new()),
        Some(Record::Team(team)) => (place_name(&team.home), String::new()),
        Some(Record::Region(_) | Record::Group(_) | Record::School(_) | Record::Person(_)) | None => Default::default(),
    };
    let own_name = match &record {
        Some(Record::Region(region)) => Some(&region.name),
        Some(Record::Group(group)) => Some(&group.name),
        Some(Record::School(school)) => Some(&school.name),
        Some(Record::Team(team)) => Some(&team.name),
        Some(Record::Person(person)) => Some(&person.name),
        Some(Record::Membership(_) | Record::Seat(_)) | None => None,
    };
    let name = if name.is_empty() { own_name.map_or("", String::as_str) } else { name };
    let dissolved = matches!(&record, Some(Record::Team(team)) if team.ended.is_some());
    let template = other(language, key(&line.act, dissolved));
    if let Ok(did) = serde_json::from_value::<ImportDetails>(line.details.clone()) {
        return imported(language, template, &did);
    }
    let or_gone = |known: &str| if known.is_empty() { other(language, "gone").to_owned() } else { known.to_owned() };
    filled(template, &[("name", &or_gone(name)), ("place", &or_gone(&place)), ("post", &or_gone(&post))])
}

/// The template with each `{{ key }}` in it replaced, once: what is put in is nobody's template.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{ ") {
        let Some((key, behind)) = after.split_once(" }}") else { break };
        said += before;
        said += values.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value);
        rest = behind;
    }
    said + rest
}

/// A table that was imported, or taken back.
fn imported(language: Language, template: &str, did: &ImportDetails) -> String {
    let ImportDetails { people, new_people: _, schools, teams } = did;
    let mut said = filled(template, &[("people", &people.to_string())]);
    for (key, count) in [("made_schools", schools.len()), ("made_teams", *teams)].into_iter().filter(|(_, n)| *n > 0) {
        said += &filled(other(language, key), &[("count", &count.to_string())]);
    }
    said
}

fn word(language: Language, wording: &Wording) -> String {
    match language {
        Language::Chinese => wording.zh.clone(),
        Language::English => wording.en.clone(),
    }
}

/// Which of the page's sentences says an act.
fn key(act: &str, dissolved: bool) -> &'static str {
    match act {
        "seat.added" => "seat_added",
        "seat.ended" => "seat_ended",
        "seat.changed" => "seat_changed",
        "seat.removed" => "seat_removed",
        "membership.added" => "school_joined",
        "membership.ended" => "school_left",
        "membership.changed" => "membership_changed",
        "membership.removed" => "membership_removed",
        "person.added" => "person_added",
        "person.suspended" => "person_suspended",
        "person.resumed" => "person_resumed",
        "person.closed" => "person_closed",
        "team.added" => "team_added",
        "team.changed" if dissolved => "team_dissolved",
        "document.moved" => "document_moved",
        "item.added" => "item_added",
        "item.changed" | "item.version-added" | "item.moved" => "item_changed",
        "item.binned" => "item_binned",
        "item.restored" => "item_restored",
        "collection.added" => "collection_added",
        "collection.changed" | "collection.moved" => "collection_changed",
        "collection.binned" => "collection_binned",
        "collection.restored" => "collection_restored",
        "item.removed" => "item_removed",
        "quota.set" => "quota_set",
        "textbooks.changed" => "textbooks_changed",
        "menu.published" => "menu_published",
        "menu.ended" => "menu_ended",
        "roster.imported" => "imported",
        "roster.taken-back" => "taken_back",
        "person.invited" => "invited",
        "invitation.opened" => "opened",
        "invitation.ended" => "invitation_ended",
        "document.shared" => "document_shared",
        "tutoring.planned" => "tutoring_planned",
        "tutoring.wish-accepted" | "tutoring.wish-declined" => "tutoring_wish_decided",
        "tutoring.changed" | "tutoring.code-made" | "tutoring.code-ended" => "tutoring_changed",
        "tutoring.invited" => "tutoring_invited",
        "tutoring.opened" => "tutoring_opened",
        "tutoring.ended" => "tutoring_ended",
        "tutoring.cancelled" => "tutoring_cancelled",
        "tutoring.answered" => "tutoring_answered",
        "tutoring.clip-removed" => "tutoring_clip_removed",
        "tutoring.check-opened" => "tutoring_check_opened",
        "tutoring.check-closed" => "tutoring_check_closed",
        "tutoring.sent-away"
        | "tutoring.let-in"
        | "tutoring.let-return"
        | "tutoring.pen-given"
        | "tutoring.pen-taken" => "tutoring_people",
        "document.binned" => "document_binned",
        "document.restored" => "document_restored",
        "password.set" => "password_set",
        "one-time.begun" => "one_time_begun",
        "one-time.ended" => "one_time_ended",
        "sign-on.linked" => "sign_on_linked",
        act => match act.rsplit_once('.') {
            Some((_, "added")) => "added",
            Some((_, "changed")) => "changed",
            Some((_, "removed")) => "removed",
            Some(_) | None => "other",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_template() {
        let values = [("name", "{{ place }}"), ("place", "柳溪小学")];
        assert_eq!(filled("把 {{ name }} 加进 {{ place }}{{ post }}。", &values), "把 {{ place }} 加进 柳溪小学。");
        assert_eq!(filled("{{ 半个", &values), "{{ 半个");
    }

    /// Of the page, whose sentences these are.
    const PAGE: &str = include_str!("../../../app/src/pages/office/audit.rs");

    #[test]
    fn each_act_is_said_as_the_page_says_it() {
        let mut compared = 0;
        for line in PAGE.lines().filter_map(|line| line.trim().strip_prefix('"')) {
            let Some((act, rest)) = line.split_once("\" ") else { continue };
            let Some((_, said)) = rest.split_once("t_string!(i18n, audit.") else { continue };
            let said: String = said.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if act.contains('.') && rest.contains("=>") {
                assert_eq!(key(act, rest.starts_with("if dissolved")), said, "{act}");
                compared += 1;
            }
        }
        assert!(compared >= 25, "the page is read: {compared}");
    }

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        let acts = ["seat.added", "membership.ended", "team.changed", "person.invited", "region.removed", "what.ever"];
        for language in [Language::Chinese, Language::English] {
            for act in acts {
                for dissolved in [false, true] {
                    assert_ne!(other(language, key(act, dissolved)), "", "{act} in {language:?}");
                }
            }
            assert_ne!(other(language, "server"), "");
        }
    }
}
