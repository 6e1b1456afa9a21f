//! Bytes as people read them.

/// 512 KB, 4.2 MB, 61 MB, 2.05 GB, 215 GB: decimal units, as shops and networks count.
pub fn size(bytes: u64) -> String {
    const KB: u64 = 1_000;
    const MB: u64 = 1_000 * KB;
    const GB: u64 = 1_000 * MB;
    let share = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        0..995_000 => format!("{} KB", bytes.div_ceil(KB)),
        995_000..9_950_000 => format!("{:.1} MB", share(MB)),
        9_950_000..999_500_000 => format!("{:.0} MB", share(MB)),
        999_500_000..9_950_000_000 => format!("{:.2} GB", share(GB)),
        _ => format!("{:.0} GB", share(GB)),
    }
}

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
    fn sizes_are_short() {
        for (bytes, words) in [
            (0, "0 KB"),
            (1, "1 KB"),
            (512_300, "513 KB"),
            (999_999, "1.0 MB"),
            (4_240_000, "4.2 MB"),
            (9_960_000, "10 MB"),
            (61_200_000, "61 MB"),
            (2_050_000_000, "2.05 GB"),
            (200 << 30, "215 GB"),
        ] {
            assert_eq!(size(bytes), words);
        }
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
