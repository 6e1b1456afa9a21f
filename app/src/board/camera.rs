//! Which part of a page is on the screen, and how large.

use shared::board::Rect;

use crate::browser::pointer::Turn;

pub const SMALLEST: f32 = 0.05;
pub const LARGEST: f32 = 8.0;
/// A turn of the wheel by so many pixels makes twice as large.
const WHEEL: f32 = 360.0;

/// The point of the page in the upper left corner of the screen, and CSS pixels for a board unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    pub x: f32,
    pub y: f32,
    pub zoom: f32,
}

impl Default for Camera {
    /// A little of what lies left of and above the page's origin is seen, too: the tools stand there.
    fn default() -> Self {
        Self { x: -96.0, y: -48.0, zoom: 1.0 }
    }
}

impl Camera {
    /// From CSS pixels of the screen to the page.
    pub fn to_page(self, (x, y): (f32, f32)) -> (f32, f32) {
        (self.x + x / self.zoom, self.y + y / self.zoom)
    }

    /// From the page to CSS pixels of the screen.
    pub fn to_screen(self, (x, y): (f32, f32)) -> (f32, f32) {
        ((x - self.x) * self.zoom, (y - self.y) * self.zoom)
    }

    /// What a screen of that size in CSS pixels shows.
    pub fn view(self, (width, height): (f32, f32)) -> Rect {
        Rect { left: self.x, top: self.y, right: self.x + width / self.zoom, bottom: self.y + height / self.zoom }
    }

    /// The paper follows a hand that moves by so many CSS pixels.
    pub fn panned(self, (x, y): (f32, f32)) -> Self {
        Self { x: self.x - x / self.zoom, y: self.y - y / self.zoom, ..self }
    }

    /// Larger by a factor; what lies at that CSS pixel stays there.
    pub fn zoomed(self, at: (f32, f32), factor: f32) -> Self {
        let zoom = (self.zoom * factor).clamp(SMALLEST, LARGEST);
        let (x, y) = self.to_page(at);
        Self { x: x - at.0 / zoom, y: y - at.1 / zoom, zoom }
    }

    /// As the wheel asks for: larger or smaller, or elsewhere.
    pub fn turned(self, turn: Turn) -> Self {
        if turn.zooms {
            return self.zoomed((turn.x, turn.y), (-turn.by.1 / WHEEL).exp2());
        }
        let (x, y) = if turn.sideways && turn.by.0 == 0.0 { (turn.by.1, 0.0) } else { turn.by };
        self.panned((-x, -y))
    }

    /// Shows all of `rect` in the middle of a screen of that size, with `margin` CSS pixels around it; no larger than life.
    pub fn showing(rect: &Rect, (width, height): (f32, f32), margin: f32) -> Self {
        let room = ((width - 2.0 * margin).max(40.0), (height - 2.0 * margin).max(40.0));
        let zoom = (room.0 / rect.width().max(1.0)).min(room.1 / rect.height().max(1.0)).clamp(SMALLEST, 1.0);
        let middle = ((rect.left + rect.right) / 2.0, (rect.top + rect.bottom) / 2.0);
        Self { x: middle.0 - width / 2.0 / zoom, y: middle.1 - height / 2.0 / zoom, zoom }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: (f32, f32), b: (f32, f32)) -> bool {
        (a.0 - b.0).abs() < 0.01 && (a.1 - b.1).abs() < 0.01
    }

    #[test]
    fn what_is_under_the_fingers_stays_there() {
        let camera = Camera { x: 10.0, y: -20.0, zoom: 1.5 };
        for at in [(0.0, 0.0), (300.0, 200.0)] {
            assert!(near(camera.to_screen(camera.to_page(at)), at));
            for factor in [0.5, 1.0, 3.0, 1_000.0] {
                let zoomed = camera.zoomed(at, factor);
                assert!(near(zoomed.to_page(at), camera.to_page(at)), "{factor}");
                assert!((SMALLEST..=LARGEST).contains(&zoomed.zoom));
            }
            let panned = camera.panned((30.0, -15.0));
            assert!(near(panned.to_page((at.0 + 30.0, at.1 - 15.0)), camera.to_page(at)));
        }
    }

    #[test]
    fn all_of_a_rectangle_is_shown() {
        let screen = (800.0, 600.0);
        for rect in [
            Rect { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 },
            Rect { left: -5_000.0, top: 40.0, right: 5_000.0, bottom: 90.0 },
            Rect { left: 3.0, top: 3.0, right: 3.0, bottom: 3.0 },
        ] {
            let view = Camera::showing(&rect, screen, 48.0).view(screen);
            assert!(view.grown(0.1).holds(&rect), "{rect:?} {view:?}");
        }
        let small = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        assert_eq!(Camera::showing(&small, screen, 48.0).zoom, 1.0, "nothing is blown up");
    }
}
