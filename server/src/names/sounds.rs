//! Texts by how they are read.

use pinyin::{ToPinyin, ToPinyinMulti};

use super::fold::fold;
use super::surnames::reading_of_surname;

/// Every common reading of each character, the likeliest first; what is not Chinese is read as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sounds(Vec<Vec<String>>);

/// Where a name stands in a list: by syllable, then by tone, then by character, and so on to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order(Vec<(String, u8, char)>);

impl Sounds {
    /// Of a name; its first characters are read as a surname, and otherwise, too.
    pub fn of(name: &str) -> Self {
        let syllables = read(name).into_iter().map(|(_, readings)| {
            let mut plain: Vec<String> = Vec::with_capacity(readings.len());
            for (syllable, _) in readings {
                if !plain.contains(&syllable) {
                    plain.push(syllable);
                }
            }
            plain
        });
        Self(syllables.collect())
    }

    /// Whether `typed` says some of it, from any character on: each one by its whole syllable or its initial, the last
    /// one as far as it was typed. `typed` is folded and has no spaces.
    pub fn begin_with(&self, typed: &str) -> bool {
        let typed = typed.as_bytes();
        if typed.is_empty() || typed.len() > LONGEST {
            return false;
        }
        let mut said = Said::default();
        for readings in &self.0 {
            let mut next = Said::default();
            for from in said.also_nothing().ends() {
                let left = &typed[from..];
                for syllable in readings.iter().map(String::as_str) {
                    let initial = syllable.chars().next().map_or(0, char::len_utf8);
                    if syllable.as_bytes().starts_with(left) {
                        return true;
                    }
                    for part in [syllable, &syllable[..initial]] {
                        if left.starts_with(part.as_bytes()) {
                            next.add(from + part.len());
                        }
                    }
                }
            }
            if next.has(typed.len()) {
                return true;
            }
            said = next;
        }
        false
    }

    /// Whether `typed` spells at least two of its characters in full, one after the other. `typed` as above.
    pub fn are_spelt(&self, typed: &str) -> bool {
        let typed = typed.as_bytes();
        if typed.is_empty() || typed.len() > LONGEST {
            return false;
        }
        let (mut once, mut several) = (Said::default(), Said::default());
        for readings in &self.0 {
            let spell = |said: Said| {
                let mut next = Said::default();
                for from in said.ends() {
                    let fitting = readings.iter().filter(|syllable| typed[from..].starts_with(syllable.as_bytes()));
                    fitting.for_each(|syllable| next.add(from + syllable.len()));
                }
                next
            };
            several = Said(spell(once).0 | spell(several).0);
            once = spell(Said::default().also_nothing());
            if several.has(typed.len()) {
                return true;
            }
        }
        false
    }

    /// Joined, and as initials.
    pub(super) fn likeliest(&self) -> (String, String) {
        let first = || self.0.iter().filter_map(|readings| readings.first());
        (first().map(String::as_str).collect(), first().filter_map(|syllable| syllable.chars().next()).collect())
    }
}

impl Order {
    pub fn of(name: &str) -> Self {
        let places = read(name).into_iter().map(|(c, readings)| {
            let (syllable, tone) = readings.into_iter().next().unwrap_or_default();
            (syllable, tone, c)
        });
        Self(places.collect())
    }
}

/// The longest that is looked for by its sound, in bytes.
const LONGEST: usize = 63;

/// How much of what was typed has been said so far, in bytes: a bit for each way. However many readings a name has, there
/// are no more ways than bytes.
#[derive(Clone, Copy, Default)]
struct Said(u64);

impl Said {
    fn add(&mut self, end: usize) {
        self.0 |= 1 << end;
    }

    fn has(self, end: usize) -> bool {
        self.0 & (1 << end) != 0
    }

    fn also_nothing(self) -> Self {
        Self(self.0 | 1)
    }

    fn ends(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let end = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(end)
        })
    }
}

/// Syllables with their tones.
type Readings = Vec<(String, u8)>;

/// Each character with how it is read. Spaces are not.
fn read(name: &str) -> Vec<(char, Readings)> {
    let name: String = fold(name).chars().filter(|c| !c.is_whitespace()).collect();
    let surname = reading_of_surname(&name);
    let read = |(at, c): (usize, char)| {
        let own = surname.get(at).map(|syllable| apart(syllable));
        let mut readings: Readings = own.into_iter().collect();
        let usual = c.to_pinyin().map(|usual| apart(usual.with_tone_num_end()));
        let several = c.to_pinyin_multi().into_iter().flatten().map(|reading| apart(reading.with_tone_num_end()));
        for reading in usual.into_iter().chain(several) {
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        if readings.is_empty() {
            readings.push((c.to_string(), 0));
        }
        (c, readings)
    };
    name.chars().enumerate().map(read).collect()
}

/// `lü3` as `lv` and 3; without a number the tone is the neutral one, after the others.
fn apart(syllable: &str) -> (String, u8) {
    let plain = syllable.trim_end_matches(|c: char| c.is_ascii_digit());
    let tone = syllable[plain.len()..].parse().unwrap_or(5);
    (plain.replace('ü', "v"), tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_every_way_to_say_it() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("周明远", &["zhoumingyuan", "zmy", "zhou", "zhoum", "zmingyuan", "mingy", "yuan"], &["houm", "zy", "mz"]),
            ("单雨", &["shanyu", "danyu", "sy", "dy"], &["zy"]),
            ("曾敏", &["zengmin", "cengmin", "zm", "cm"], &[]),
            ("解放", &["xiefang", "jiefang", "xf", "jf"], &[]),
            ("仇英", &["qiuying", "chouying", "qy"], &[]),
            ("区小明", &["ouxiaoming", "quxiaoming", "oxm"], &[]),
            ("查良镛", &["zhaliangyong", "chaliangyong", "zly"], &[]),
            ("盖叫天", &["gejiaotian", "gaijiaotian"], &[]),
            ("朴志高", &["piaozhigao", "puzhigao", "pzg"], &[]),
            ("翟天", &["zhaitian", "ditian"], &[]),
            ("六小龄", &["luxiaoling", "liuxiaoling"], &[]),
            ("歐陽馬克", &["ouyangmake", "oymk"], &["yangou", "oumake"]),
            ("尉迟恭", &["yuchigong", "weichigong", "ycg"], &[]),
            ("万俟卨", &["moqi", "wanqi", "mq"], &[]),
            ("长孙无忌", &["zhangsunwuji", "changsunwuji", "zswj", "cswj"], &[]),
            ("单于夫", &["chanyufu", "shanyufu", "danyufu", "cyf"], &[]),
            ("吕丽", &["lvli", "ll"], &[]),
            ("Anna 王", &["annawang", "aw"], &["w王"]),
            ("", &[], &["a"]),
        ];
        for (name, found, not) in cases {
            let sounds = Sounds::of(name);
            for (typed, expected) in found.iter().map(|typed| (typed, true)).chain(not.iter().map(|t| (t, false))) {
                assert_eq!(sounds.begin_with(typed), expected, "{name} by {typed}: {sounds:?}");
            }
        }
    }

    #[test]
    fn a_place_is_spelt_by_two_syllables_at_least() {
        let sounds = Sounds::of("河湾小学");
        for (typed, expected) in
            [("hewan", true), ("wanxiaoxue", true), ("he", false), ("hw", false), ("hewa", false), ("xuehe", false)]
        {
            assert_eq!(sounds.are_spelt(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_name_of_many_readings_takes_no_longer() {
        let (name, typed) = ("行".repeat(64), "h".repeat(62) + "x");
        assert!(Sounds::of(&name).begin_with(&typed), "{typed} ends with another reading");
        assert!(!Sounds::of(&name).begin_with(&("h".repeat(62) + "w")));
        assert!(!Sounds::of(&"a".repeat(200)).begin_with(&"a".repeat(64)), "too long to be looked for by sound");
    }

    #[test]
    fn names_stand_by_syllable_tone_and_character() {
        let ordered = [
            "Anna",
            "安宁",
            "白雪",
            "曹阳",
            "陈静",
            "陈敏",
            "李明",
            "李雨",
            "区小明",
            "任远",
            "单雨",
            "王芳",
            "解放",
            "曾敏",
            "张敏",
            "张伟",
            "章敏",
            "周明远",
        ];
        let mut names = ordered.to_vec();
        names.reverse();
        names.sort_by_cached_key(|name| Order::of(name));
        assert_eq!(names, ordered);
        assert!(Order::of("张敏") < Order::of("章敏"), "the same reading: by character");
        assert!(Order::of("汤一") < Order::of("唐一"), "tāng before táng");
    }

    #[test]
    fn a_login_is_proposed_by_the_surname() {
        for (name, index) in
            [("曾明远", "zengmingyuan zmy"), ("歐陽雪", "ouyangxue oyx"), ("Anna", "anna anna"), ("", "")]
        {
            assert_eq!(super::super::pinyin_index(name), index, "{name}");
        }
    }
}
