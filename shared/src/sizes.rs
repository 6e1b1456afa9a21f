//! Bytes as people read them, on pages and in refusals alike.

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
    }
}
