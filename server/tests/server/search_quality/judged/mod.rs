//! What teachers type into the search, and what of the demo library they should find among the first ten.
//!
//! Judged by the items alone, not by what any search answers.

use std::sync::LazyLock;

use server::clock;
use server::demo::library::DemoItem;
use server::demo::organisation;
use shared::access::{self, DocumentAccess};
use shared::api::Author;
use shared::library::{Facet, FileKind, ItemKind};
use shared::organisation::Directory;
use shared::words::UserId;

pub mod collected;
mod filtered;
mod hidden;
mod spoken;
mod words;

/// A query with its judgement.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// What sort of query it is, to say which are answered badly.
    pub family: &'static str,
    /// The login of whoever asks.
    pub asker: &'static str,
    pub query: &'static str,
    pub filters: &'static [(Facet, &'static str)],
    pub expects: Expect,
}

/// What should be found.
#[derive(Debug, Clone, Copy)]
pub enum Expect {
    /// Just these.
    Ids(&'static [&'static str]),
    /// Whatever all of the rules hold for.
    All(&'static [Rule]),
    /// Whatever one of the rules holds for.
    Any(&'static [Rule]),
    /// None of these, whatever else is found.
    Hidden(&'static [&'static str]),
    /// Nothing at all.
    Nothing,
}

/// What makes an item one that is meant.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Its title has these characters one after another.
    Title(&'static str),
    /// Its title, description or the text of its newest files has them.
    Text(&'static str),
    Tag(&'static str),
    Kind(ItemKind),
    /// It is placed there or below.
    At(&'static str),
    Subject(&'static str),
    Grade(&'static str),
    Stage(&'static str),
    /// Put in or made by that person, by login, or by somebody of that name.
    By(&'static str),
    /// Put in by somebody of that school.
    From(&'static str),
    File(FileKind),
}

/// A query of 林秀兰.
pub const fn ask(query: &'static str, expects: Expect) -> Judged {
    Judged { family: "", asker: "lin", query, filters: &[], expects }
}

impl Judged {
    pub const fn by(self, asker: &'static str) -> Self {
        Self { asker, ..self }
    }

    pub const fn only(self, filters: &'static [(Facet, &'static str)]) -> Self {
        Self { filters, ..self }
    }
}

static ALL: LazyLock<Vec<Judged>> = LazyLock::new(|| {
    let families = [words::FAMILIES, spoken::FAMILIES, filtered::FAMILIES, hidden::FAMILIES];
    let families = families.into_iter().flatten();
    families.flat_map(|(family, judged)| judged.iter().map(|one| Judged { family, ..*one })).collect()
});

/// All of them.
pub fn judged() -> &'static [Judged] {
    &ALL
}

/// The ids of the items that should be found, as far as the asker may see them.
pub fn relevant<'a>(judged: &Judged, items: &'a [DemoItem]) -> Vec<&'a str> {
    let meant = |item: &DemoItem| match judged.expects {
        Expect::Ids(ids) => ids.contains(&item.id.as_str()),
        Expect::All(rules) => rules.iter().all(|rule| rule.holds(item)),
        Expect::Any(rules) => rules.iter().any(|rule| rule.holds(item)),
        Expect::Hidden(_) | Expect::Nothing => false,
    };
    let found = items.iter().filter(|item| meant(item) && sees(judged.asker, item));
    found.map(|item| item.id.as_str()).collect()
}

static DIRECTORY: LazyLock<Directory> =
    LazyLock::new(|| Directory::of(organisation::records(clock::now()).expect("the demo's records are well formed")));

/// Whether that person may see the item.
pub fn sees(login: &str, item: &DemoItem) -> bool {
    let person: UserId = login.parse().expect("a login of the demo");
    let author = item.by.parse().expect("a login of the demo");
    let access = DocumentAccess { author, shelf: item.shelf.clone(), shares: Vec::new(), binned: false, session: None };
    access::right(&DIRECTORY, &person, &access, clock::now()).is_some()
}

impl Rule {
    fn holds(self, item: &DemoItem) -> bool {
        let files = || item.versions.last().into_iter().flat_map(|version| &version.files);
        match self {
            Rule::Title(text) => item.title.contains(text),
            Rule::Text(text) => {
                item.title.contains(text)
                    || item.description.contains(text)
                    || files().any(|file| file.text.contains(text))
            }
            Rule::Tag(tag) => item.tags.iter().any(|own| own.as_str() == tag),
            Rule::Kind(kind) => item.kind == kind,
            Rule::At(place) => item.placing.taxon.as_ref().is_some_and(|taxon| {
                taxon.as_str().strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            }),
            Rule::Subject(subject) => item.placing.subject == subject,
            Rule::Grade(grade) => item.placing.grade == grade,
            Rule::Stage(stage) => item.placing.stage == stage,
            Rule::By(name) => {
                item.by == name
                    || item.authors.iter().any(|author| match author {
                        Author::Person(login) => login.as_str() == name,
                        Author::Name(other) => other == name,
                    })
            }
            Rule::From(school) => {
                organisation::PEOPLE.iter().any(|person| person.login == item.by && person.school == school)
            }
            Rule::File(kind) => files().any(|file| file.facts.kind == kind),
        }
    }
}
