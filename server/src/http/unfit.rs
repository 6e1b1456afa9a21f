//! What people are told of a file that is not taken, not read, or to be opened with care: what happened, what is safe,
//! what to do.

use shared::library::{Unfit, Warning};

use super::refusal::Language;

/// Why a file was not taken. Nothing of it is kept.
pub fn refused(why: Unfit, language: Language) -> &'static str {
    let (chinese, english) = match why {
        Unfit::Empty => (
            "这个文件是空的，没有存下。您电脑上的原文件没有动。请打开看看内容在不在，再重新上传。",
            "This file is empty, so it was not kept. Yours is as it was. Please look whether it has what it should, and send \
             it again.",
        ),
        Unfit::Program => (
            "这是一个程序，或者双击就会运行的文件，资源库不收，没有存下。其他文件不受影响。请上传它做出来的课件、文档或录像。",
            "This is a program, or a file that runs at a double click; the library takes none, so it was not kept. Other files \
             are not affected. Please send the slides, document or film that it makes.",
        ),
        Unfit::Bomb => (
            "这个文件解开以后会比看上去大得多，可能塞满别人的电脑，没有存下。其他文件不受影响。请把里面的内容取出来，分成几个普通的文件再上传。",
            "Unpacked, this file would be far larger than it looks and could fill somebody's computer, so it was not kept. Other \
             files are not affected. Please take out what is in it, and send that as ordinary files.",
        ),
        Unfit::Escapes => (
            "这个压缩包里有指向文件夹外面的文件名或链接，解开时可能覆盖别人的文件，没有存下。其他文件不受影响。请把要用的文件重新打包再上传。",
            "This archive has names or links that lead out of its folder; unpacked, it could overwrite somebody's files, so it \
             was not kept. Other files are not affected. Please pack what is needed anew, and send that.",
        ),
        Unfit::TwoThings => (
            "这个文件里面藏着另一个文件：从前面看是一种，从后面看是另一种，所以没有存下。其他文件不受影响。请用原来的软件打开，另存一份再上传。",
            "Another file hides in this one: it begins as one thing and goes on as another, so it was not kept. Other files are \
             not affected. Please open it in its own program, save it anew, and send that.",
        ),
        Unfit::Lies => (
            "文件名说它是一种文件，内容却是另一种，所以没有存下。您电脑上的原文件没有动。请用做它的软件打开，另存为正确的格式再上传。",
            "Its name says one kind of file and its content is another, so it was not kept. Yours is as it was. Please open it \
             in the program that made it, save it in the right format, and send that.",
        ),
        Unfit::Entities => (
            "这个文件里有会自己膨胀或者去读别处内容的定义，普通软件不会写这样的内容，所以没有存下。其他文件不受影响。请用原来的软件打开，另存一份再上传。",
            "This file has definitions that grow by themselves or read from elsewhere, which no ordinary program writes, so it was \
             not kept. Other files are not affected. Please open it in its own program, save it anew, and send that.",
        ),
        Unfit::Locked => (
            "这个文件加了密码，没有存下。您电脑上的原文件没有动。请去掉密码再上传。",
            "This file has a password, so it was not kept. Yours is as it was. Please take the password off, and send it again.",
        ),
        Unfit::Damaged => (
            "这个文件没有检查成，所以没有存下。您电脑上的原文件没有动。请打开看看是否完好，再上传一次。",
            "This file could not be checked, so it was not kept. Yours is as it was. Please look whether it is whole, and send it \
             once more.",
        ),
        Unfit::TooMuch => (
            "检查这个文件用的时间或内存太多了，所以没有存下。您电脑上的原文件没有动。请把它分成几个小一些的文件再上传。",
            "Checking this file took too long or too much memory, so it was not kept. Yours is as it was. Please make several \
             smaller files of it, and send those.",
        ),
        Unfit::Macro => (
            "这个文件带有宏，没有存下。您电脑上的原文件没有动。请另存为不带宏的格式（docx、pptx、xlsx）再上传。",
            "This file has macros, so it was not kept. Yours is as it was. Please save it in a format without macros (docx, pptx, \
             xlsx), and send that.",
        ),
    };
    in_language(chinese, english, language)
}

/// Why a file that is kept is found by its title alone.
pub fn unread(why: Unfit, language: Language) -> &'static str {
    let (chinese, english) = match why {
        Unfit::Locked => (
            "文件加了密码，已经原样存下，可以下载；里面的文字搜不到，也没有预览。要让别人搜到，请上传一份不带密码的。",
            "The file has a password. It is kept as it is and can be downloaded; its words are not found, and there is no preview. \
             To let others find it, send it without the password.",
        ),
        Unfit::TooMuch => (
            "文件太大或太复杂，已经原样存下，可以下载；里面的文字可能搜不全，也没有预览。要让别人搜到，请写好标题和简介。",
            "The file is too large or too intricate to be read. It is kept as it is and can be downloaded; its words may not be \
             found, and there is no preview. To let others find it, give it a telling title and description.",
        ),
        Unfit::Damaged
        | Unfit::Empty
        | Unfit::Program
        | Unfit::Bomb
        | Unfit::Escapes
        | Unfit::TwoThings
        | Unfit::Lies
        | Unfit::Entities
        | Unfit::Macro => (
            "文件的内容读不出来，可能不完整或已损坏。已经原样存下，可以下载；里面的文字搜不到，也没有预览。请打开看看是否完好，必要时重新上传。",
            "What is in the file can't be read; it may be cut off or damaged. It is kept as it is and can be downloaded; its words \
             are not found, and there is no preview. Please look whether it is whole, and send it again if not.",
        ),
    };
    in_language(chinese, english, language)
}

/// What is said beside a download.
pub fn warning(of: Warning, language: Language) -> &'static str {
    let (chinese, english) = match of {
        Warning::Macros => (
            "文件里有宏，打开后可能自动运行。文件原样保存。不认识上传的人，请不要点“启用宏”。",
            "This file has macros, which may run when it is opened. It is kept as it was sent. Unless you know who sent it, don't \
             enable them.",
        ),
        Warning::Programs => (
            "压缩包里有程序。文件原样保存，这里不会运行它。不认识上传的人，请不要双击里面的程序。",
            "There are programs in this archive. It is kept as it was sent, and nothing of it runs here. Unless you know who sent \
             it, don't start them.",
        ),
        Warning::Remote => (
            "文件打开后会从别的网站取内容。文件原样保存。不认识上传的人，请在断网时打开，或只看预览。",
            "Opened, this file fetches something from another site. It is kept as it was sent. Unless you know who sent it, open \
             it offline, or look at the preview only.",
        ),
        Warning::OtherKind => (
            "文件名的后缀和内容不一样，下载后可能打不开。文件原样保存。请问问上传的人，或者换个软件打开。",
            "The ending of its name does not fit its content, so it may not open. It is kept as it was sent. Please ask whoever \
             sent it, or try another program.",
        ),
    };
    in_language(chinese, english, language)
}

fn in_language(chinese: &'static str, english: &'static str, language: Language) -> &'static str {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_and_warning_has_a_sentence_in_each_language() {
        fn check(said: impl Fn(Language) -> &'static str) {
            let (chinese, english) = (said(Language::Chinese), said(Language::English));
            assert!(chinese.ends_with('。') && chinese.chars().any(|c| c > '\u{4e00}'), "{chinese}");
            assert!(english.ends_with('.') && english.is_ascii() && !english.contains("  "), "{english}");
            // What happened, what is safe, what to do.
            assert!(chinese.matches('。').count() >= 2 && english.matches(". ").count() >= 1, "{english}");
        }
        for &why in Unfit::ALL {
            check(|language| refused(why, language));
            check(|language| unread(why, language));
        }
        for &of in Warning::ALL {
            check(|language| warning(of, language));
        }
        let told: std::collections::BTreeSet<_> =
            Unfit::ALL.iter().map(|&why| refused(why, Language::Chinese)).collect();
        assert_eq!(told.len(), Unfit::ALL.len(), "each reason is told from the others");
    }
}
