//! How characters are read, and which readings somebody means who types letters.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::{ToPinyin, ToPinyinMulti};

/// All syllables in alphabetical order, and for each character of [`FIRST`]..=[`LAST`] its own.
struct Table {
    syllables: Vec<String>,
    /// Where the readings of a character begin; they end where those of the next one do.
    begin: Vec<u32>,
    /// Places in `syllables`, a character's likeliest reading first.
    readings: Vec<u16>,
}

const FIRST: char = '\u{3400}';
const LAST: char = '\u{9fff}';

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let read: Vec<Vec<String>> = (FIRST..=LAST).map(read).collect();
    let syllables: BTreeSet<&String> = read.iter().flatten().collect();
    let syllables: Vec<String> = syllables.into_iter().cloned().collect();
    let (mut begin, mut readings) = (vec![0], Vec::new());
    for own in &read {
        readings.extend(own.iter().filter_map(|one| Some(syllables.binary_search(one).ok()? as u16)));
        begin.push(readings.len() as u32);
    }
    Table { syllables, begin, readings }
});

/// Without tones, `ü` as `v`; what has no vowel (`ng`, `hm`) is nothing that people type for a character.
fn read(c: char) -> Vec<String> {
    let usual = c.to_pinyin().map(|usual| usual.with_tone_num_end());
    let several = c.to_pinyin_multi().into_iter().flatten().map(|reading| reading.with_tone_num_end());
    let mut plain: Vec<String> = Vec::new();
    for reading in usual.into_iter().chain(several) {
        let reading = reading.trim_end_matches(|c: char| c.is_ascii_digit()).replace('ü', "v");
        let is_typed =
            reading.bytes().all(|b| b.is_ascii_lowercase()) && reading.contains(['a', 'e', 'i', 'o', 'u', 'v']);
        // Many type lüe and nüe as lue and nue.
        let other = reading.ends_with("ve").then(|| reading.replace('v', "u"));
        for one in [Some(reading), other].into_iter().flatten() {
            if is_typed && !plain.contains(&one) {
                plain.push(one);
            }
        }
    }
    plain
}

/// All readings of a folded character, the likeliest first; none if it is not Chinese.
pub fn readings(c: char) -> impl Iterator<Item = &'static str> + Clone {
    let table = &*TABLE;
    let own = (FIRST..=LAST).contains(&c).then(|| {
        let place = (u32::from(c) - u32::from(FIRST)) as usize;
        &table.readings[table.begin[place] as usize..table.begin[place + 1] as usize]
    });
    own.unwrap_or_default().iter().map(move |at| table.syllables[usize::from(*at)].as_str())
}

/// The letters a syllable is begun with: `z` and `zh` of `zhong`, `a` of `an`.
pub fn initials(syllable: &str) -> impl Iterator<Item = &str> {
    [syllable.get(..1), syllable.get(..2).filter(|two| is_double(two))].into_iter().flatten()
}

fn is_double(letters: &str) -> bool {
    matches!(letters, "zh" | "ch" | "sh")
}

/// Whether these letters are what [`initials`] gives for every syllable that begins with them.
pub fn is_initial(letters: &str) -> bool {
    letters.len() == 1 || is_double(letters)
}

fn is_syllable(letters: &str) -> bool {
    TABLE.syllables.binary_search_by(|one| one.as_str().cmp(letters)).is_ok()
}

/// The syllables that begin with these letters.
pub fn beginning_with(letters: &str) -> &'static [String] {
    let all = &TABLE.syllables;
    let from = all.partition_point(|one| one.as_str() < letters);
    let length = all[from..].partition_point(|one| one.starts_with(letters));
    &all[from..from + length]
}

/// Syllables that many say alike: of `min` `ming`, of `shan` `san` and `shang`.
pub fn near(syllable: &str) -> impl Iterator<Item = String> {
    let begun = BEGUN_ALIKE.iter().filter_map(|(one, other)| Some(format!("{other}{}", syllable.strip_prefix(one)?)));
    let ended = ENDED_ALIKE.iter().filter_map(|(one, other)| Some(format!("{}{other}", syllable.strip_suffix(one)?)));
    begun.chain(ended).filter(|near| is_syllable(near))
}

const BEGUN_ALIKE: [(&str, &str); 8] =
    [("zh", "z"), ("ch", "c"), ("sh", "s"), ("z", "zh"), ("c", "ch"), ("s", "sh"), ("n", "l"), ("l", "n")];
const ENDED_ALIKE: [(&str, &str); 6] =
    [("in", "ing"), ("en", "eng"), ("an", "ang"), ("ing", "in"), ("eng", "en"), ("ang", "an")];

/// Whether characters are read alike, or nearly.
pub fn sound_alike(one: char, other: char) -> bool {
    readings(one).any(|read| readings(other).any(|own| own == read || near(read).any(|near| near == own)))
}

/// What stands for one character among letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound<'a> {
    Syllable(&'a str),
    Initial(&'a str),
    /// At the end: the syllable was not finished.
    Begun(&'a str),
}

impl<'a> Sound<'a> {
    pub fn letters(self) -> &'a str {
        match self {
            Sound::Syllable(letters) | Sound::Initial(letters) | Sound::Begun(letters) => letters,
        }
    }

    /// Whether the folded character can be meant by it.
    pub fn fits(self, c: char) -> bool {
        readings(c).any(|reading| match self {
            Sound::Syllable(syllable) => reading == syllable,
            Sound::Initial(letters) | Sound::Begun(letters) => reading.starts_with(letters),
        })
    }
}

/// More letters than that are a sentence, and no search.
const LONGEST: usize = 24;
/// More ways to read letters than that are not looked for.
const MOST_CUTS: usize = 12;

/// The ways to read letters as characters, those with the fewest characters first: all syllables if that is possible
/// (`fangan` as fang an and fan gan), else with initials among them (`fshu`).
pub fn cuts(letters: &str) -> Vec<Vec<Sound<'_>>> {
    if letters.is_empty() || letters.len() > LONGEST || !letters.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let spelt = Cutting { letters, initials: false }.all();
    if !spelt.is_empty() {
        return spelt;
    }
    let cutting = Cutting { letters, initials: true };
    let mut mixed = cutting.all();
    let each: Vec<_> = (0..letters.len()).map(|at| cutting.sound(at, at + 1)).collect();
    if let Some(each) = each.into_iter().collect::<Option<Vec<_>>>().filter(|each| !mixed.contains(each)) {
        mixed.push(each);
    }
    mixed
}

struct Cutting<'a> {
    letters: &'a str,
    initials: bool,
}

impl<'a> Cutting<'a> {
    fn all(&self) -> Vec<Vec<Sound<'a>>> {
        // How few sounds the rest can be cut into, from each letter on.
        let mut fewest = vec![None; self.letters.len() + 1];
        fewest[self.letters.len()] = Some(0);
        for from in (0..self.letters.len()).rev() {
            let rests = self.sounds(from).filter_map(|sound| fewest[from + sound.letters().len()]);
            fewest[from] = rests.min().map(|rest: usize| rest + 1);
        }
        let mut cuts = Vec::new();
        if let Some(least) = fewest[0] {
            for pieces in [least, least + 1] {
                self.go_on(&mut Vec::new(), 0, pieces, &fewest, &mut cuts);
            }
        }
        cuts
    }

    /// Goes only where the rest can be cut into so many sounds at most, so that hardly a step is in vain.
    fn go_on(
        &self,
        begun: &mut Vec<Sound<'a>>,
        from: usize,
        left: usize,
        fewest: &[Option<usize>],
        cuts: &mut Vec<Vec<Sound<'a>>>,
    ) {
        if cuts.len() >= MOST_CUTS {
            return;
        }
        if left == 0 {
            if from == self.letters.len() {
                cuts.push(begun.clone());
            }
            return;
        }
        for sound in self.sounds(from) {
            let next = from + sound.letters().len();
            if fewest[next].is_some_and(|rest| rest < left) {
                begun.push(sound);
                self.go_on(begun, next, left - 1, fewest, cuts);
                begun.pop();
            }
        }
    }

    /// The longest first: who writes `xian` rather means one character than two.
    fn sounds(&self, from: usize) -> impl Iterator<Item = Sound<'a>> {
        let longest = (from + 6).min(self.letters.len());
        (from + 1..=longest).rev().filter_map(move |to| self.sound(from, to))
    }

    fn sound(&self, from: usize, to: usize) -> Option<Sound<'a>> {
        let letters = &self.letters[from..to];
        if is_syllable(letters) {
            return Some(Sound::Syllable(letters));
        }
        let begins = !beginning_with(letters).is_empty();
        if begins && to == self.letters.len() {
            return Some(Sound::Begun(letters));
        }
        (self.initials && begins && is_initial(letters)).then_some(Sound::Initial(letters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_people_mean_them() {
        let cases: &[(&str, &[&str], usize)] = &[
            ("fenshu", &["fen shu"], 2),
            ("fensh", &["fen sh-"], 2),
            ("fs", &["f- s-"], 9),
            ("fshu", &["f shu"], 9),
            ("fangan", &["fang an", "fan gan"], 9),
            ("xian", &["xian", "xi an"], 9),
            ("jiaoan", &["jiao an"], 9),
            ("sxjx", &["s x j x"], 9),
            ("zhsh", &["zh sh-"], 9),
            ("nvsheng", &["nv sheng"], 9),
            ("unit", &[], 0),
            ("", &[], 0),
            ("3a", &[], 0),
        ];
        for (letters, expected, most) in cases {
            let cuts = cuts(letters);
            let shown: Vec<String> =
                cuts.iter().map(|cut| cut.iter().map(|one| one.letters()).collect::<Vec<_>>().join(" ")).collect();
            for one in *expected {
                assert!(shown.contains(&one.replace('-', "")), "{letters}: {shown:?}");
            }
            assert!(shown.len() <= *most, "{letters}: {shown:?}");
        }
    }

    #[test]
    fn any_letters_are_cut_in_no_time() {
        for letters in ["a".repeat(LONGEST), "s".repeat(LONGEST), "xian".repeat(6), "h".repeat(LONGEST)] {
            assert!((1..=MOST_CUTS + 1).contains(&cuts(&letters).len()), "{letters}");
        }
        assert!(cuts(&"a".repeat(LONGEST + 1)).is_empty());
    }

    #[test]
    fn characters_sound_alike_as_people_say_them() {
        for (one, other, expected) in [
            ('分', '份', true),
            ('名', '民', true),
            ('山', '三', true),
            ('珠', '书', false),
            ('蓝', '南', true),
            ('分', '数', false),
            ('a', 'a', false),
        ] {
            assert_eq!(sound_alike(one, other), expected, "{one} {other}");
            assert_eq!(sound_alike(other, one), expected, "{other} {one}");
        }
        assert_eq!(near("shan").collect::<Vec<_>>(), ["san", "shang"]);
    }

    #[test]
    fn a_character_has_all_its_readings() {
        for (c, expected) in
            [('行', &["xing", "hang"][..]), ('数', &["shu"]), ('绿', &["lv"]), ('略', &["lve", "lue"]), ('a', &[])]
        {
            let own: Vec<_> = readings(c).collect();
            assert!(expected.iter().all(|one| own.contains(one)), "{c}: {own:?}");
            assert_eq!(own.is_empty(), expected.is_empty(), "{c}");
        }
        assert_eq!(initials("zhong").collect::<Vec<_>>(), ["z", "zh"]);
        assert_eq!(initials("an").collect::<Vec<_>>(), ["a"]);
    }
}
