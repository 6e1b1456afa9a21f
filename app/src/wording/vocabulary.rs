//! A region's vocabulary as lines of a form: every list looks the same there.

use shared::access::Right;
use shared::organisation::{BodyKind, GroupKind, Post, Reach, Sizes, Stage, Term, Vocabulary, Wording};
use shared::words::{Span, UnixMillis};

use super::day::{read_day, write_day};

#[cfg(test)]
mod tests;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Subjects,
    Domains,
    Stages,
    Terms,
    Posts,
    Kinds,
}

impl List {
    pub const ALL: [List; 6] = [List::Subjects, List::Domains, List::Stages, List::Terms, List::Posts, List::Kinds];

    /// Whether records name its words by an id.
    pub fn has_ids(self) -> bool {
        match self {
            List::Posts | List::Kinds => true,
            List::Subjects | List::Domains | List::Stages | List::Terms => false,
        }
    }

    /// What a new line has beside its names.
    fn usual_settings(self) -> &'static [&'static str] {
        match self {
            List::Subjects | List::Domains => &[],
            List::Stages => &[""],
            List::Terms => &["", ""],
            List::Posts => &["school", "view", "", ""],
            List::Kinds => &["nothing", "nothing"],
        }
    }
}

/// Places in [`Entry::fields`]: the names first, then the settings of the list.
pub const ZH: usize = 0;
pub const EN: usize = 1;
pub const FIRST: usize = 2;
pub const SECOND: usize = 3;
pub const SPANS: usize = 4;
pub const FOR_A_TIME: usize = 5;

/// A box that is ticked.
pub const TICKED: &str = "yes";

pub const REACHES: [(Reach, &str); 3] =
    [(Reach::Nothing, "nothing"), (Reach::Shelves, "shelves"), (Reach::Drafts, "drafts")];
pub const PLACES: [(BodyKind, &str); 3] =
    [(BodyKind::Group, "group"), (BodyKind::School, "school"), (BodyKind::Team, "team")];
pub const RIGHTS: [(Right, &str); 5] = [
    (Right::View, "view"),
    (Right::Comment, "comment"),
    (Right::Suggest, "suggest"),
    (Right::Edit, "edit"),
    (Right::Manage, "manage"),
];

/// What local time adds to UTC at a moment, in minutes.
pub type Offset = fn(UnixMillis) -> i64;

/// One word: its names and, as text, what else the form asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Empty in lists whose words have no id.
    pub id: String,
    pub fields: Vec<String>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    NoName,
    Twice,
    Dates,
}

/// What would become of a list, as names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub list: List,
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
    pub moved: bool,
}

impl Entry {
    pub fn new(list: List, id: String) -> Self {
        Self::of(id, &Wording::new("", ""), list.usual_settings())
    }

    fn of(id: String, name: &Wording, settings: &[&str]) -> Self {
        let settings = settings.iter().map(|setting| (*setting).to_owned());
        Self { id, fields: [name.zh.clone(), name.en.clone()].into_iter().chain(settings).collect() }
    }

    /// As it would be stored: no white space around, and the Chinese name where there is no English one.
    fn tidied(&self) -> Self {
        let mut fields: Vec<_> = self.fields.iter().map(|field| field.trim().to_owned()).collect();
        if fields[EN].is_empty() {
            fields[EN] = fields[ZH].clone();
        }
        Self { id: self.id.clone(), fields }
    }

    fn name(&self) -> Wording {
        Wording::new(&self.fields[ZH], &self.fields[EN])
    }

    fn ticks(&self, field: usize) -> bool {
        self.fields[field] == TICKED
    }

    /// What stays of a word whatever else is changed.
    fn key(&self) -> &str {
        if self.id.is_empty() { &self.fields[ZH] } else { &self.id }
    }

    fn span(&self, offset: Offset) -> Option<Span> {
        let since = begin(&self.fields[FIRST], offset)?;
        let until = match self.fields[SECOND].as_str() {
            "" => None,
            day => Some(UnixMillis(begin(day, offset)?.0 + UnixMillis::DAY)),
        };
        Some(Span { since, until }).filter(|span| span.is_in_order())
    }
}

/// The lines of a list as they are stored.
pub fn entries(words: &Vocabulary, list: List, offset: Offset) -> Vec<Entry> {
    let plain = |name: &Wording| Entry::of(String::new(), name, &[]);
    let tick = |ticked: bool| if ticked { TICKED } else { "" };
    match list {
        List::Subjects => words.subjects.iter().map(plain).collect(),
        List::Domains => words.domains.iter().map(plain).collect(),
        List::Stages => {
            let of = |stage: &Stage| Entry::of(String::new(), &stage.name, &[&stage.grades.join("、")]);
            words.stages.iter().map(of).collect()
        }
        List::Terms => {
            let of = |term: &Term| {
                let [first, last] = days(term.span, offset);
                Entry::of(String::new(), &term.name, &[&first, &last])
            };
            words.terms.iter().map(of).collect()
        }
        List::Posts => {
            let of = |post: &Post| {
                let settings =
                    [key(&PLACES, post.at), key(&RIGHTS, post.right), tick(post.spans), tick(post.for_a_time)];
                Entry::of(post.id.to_string(), &post.name, &settings)
            };
            words.posts.iter().map(of).collect()
        }
        List::Kinds => {
            let of = |kind: &GroupKind| {
                let settings = [key(&REACHES, kind.lead_reads), key(&REACHES, kind.members_read)];
                Entry::of(kind.id.to_string(), &kind.name, &settings)
            };
            words.kinds.iter().map(of).collect()
        }
    }
}

/// The vocabulary with these lines; `None` as long as one of them is wrong.
pub fn vocabulary(
    before: &Vocabulary,
    lists: &[(List, Vec<Entry>)],
    sizes: Sizes,
    offset: Offset,
) -> Option<Vocabulary> {
    let mut words = Vocabulary { sizes, ..before.clone() };
    for (list, lines) in lists {
        let lines: Vec<_> = lines.iter().map(Entry::tidied).collect();
        if wrongs(*list, &lines, offset).iter().any(Option::is_some) {
            return None;
        }
        let lines = lines.iter();
        match list {
            List::Subjects => words.subjects = lines.map(Entry::name).collect(),
            List::Domains => words.domains = lines.map(Entry::name).collect(),
            List::Stages => {
                words.stages =
                    lines.map(|line| Stage { name: line.name(), grades: grades(&line.fields[FIRST]) }).collect();
            }
            List::Terms => words.terms = lines.map(|line| term(before, line, offset)).collect::<Option<_>>()?,
            List::Posts => words.posts = lines.map(post).collect::<Option<_>>()?,
            List::Kinds => words.kinds = lines.map(kind).collect::<Option<_>>()?,
        }
    }
    Some(words)
}

/// A day that nobody has changed keeps its moment, which need not be a midnight.
fn term(before: &Vocabulary, line: &Entry, offset: Offset) -> Option<Term> {
    let kept =
        before.terms.iter().map(|term| term.span).find(|span| line.fields[FIRST..=SECOND] == days(*span, offset));
    Some(Term { name: line.name(), span: kept.or_else(|| line.span(offset))? })
}

fn post(line: &Entry) -> Option<Post> {
    Some(Post {
        id: line.id.parse().ok()?,
        name: line.name(),
        at: named(&PLACES, &line.fields[FIRST])?,
        right: named(&RIGHTS, &line.fields[SECOND])?,
        spans: line.ticks(SPANS),
        for_a_time: line.ticks(FOR_A_TIME),
    })
}

fn kind(line: &Entry) -> Option<GroupKind> {
    Some(GroupKind {
        id: line.id.parse().ok()?,
        name: line.name(),
        lead_reads: named(&REACHES, &line.fields[FIRST])?,
        members_read: named(&REACHES, &line.fields[SECOND])?,
    })
}

/// What is wrong with each line of a list. A post may have the name of one elsewhere.
pub fn wrongs(list: List, lines: &[Entry], offset: Offset) -> Vec<Option<Wrong>> {
    let of = |line: &Entry, field: usize| line.fields[field].trim().to_owned();
    let place = |line: &Entry| if list == List::Posts { of(line, FIRST) } else { String::new() };
    let same = |one: &Entry, other: &Entry| of(one, ZH) == of(other, ZH) && place(one) == place(other);
    let wrong = |(at, line): (usize, &Entry)| {
        if of(line, ZH).is_empty() {
            Some(Wrong::NoName)
        } else if lines[..at].iter().any(|other| same(other, line)) {
            Some(Wrong::Twice)
        } else {
            (list == List::Terms && line.span(offset).is_none()).then_some(Wrong::Dates)
        }
    };
    lines.iter().enumerate().map(wrong).collect()
}

/// What would become of a list, with names in the language of field `name`; nothing if it stays as it is.
pub fn difference(list: List, before: &[Entry], after: &[Entry], name: usize) -> Option<Difference> {
    let [before, after] = [before, after].map(|lines| lines.iter().map(Entry::tidied).collect::<Vec<_>>());
    let (before, after) = (before.as_slice(), after.as_slice());
    if before == after {
        return None;
    }
    let find = |among: &[Entry], entry: &Entry| among.iter().find(|other| other.key() == entry.key()).cloned();
    let missing_in = |among: &[Entry], of: &[Entry]| -> Vec<String> {
        of.iter().filter(|entry| find(among, entry).is_none()).map(|entry| entry.fields[name].clone()).collect()
    };
    let keys_in = |of: &[Entry], among: &[Entry]| -> Vec<String> {
        of.iter().filter(|entry| find(among, entry).is_some()).map(|entry| entry.key().to_owned()).collect()
    };
    let is_changed = |entry: &&Entry| find(before, entry).is_some_and(|before| before != **entry);
    Some(Difference {
        list,
        added: missing_in(before, after),
        removed: missing_in(after, before),
        changed: after.iter().filter(is_changed).map(|entry| entry.fields[name].clone()).collect(),
        moved: keys_in(before, after) != keys_in(after, before),
    })
}

/// Grades as one writes them in a line, each once.
fn grades(text: &str) -> Vec<String> {
    let mut grades = Vec::<String>::new();
    for grade in text.split(['、', '，', ',', '；', ';']).map(str::trim) {
        if !grade.is_empty() && grades.iter().all(|known| known != grade) {
            grades.push(grade.to_owned());
        }
    }
    grades
}

/// The first and the last day; a span that has no end has no last day.
fn days(span: Span, offset: Offset) -> [String; 2] {
    let day = |at: UnixMillis| write_day(at, offset(at));
    [day(span.since), span.until.map(|until| day(UnixMillis(until.0 - 1))).unwrap_or_default()]
}

fn begin(day: &str, offset: Offset) -> Option<UnixMillis> {
    let near = read_day(day, 0)?;
    read_day(day, offset(near))
}

fn key<S: PartialEq>(table: &[(S, &'static str)], of: S) -> &'static str {
    table.iter().find(|(known, _)| *known == of).map_or("", |(_, key)| key)
}

fn named<S: Copy>(table: &[(S, &str)], key: &str) -> Option<S> {
    table.iter().find(|(_, known)| *known == key).map(|(of, _)| *of)
}
