//! Why a change of the organisation does not fit, as sentences.

use shared::organisation::{Key, Misfit};

use super::refusal::Language;

/// What is wrong and what to do, in one breath.
pub fn sentence(misfit: &Misfit, language: Language) -> String {
    let (zh, en) = words(misfit);
    match language {
        Language::Chinese => zh,
        Language::English => en,
    }
}

fn words(misfit: &Misfit) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match misfit {
        Misfit::Missing(key) => {
            let (zh, en) = noun(key);
            (
                format!("{zh}找不到，可能刚被改过。什么都没有改，请刷新后再试。"),
                format!("The {en} can't be found; it may just have been changed. Nothing was changed: please reload."),
            )
        }
        Misfit::InUse(key) => {
            let (zh, en) = noun(key);
            (
                format!("{zh}还有人或组在用，所以没有去掉。"),
                format!("The {en} is still in use, so it was not taken out."),
            )
        }
        Misfit::Name => both(
            "请写一个名称，最多 100 个字，不能有看不见的字符。",
            "Please give a name of at most 100 characters, all of which can be seen.",
        ),
        Misfit::Seal => both("校印是一个字，例如“实”。", "A seal is one character, such as 实."),
        Misfit::Login => both(
            "账号由小写英文字母、汉字、数字、点、短横或下划线组成，最多 64 个。",
            "A login has at most 64 characters: small letters a to z, Chinese characters, digits, dots, hyphens or \
             underscores.",
        ),
        Misfit::Phone => both(
            "这不是电话号码：手机号是 11 位；座机要带区号；境外号码以 + 和国家代码开头。",
            "This is no phone number: a mobile number has 11 digits, a landline its area code, one from abroad begins \
             with + and its country's code.",
        ),
        Misfit::Email => both("邮箱地址不对，请检查一下。", "This is no e-mail address. Please check it."),
        Misfit::Taken(name) => (
            format!("“{name}”已经有人在用，请换一个。"),
            format!("“{name}” is somebody else's already. Please take another."),
        ),
        Misfit::Dates => both("结束的日期早于开始的日期。", "The end is before the beginning."),
        Misfit::TwiceInGroup => both("这所学校已经在这个集团里。", "The school is in this group already."),
        Misfit::TwiceInPost => both("这位老师在这里已经有这个身份。", "The person has this post here already."),
        Misfit::Post => {
            both("这里没有这个身份，请从列表里选。", "There is no such post here. Please choose from the list.")
        }
        Misfit::Kind => both("区域里没有这种集团类型。", "The region has no such kind of group."),
        Misfit::Home => both("组要放在集团或学校下面。", "A team belongs to a group or a school."),
        Misfit::TooLong => both("写得太长了，最多 1000 个字。", "The text is too long: at most 1,000 characters."),
        Misfit::WordTwice(word) => (
            format!("“{word}”在同一张词表里有两个，请改掉或去掉一个。"),
            format!("“{word}” stands twice in the same list. Please change one of them, or take it out."),
        ),
        Misfit::WordInUse { word, uses } => (
            format!("“{word}”用在 {uses} 处，所以不能去掉，也不能换到别处。什么都没有改。"),
            format!("“{word}” is used {uses} times, so it stays, and where it is. Nothing was changed."),
        ),
        Misfit::TooManyWords => both("一张词表最多 100 项。", "A list has at most 100 words."),
        Misfit::Moved => both(
            "已有的任职不能改成另一个人、另一个单位或另一个职务，请结束它，再新加一个。",
            "What is there can't be given to another person, place or post: end it, and add another.",
        ),
    }
}

fn noun(key: &Key) -> (&'static str, &'static str) {
    match key {
        Key::Region(_) => ("区域", "region"),
        Key::Group(_) => ("集团", "group"),
        Key::School(_) => ("学校", "school"),
        Key::Membership(_) => ("集团成员关系", "membership"),
        Key::Team(_) => ("组", "team"),
        Key::Person(_) => ("这个人", "person"),
        Key::Seat(_) => ("任职", "seat"),
    }
}
