//! How long something takes.

/// 0:07, 3:05, 1:03:05.
pub fn clock(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// Whole minutes and the seconds that are left.
pub fn minutes(millis: u64) -> (u64, u64) {
    (millis / 60_000, millis / 1_000 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_like_a_clock() {
        for (millis, words) in [
            (0, "0:00"),
            (999, "0:00"),
            (7_000, "0:07"),
            (185_000, "3:05"),
            (3_599_999, "59:59"),
            (3_785_000, "1:03:05"),
        ] {
            assert_eq!(clock(millis), words);
        }
        assert_eq!(minutes(3_785_999), (63, 5));
    }
}
