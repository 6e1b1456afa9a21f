//! What people type to say who they are, in the one form in which it is stored and looked up.

use shared::organisation::phone::{self, narrow};

/// Longest name one signs in with, in bytes: an e-mail address.
const MAX_NAME_BYTES: usize = 254;

/// A login or an e-mail address. Input methods write wide letters.
pub fn as_name(typed: &str) -> String {
    typed.trim().chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// A telephone number as it is stored, if it is one.
pub fn as_phone(typed: &str) -> String {
    phone::plain(typed)
}

/// What the one field for login, telephone and e-mail may mean, the likelier first; `None` for what nobody's name can be.
pub fn as_any(typed: &str) -> Option<[String; 2]> {
    let names = [as_name(typed), as_phone(typed)];
    names.iter().all(|name| name.len() <= MAX_NAME_BYTES).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_up_as_it_is_stored() {
        for phone in ["13800001111", " 138 0000-1111 ", "(138)0000 1111", "１３８００００１１１１", "+86 138 0000 1111"]
        {
            assert_eq!(as_phone(phone), "13800001111");
            assert!(as_any(phone).unwrap().contains(&as_phone(phone)));
        }
        assert_eq!(as_any("2024-01").unwrap()[0], "2024-01", "a login may look like a number");
        assert_eq!(as_any(" Ｚhou-Ming ").unwrap()[0], "zhou-ming");
        let long = format!("{}@qinghe.example", "z".repeat(239));
        assert_eq!(long.len(), 254);
        assert_eq!(as_any(&long).unwrap()[0], as_name(&long));
        assert_eq!(as_any(&format!("z{long}")), None);
    }
}
