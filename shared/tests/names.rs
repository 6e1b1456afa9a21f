//! Names that could pass for another's are nobody's.

use shared::organisation::{Change, Directory, Misfit, Person, Record};
use shared::words::UnixMillis;

fn said_of(name: &str, login: &str) -> Option<Misfit> {
    let person = Person::new("ann".parse().unwrap(), name, login, UnixMillis(0));
    Directory::default().change(&[Change::Put(Record::Person(person))]).err().map(|misfit| misfit.misfit)
}

#[test]
fn a_name_shows_what_it_is() {
    for name in ["周明远", "Anna-Lena O’Neil", "买买提·吐尔逊", "欧阳 娜娜", "𠮷田", "ᠪᠠᠶᠠᠷ", "ཚེ་རིང"]
    {
        assert_eq!(said_of(name, "ann"), None, "{name}");
    }
    let hidden = [
        "\u{200b}",
        "\u{3164}",
        "\u{2800}",
        "周\u{202e}明",
        "周\u{200d}明",
        "\u{feff}周明",
        "周\u{7}",
        "\u{180e}",
        "——",
    ];
    for name in hidden {
        assert_eq!(said_of(name, "ann"), Some(Misfit::Name), "{name:?}");
    }
}

#[test]
fn no_two_logins_look_alike() {
    for login in ["zhou", "zhou.ming-yuan_2", "周明远", "13800001111"] {
        assert_eq!(said_of("周", login), None, "{login}");
    }
    for login in ["аdmin", "ｗｕ", "ʷᵘ", "zhou\u{200b}", "zhöu", "ㅤ", "٣", ""] {
        assert_eq!(said_of("周", login), Some(Misfit::Login), "{login:?}");
    }
}

#[test]
fn an_older_name_stays_until_it_is_changed() {
    let old = Person::new("ann".parse().unwrap(), "周\u{200b}", "zhöu", UnixMillis(0));
    let mut directory = Directory::of([Record::Person(old.clone())]);
    let put = |person: Person| [Change::Put(Record::Person(person))];
    assert!(directory.change(&put(Person { teaches: "数学".to_owned(), ..old.clone() })).is_ok());
    assert!(directory.change(&put(Person { login: "zhüu".to_owned(), ..old })).is_err());
}
