//! What is written in collections, for the search: found and shown as far as somebody sees the lines it stands on (ADR 28).

use shared::access::DocumentAccess;
use shared::words::CollectionId;

use super::search::Part;
use crate::store::LineWords;

/// What is said of items that the same people see, and the headings above it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartText {
    pub part: Part,
    pub text: String,
}

/// The lines in parts, each of which one sees whole or not at all.
pub fn parts(collection: &CollectionId, lines: &[LineWords]) -> Vec<PartText> {
    let mut texts: Vec<(&DocumentAccess, Vec<&str>)> = Vec::new();
    let mut heading = None;
    for line in lines {
        let (note, access) = match line {
            LineWords::Heading(text) => {
                heading = Some(text.as_str());
                continue;
            }
            LineWords::Note(note, access) => (note.as_str(), access),
        };
        let place = texts.iter().position(|(known, _)| *known == access).unwrap_or_else(|| {
            texts.push((access, Vec::new()));
            texts.len() - 1
        });
        let (_, said) = &mut texts[place];
        // Once in each part, before the first of the items under it.
        said.extend(heading.filter(|heading| !said.contains(heading)));
        said.extend(Some(note).filter(|note| !note.is_empty()));
    }
    let texts = texts.into_iter().filter(|(_, said)| !said.is_empty());
    let part = |(access, said): (&DocumentAccess, Vec<&str>)| {
        let text = said.join("\n");
        let id = part_id(collection, access, &text);
        PartText { part: Part { id, access: access.clone() }, text }
    };
    texts.map(part).collect()
}

/// What somebody may read of the lines, in their order: notes on items that they see, and headings with such items under
/// them.
pub fn readable(lines: &[LineWords], sees: impl Fn(&DocumentAccess) -> bool) -> String {
    let mut said: Vec<&str> = Vec::new();
    let mut heading = None;
    for line in lines {
        match line {
            LineWords::Heading(text) => heading = Some(text.as_str()),
            LineWords::Note(note, access) if sees(access) => {
                said.extend(heading.take());
                said.extend(Some(note.as_str()).filter(|note| !note.is_empty()));
            }
            LineWords::Note(..) => {}
        }
    }
    said.join("\n")
}

/// The same wherever it is reckoned, and another for another text.
fn part_id(collection: &CollectionId, access: &DocumentAccess, text: &str) -> u64 {
    let DocumentAccess { author, shelf, shares: _, binned: _, session: _ } = access;
    let mut hasher = blake3::Hasher::new();
    for said in [collection.as_str(), author.as_str(), &shelf.to_string(), text] {
        hasher.update(&(said.len() as u64).to_le_bytes());
        hasher.update(said.as_bytes());
    }
    let hash = hasher.finalize();
    let mut id = [0; 8];
    id.copy_from_slice(&hash.as_bytes()[..8]);
    // 0 is a whole text.
    u64::from_le_bytes(id).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(shelf: &str) -> DocumentAccess {
        let author = "ma".parse().unwrap();
        DocumentAccess { author, shelf: shelf.parse().unwrap(), shares: Vec::new(), binned: false, session: None }
    }

    fn lines() -> Vec<LineWords> {
        let note = |text: &str, shelf| LineWords::Note(text.to_owned(), access(shelf));
        let heading = |text: &str| LineWords::Heading(text.to_owned());
        vec![
            note("先看这个", "school:liuxi"),
            heading("折纸"),
            note("", "school:liuxi"),
            note("留给自己", "person:ma"),
            heading("秘密"),
            note("还没写完", "person:ma"),
            heading("没有了"),
        ]
    }

    #[test]
    fn each_part_has_what_those_see_who_see_its_items() {
        let collection: CollectionId = "c1".parse().unwrap();
        let parts = parts(&collection, &lines());
        let said: Vec<_> = parts.iter().map(|one| (one.part.access.shelf.to_string(), one.text.as_str())).collect();
        assert_eq!(
            said,
            [("school:liuxi".into(), "先看这个\n折纸"), ("person:ma".into(), "折纸\n留给自己\n秘密\n还没写完")]
        );
    }

    #[test]
    fn a_part_is_another_one_as_soon_as_it_says_or_lies_otherwise() {
        let collection: CollectionId = "c1".parse().unwrap();
        let id = |shelf, text| part_id(&collection, &access(shelf), text);
        let all = [id("school:a", "x"), id("school:b", "x"), id("school:a", "y"), id("person:a", "x")];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one));
        }
        assert_eq!(all[0], id("school:a", "x"));
        assert_ne!(all[0], part_id(&"c2".parse().unwrap(), &access("school:a"), "x"));
    }

    #[test]
    fn what_is_shown_has_nothing_of_lines_that_are_not_seen() {
        let shelf = |access: &DocumentAccess| access.shelf.to_string() == "school:liuxi";
        for (shown, expected) in [
            (readable(&lines(), shelf), "先看这个\n折纸"),
            (readable(&lines(), |_| true), "先看这个\n折纸\n留给自己\n秘密\n还没写完"),
            (readable(&lines(), |_| false), ""),
        ] {
            assert_eq!(shown, expected);
        }
    }
}
