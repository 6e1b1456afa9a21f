//! Addresses as QR codes, for the camera of a telephone.

use qrcode::{Color, EcLevel, QrCode};

/// Light squares around the code, without which cameras do not find it.
const QUIET_ZONE: usize = 4;

/// The `d` of an SVG path of dark squares of side 1, and the width of the whole; nothing for a text that is too long.
pub fn draw(text: &str) -> Option<(String, usize)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        // Those side by side are one: no seam shows between them.
        while x < row.len() {
            let dark = row[x..].iter().take_while(|square| **square == Color::Dark).count();
            if dark > 0 {
                path.push_str(&format!("M{} {}h{dark}v1h-{dark}z", x + QUIET_ZONE, y + QUIET_ZONE));
            }
            x += dark.max(1);
        }
    }
    Some((path, code.width() + 2 * QUIET_ZONE))
}
