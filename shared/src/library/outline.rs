//! A volume of a textbook as text: a unit a line, lessons behind white space under their unit. And a table of many
//! volumes as one copies it out of a spreadsheet.

use super::{NotATaxonomy, Taxon, TaxonSort, Taxonomy};
use crate::unseen::{is_unseen, turns_round};
use crate::words::TaxonId;

/// Lines of one volume: more is another kind of book.
pub const MAX_OUTLINE_LINES: usize = 400;
/// Volumes in one table.
pub const MAX_VOLUMES_IN_TABLE: usize = 400;

/// What a volume is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumePlan {
    /// 人教版
    pub edition: String,
    /// 三年级上册
    pub name: String,
    pub subject: String,
    pub grade: String,
    pub units: Vec<UnitPlan>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitPlan {
    pub name: String,
    pub lessons: Vec<String>,
}

/// Why a text is no volume.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOutline {
    #[error("line {0}, the first, is a lesson without a unit")]
    NoUnit(usize),
    #[error("line {0} has more than {max} characters", max = Taxonomy::MAX_NAME_CHARS)]
    TooLong(usize),
    #[error("line {0} stands there a second time")]
    Twice(usize),
    #[error("there are more than {MAX_OUTLINE_LINES} lines")]
    TooMany,
    #[error("line {0} lacks a subject, an edition or a volume")]
    Incomplete(usize),
}

/// Reads units and lessons. Lines are counted from 1.
///
/// # Errors
/// The first line that can't be right.
pub fn read_outline(text: &str) -> Result<Vec<UnitPlan>, NotAnOutline> {
    let mut units: Vec<UnitPlan> = Vec::new();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (count, (at, line)) in lines.enumerate() {
        let number = at + 1;
        if count == MAX_OUTLINE_LINES {
            return Err(NotAnOutline::TooMany);
        }
        let is_lesson = line.starts_with(char::is_whitespace);
        let name = one_line(line);
        if name.chars().count() > Taxonomy::MAX_NAME_CHARS {
            return Err(NotAnOutline::TooLong(number));
        }
        let twice = match (is_lesson, units.last_mut()) {
            (true, None) => return Err(NotAnOutline::NoUnit(number)),
            (true, Some(unit)) => {
                let twice = unit.lessons.contains(&name);
                unit.lessons.push(name);
                twice
            }
            (false, _) => {
                let twice = units.iter().any(|unit| unit.name == name);
                units.push(UnitPlan { name, lessons: Vec::new() });
                twice
            }
        };
        if twice {
            return Err(NotAnOutline::Twice(number));
        }
    }
    Ok(units)
}

/// As [`read_outline`] reads it.
pub fn write_outline(units: &[UnitPlan]) -> String {
    let mut text = String::new();
    for unit in units {
        text += &unit.name;
        text.push('\n');
        for lesson in &unit.lessons {
            text += "\u{3000}\u{3000}";
            text += lesson;
            text.push('\n');
        }
    }
    text
}

/// Reads rows with tabs between their cells: subject, grade, edition, volume, unit, lesson. An empty cell says what the one
/// above it says, as merged cells come out of a spreadsheet; a first row of headings is left out.
///
/// # Errors
/// The first row that can't be right, counted from 1.
pub fn read_table(text: &str) -> Result<Vec<VolumePlan>, NotAnOutline> {
    let mut volumes: Vec<VolumePlan> = Vec::new();
    let mut before: [String; 6] = Default::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = at + 1;
        let cells: Vec<String> = line.split('\t').map(one_line).collect();
        if volumes.is_empty() && cells.iter().any(|cell| cell == "学科" || cell == "册" || cell == "单元") {
            continue;
        }
        // What stands further left begins anew what stands to its right.
        let first = cells.iter().position(|cell| !cell.is_empty()).unwrap_or(before.len());
        for (place, kept) in before.iter_mut().enumerate().skip(first) {
            *kept = cells.get(place).cloned().unwrap_or_default();
        }
        if before.iter().any(|cell| cell.chars().count() > Taxonomy::MAX_NAME_CHARS) {
            return Err(NotAnOutline::TooLong(number));
        }
        let [subject, grade, edition, name, unit, lesson] = &before;
        if [subject, edition, name].iter().any(|cell| cell.is_empty()) || (unit.is_empty() && !lesson.is_empty()) {
            return Err(NotAnOutline::Incomplete(number));
        }
        let is_it = |volume: &VolumePlan| (&volume.subject, &volume.edition, &volume.name) == (subject, edition, name);
        let volume = match volumes.iter().position(is_it) {
            Some(place) => &mut volumes[place],
            None if volumes.len() == MAX_VOLUMES_IN_TABLE => return Err(NotAnOutline::TooMany),
            None => {
                let (edition, name) = (edition.clone(), name.clone());
                volumes.push(VolumePlan {
                    edition,
                    name,
                    subject: subject.clone(),
                    grade: grade.clone(),
                    units: vec![],
                });
                let last = volumes.len() - 1;
                &mut volumes[last]
            }
        };
        add_line(volume, unit, lesson);
        if volume.units.iter().map(|unit| 1 + unit.lessons.len()).sum::<usize>() > MAX_OUTLINE_LINES {
            return Err(NotAnOutline::TooMany);
        }
    }
    Ok(volumes)
}

fn add_line(volume: &mut VolumePlan, unit: &str, lesson: &str) {
    if unit.is_empty() {
        return;
    }
    let place = volume.units.iter().position(|known| known.name == unit).unwrap_or_else(|| {
        volume.units.push(UnitPlan { name: unit.to_owned(), lessons: Vec::new() });
        volume.units.len() - 1
    });
    let lessons = &mut volume.units[place].lessons;
    if !lesson.is_empty() && !lessons.iter().any(|known| known == lesson) {
        lessons.push(lesson.to_owned());
    }
}

/// White space at the ends goes, inside it becomes one space; what can't be seen goes.
fn one_line(text: &str) -> String {
    let seen = text.chars().filter(|c| !turns_round(*c) && !is_unseen(*c));
    let seen: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a plan changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VolumeChange {
    /// The volume, as it will be known.
    pub volume: Option<TaxonId>,
    /// Nodes that are new, changed, or ended: what is to be stored.
    pub stored: Vec<Taxon>,
    pub added: Vec<String>,
    /// Names before and after.
    pub renamed: Vec<(String, String)>,
    /// What is not taught from any more. Items keep their place there.
    pub ended: Vec<Taxon>,
}

/// Makes of a volume (`None`: the one of that edition, subject and name, or a new one) what the plan says. Nodes of the
/// same name stay who they are, also those that had ended; as many as lie unknown between two that stay are renamed.
///
/// # Errors
/// The region would have too many nodes, a name is empty, or another volume is called so.
pub fn planned(
    taxonomy: &Taxonomy,
    volume: Option<&TaxonId>,
    plan: &VolumePlan,
    new_id: &mut dyn FnMut() -> TaxonId,
) -> Result<VolumeChange, NotATaxonomy> {
    let mut work = Work { taxonomy, new_id, change: VolumeChange::default() };
    let like = work.volume_like(plan);
    let known = volume.and_then(|id| taxonomy.get(id)).or(like);
    // By its name alone a table could not tell them apart.
    if let Some(other) = like.filter(|other| !other.ended && known.is_some_and(|known| known.id != other.id)) {
        return Err(NotATaxonomy::Twice(other.id.clone()));
    }
    let edition = work.edition(&plan.edition, known);
    let place = known.filter(|node| node.parent.as_ref() == Some(&edition)).map(|node| node.position);
    let place = place.unwrap_or_else(|| work.next_place(Some(&edition)));
    let node = Taxon {
        id: known.map_or_else(|| (work.new_id)(), |node| node.id.clone()),
        parent: Some(edition),
        sort: TaxonSort::Volume,
        name: plan.name.clone(),
        subject: plan.subject.clone(),
        grade: plan.grade.clone(),
        position: place,
        ended: false,
    };
    let id = node.id.clone();
    work.put(known, node);
    let names: Vec<_> = plan.units.iter().map(|unit| unit.name.as_str()).collect();
    let units = work.children(&id, TaxonSort::Unit, &names);
    for (unit, plan) in units.iter().zip(&plan.units) {
        let lessons: Vec<_> = plan.lessons.iter().map(String::as_str).collect();
        work.children(unit, TaxonSort::Lesson, &lessons);
    }
    work.change.volume = Some(id);
    taxonomy.with(&work.change.stored)?;
    Ok(work.change)
}

struct Work<'a> {
    taxonomy: &'a Taxonomy,
    new_id: &'a mut dyn FnMut() -> TaxonId,
    change: VolumeChange,
}

impl<'a> Work<'a> {
    /// The one that is called so; one that is taught from before one that has ended.
    fn volume_like(&self, plan: &VolumePlan) -> Option<&'a Taxon> {
        let is_it = |node: &&Taxon| {
            let edition = node.parent.as_ref().and_then(|parent| self.taxonomy.get(parent));
            node.sort == TaxonSort::Volume
                && node.name == plan.name
                && node.subject == plan.subject
                && edition.is_some_and(|edition| edition.name == plan.edition)
        };
        self.taxonomy.iter().filter(is_it).min_by_key(|node| node.ended)
    }

    /// The edition of that name; a new name is a new edition, as other volumes may lie in the old one.
    fn edition(&mut self, name: &str, volume: Option<&Taxon>) -> TaxonId {
        let mut editions: Vec<_> = self.taxonomy.iter().filter(|node| node.sort == TaxonSort::Edition).collect();
        // Of two that are called alike, the one in which the volume lies.
        editions.sort_by_key(|node| Some(&node.id) != volume.and_then(|volume| volume.parent.as_ref()));
        let known = editions.into_iter().find(|node| node.name == name);
        let node = Taxon {
            id: known.map_or_else(|| (self.new_id)(), |node| node.id.clone()),
            parent: None,
            sort: TaxonSort::Edition,
            name: name.to_owned(),
            subject: known.map(|node| node.subject.clone()).unwrap_or_default(),
            grade: known.map(|node| node.grade.clone()).unwrap_or_default(),
            position: known.map_or_else(|| self.next_place(None), |node| node.position),
            ended: false,
        };
        let id = node.id.clone();
        self.put(known, node);
        id
    }

    fn next_place(&self, parent: Option<&TaxonId>) -> u32 {
        let beside = self.taxonomy.iter().filter(|node| node.parent.as_ref() == parent);
        beside.map(|node| node.position + 1).max().unwrap_or_default()
    }

    /// Gives names to what lies under a node, in that order, and ends what has none any more.
    fn children(&mut self, parent: &TaxonId, sort: TaxonSort, names: &[&str]) -> Vec<TaxonId> {
        let mut known: Vec<&Taxon> = self.taxonomy.iter().filter(|node| node.parent.as_ref() == Some(parent)).collect();
        known.sort_by(|a, b| (a.ended, a.position, &a.id).cmp(&(b.ended, b.position, &b.id)));
        let partners = partners(&known, names);
        let mut ids = Vec::with_capacity(names.len());
        for ((position, name), partner) in (0..).zip(names).zip(&partners) {
            let id = partner.map_or_else(|| (self.new_id)(), |node| node.id.clone());
            let node = Taxon {
                id: id.clone(),
                parent: Some(parent.clone()),
                sort,
                name: (*name).to_owned(),
                subject: String::new(),
                grade: String::new(),
                position,
                ended: false,
            };
            self.put(*partner, node);
            ids.push(id);
        }
        for node in known.into_iter().filter(|node| !node.ended && !ids.contains(&node.id)) {
            self.end(node);
        }
        ids
    }

    fn end(&mut self, node: &Taxon) {
        let under: Vec<_> = self.taxonomy.under(Some(&node.id)).into_iter().cloned().collect();
        self.change.ended.push(node.clone());
        self.change.stored.push(Taxon { ended: true, ..node.clone() });
        under.iter().for_each(|node| self.end(node));
    }

    fn put(&mut self, before: Option<&Taxon>, node: Taxon) {
        match before {
            Some(before) if *before == node => return,
            Some(before) if before.ended => self.change.added.push(node.name.clone()),
            Some(before) if before.name != node.name => {
                self.change.renamed.push((before.name.clone(), node.name.clone()));
            }
            Some(_) => {}
            None => self.change.added.push(node.name.clone()),
        }
        self.change.stored.push(node);
    }
}

/// Of each name the node that it is now. `known` has those that go on in their order, then those that have ended.
fn partners<'a>(known: &[&'a Taxon], names: &[&str]) -> Vec<Option<&'a Taxon>> {
    let mut partners: Vec<Option<&Taxon>> =
        names.iter().map(|name| known.iter().copied().find(|node| node.name == *name)).collect();
    let going_on: Vec<&Taxon> = known.iter().copied().filter(|node| !node.ended).collect();
    let stays = |node: &Taxon| names.contains(&node.name.as_str());
    // Gaps between those that stay: the same number of unknown ones on both sides were renamed.
    let (mut at, mut place) = (0, 0);
    while at < names.len() {
        if partners[at].is_some() {
            let next = partners[at].and_then(|node| going_on.iter().position(|known| known.id == node.id));
            place = next.map_or(place, |next| next + 1);
            at += 1;
            continue;
        }
        let new = partners[at..].iter().take_while(|partner| partner.is_none()).count();
        let old: Vec<&Taxon> =
            going_on[place.min(going_on.len())..].iter().copied().take_while(|node| !stays(node)).collect();
        if old.len() == new {
            for (partner, node) in partners[at..].iter_mut().zip(old) {
                *partner = Some(node);
            }
        }
        at += new;
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "一 时、分、秒\n\u{3000}\u{3000}秒的认识\n  时间的计算\n\n八 分数的初步认识\n\t认识几分之一\n";

    fn plan(text: &str) -> VolumePlan {
        VolumePlan {
            edition: "人教版".into(),
            name: "三年级上册".into(),
            subject: "数学".into(),
            grade: "三年级".into(),
            units: read_outline(text).unwrap(),
        }
    }

    /// Ids `n1`, `n2` … from a number on.
    fn ids(from: u32) -> impl FnMut() -> TaxonId {
        let mut next = from;
        move || {
            next += 1;
            format!("n{next}").parse().unwrap()
        }
    }

    fn after(taxonomy: &Taxonomy, change: &VolumeChange) -> Taxonomy {
        taxonomy.with(&change.stored).unwrap()
    }

    fn begun() -> (Taxonomy, TaxonId) {
        let change = planned(&Taxonomy::default(), None, &plan(TEXT), &mut ids(0)).unwrap();
        (after(&Taxonomy::default(), &change), change.volume.unwrap())
    }

    #[test]
    fn an_outline_is_read_as_it_is_written() {
        let units = read_outline(TEXT).unwrap();
        assert_eq!(units[0].lessons, ["秒的认识", "时间的计算"]);
        assert_eq!(read_outline(&write_outline(&units)).unwrap(), units);
        for (text, why) in [
            ("  秒的认识", NotAnOutline::NoUnit(1)),
            ("一\n\n一", NotAnOutline::Twice(3)),
            (&"长".repeat(61), NotAnOutline::TooLong(1)),
            (&(0..401).map(|n| format!("{n}\n")).collect::<String>(), NotAnOutline::TooMany),
        ] {
            assert_eq!(read_outline(text), Err(why));
        }
    }

    #[test]
    fn a_table_says_what_stands_above() {
        let table = "学科\t年级\t版本\t册\t单元\t课\n数学\t三年级\t人教版\t三年级上册\t一 时、分、秒\t秒的认识\n\t\t\t\t\t时间的计算\n\
                     \t\t\t\t八 分数的初步认识\t认识几分之一\n语文\t\t统编版\t一年级上册\n";
        let volumes = read_table(table).unwrap();
        assert_eq!(volumes[0], plan(TEXT));
        assert_eq!((volumes[1].subject.as_str(), volumes[1].units.len()), ("语文", 0));
        assert_eq!(read_table("数学\t三年级\t\t上册"), Err(NotAnOutline::Incomplete(1)));
    }

    #[test]
    fn the_same_again_changes_nothing() {
        let (taxonomy, volume) = begun();
        let again = planned(&taxonomy, None, &plan(TEXT), &mut ids(100)).unwrap();
        assert_eq!(again, VolumeChange { volume: Some(volume), ..VolumeChange::default() });
    }

    #[test]
    fn a_new_name_is_the_same_lesson_and_one_that_ended_comes_back() {
        let (taxonomy, volume) = begun();
        let text = "一 时间\n  秒的认识\n  算时间\n八 分数的初步认识\n  认识几分之一\n  认识几分之几\n";
        let change = planned(&taxonomy, Some(&volume), &plan(text), &mut ids(100)).unwrap();
        let renamed = [("一 时、分、秒", "一 时间"), ("时间的计算", "算时间")];
        assert_eq!(change.renamed, renamed.map(|(before, after)| (before.to_owned(), after.to_owned())));
        assert_eq!((change.added.len(), change.ended.len()), (1, 0));

        let shorter = planned(&taxonomy, Some(&volume), &plan("一 时、分、秒\n  秒的认识\n"), &mut ids(100)).unwrap();
        let ended: Vec<_> = shorter.ended.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(ended, ["八 分数的初步认识", "认识几分之一", "时间的计算"]);
        let short = after(&taxonomy, &shorter);
        assert_eq!(short.path(&shorter.ended[2].id).len(), 4, "what lies there keeps its place");
        let back = planned(&short, Some(&volume), &plan(TEXT), &mut ids(100)).unwrap();
        assert_eq!(after(&short, &back), taxonomy);
    }
}
