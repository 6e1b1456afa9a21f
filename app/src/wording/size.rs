//! Bytes as people read them.

pub use shared::sizes::size;

/// Two sizes that are compared, in the unit of the larger: 38 / 61 MB.
pub fn share(of: u64, all: u64) -> String {
    let whole = size(all);
    let (_, unit) = whole.split_once(' ').unwrap_or_default();
    let part = match unit {
        "KB" => format!("{}", of / 1_000),
        "MB" if all < 9_950_000 => format!("{:.1}", of as f64 / 1e6),
        "MB" => format!("{}", of / 1_000_000),
        _ => format!("{:.2}", of as f64 / 1e9),
    };
    format!("{part} / {whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_has_one_unit() {
        for (of, all, words) in [
            (38_400_000, 61_200_000, "38 / 61 MB"),
            (0, 4_240_000, "0.0 / 4.2 MB"),
            (1_024, 512_300, "1 / 513 KB"),
            (700_000_000, 2_050_000_000, "0.70 / 2.05 GB"),
        ] {
            assert_eq!(share(of, all), words);
        }
    }
}
