//! What the page of the library is asked to show: it stands in the address, so that back, reload and bookmarks work.

use std::collections::BTreeMap;

use shared::library::{Facet, Scope, Sort};
use shared::words::ItemId;

/// The question, and the item that lies open beside its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub question: Question,
    pub open: Option<ItemId>,
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As typed.
    pub q: String,
    pub scope: Scope,
    pub filters: BTreeMap<Facet, Vec<String>>,
    pub sort: Sort,
}

impl Default for Question {
    fn default() -> Self {
        Self { q: String::new(), scope: Scope::Everywhere, filters: BTreeMap::new(), sort: Sort::Relevance }
    }
}

impl Question {
    pub fn has(&self, facet: Facet, value: &str) -> bool {
        self.filters.get(&facet).is_some_and(|values| values.iter().any(|known| known == value))
    }

    /// The same with a value of a facet chosen, or not any more.
    pub fn toggled(mut self, facet: Facet, value: &str) -> Self {
        let values = self.filters.entry(facet).or_default();
        match values.iter().position(|known| known == value) {
            Some(at) => drop(values.remove(at)),
            None => values.push(value.to_owned()),
        }
        self.filters.retain(|_, values| !values.is_empty());
        self
    }

    /// How many values are chosen.
    pub fn chosen(&self) -> usize {
        self.filters.values().map(Vec::len).sum()
    }

    /// Names and values, as the API and the page's address have them. What is usual is left out.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        if self.scope != Scope::Everywhere {
            pairs.push(("in", self.scope.to_string()));
        }
        if self.sort != Sort::Relevance {
            pairs.push(("sort", self.sort.as_str().to_owned()));
        }
        for (facet, values) in &self.filters {
            pairs.extend(values.iter().map(|value| (facet.as_str(), value.clone())));
        }
        pairs
    }
}

impl Asked {
    /// Reads names and values of an address. What means nothing is passed over: anybody can write an address.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut asked = Self { question: Question::default(), open: None };
        let question = &mut asked.question;
        for (name, value) in pairs {
            match name {
                "q" => question.q = value.to_owned(),
                "in" => question.scope = value.parse().unwrap_or_default(),
                "sort" => question.sort = Sort::named(value).unwrap_or(Sort::Relevance),
                "item" => asked.open = value.parse().ok(),
                name => {
                    if let Some(facet) = Facet::named(name).filter(|_| !value.is_empty()) {
                        let values = question.filters.entry(facet).or_default();
                        if !values.iter().any(|known| known == value) {
                            values.push(value.to_owned());
                        }
                    }
                }
            }
        }
        asked
    }

    /// The page's address.
    pub fn address(&self, encode: impl Fn(&str) -> String) -> String {
        let open = self.open.as_ref().map(|item| ("item", item.to_string()));
        joined("/library", self.question.pairs().into_iter().chain(open), encode)
    }
}

/// The address that the API is asked at, for `limit` results after the first `after`.
pub fn api_address(question: &Question, after: u32, limit: u32, encode: impl Fn(&str) -> String) -> String {
    let page = [("after", after), ("limit", limit)].map(|(name, number)| (name, number.to_string()));
    let page = page.into_iter().filter(|(name, number)| *name != "after" || number != "0");
    joined("/api/search", question.pairs().into_iter().chain(page), encode)
}

fn joined(path: &str, pairs: impl Iterator<Item = (&'static str, String)>, encode: impl Fn(&str) -> String) -> String {
    let pairs: Vec<_> = pairs.map(|(name, value)| format!("{name}={}", encode(&value))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Asked {
        Asked::read(pairs.iter().copied())
    }

    fn written(asked: &Asked) -> String {
        asked.address(str::to_owned)
    }

    #[test]
    fn what_is_asked_survives_its_address() {
        for (pairs, address) in [
            (&[][..], "/library"),
            (&[("q", "分数"), ("in", "school:beiguan")], "/library?q=分数&in=school:beiguan"),
            (
                &[("unit", "rj3a8"), ("kind", "courseware"), ("kind", "lesson-design"), ("item", "a1")],
                "/library?kind=courseware&kind=lesson-design&unit=rj3a8&item=a1",
            ),
            // What means nothing is passed over.
            (&[("sort", "loudest"), ("in", "moon"), ("kind", ""), ("x", "1"), ("item", "a/b")], "/library"),
            (&[("tag", "分"), ("tag", "分"), ("sort", "newest")], "/library?sort=newest&tag=分"),
        ] {
            assert_eq!(written(&read(pairs)), address);
        }
    }

    #[test]
    fn the_api_is_not_asked_about_what_lies_open() {
        let asked = read(&[("q", "fs"), ("item", "a1")]);
        assert_eq!(api_address(&asked.question, 0, 20, str::to_owned), "/api/search?q=fs&limit=20");
        assert_eq!(api_address(&asked.question, 20, 20, str::to_owned), "/api/search?q=fs&after=20&limit=20");
    }

    #[test]
    fn a_filter_is_chosen_and_let_go() {
        let once = Question::default().toggled(Facet::Kind, "courseware");
        assert!(once.has(Facet::Kind, "courseware"));
        let twice = once.toggled(Facet::Kind, "micro-lesson");
        assert_eq!(twice.chosen(), 2);
        let none = twice.toggled(Facet::Kind, "courseware").toggled(Facet::Kind, "micro-lesson");
        assert_eq!(none, Question::default());
    }
}
