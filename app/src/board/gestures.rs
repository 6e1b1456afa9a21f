//! What hands on the board mean: which pointer draws, which move the paper.
//!
//! Once a pen was seen, fingers only move the paper, so that a palm draws nothing.

use crate::browser::pointer::{Pointer, Press, Spot, Told};

/// A second finger that comes this soon meant to move the paper with the first; what the first drew is dropped.
const TOGETHER_MILLIS: f64 = 250.0;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The tool goes down. `erases`: with the other end of the pen. `many`: Shift or Ctrl is held.
    Begin {
        spot: Spot,
        erases: bool,
        many: bool,
    },
    /// `straight`: Shift is held.
    Go {
        spots: Vec<Spot>,
        straight: bool,
    },
    End(Spot),
    /// What the tool has begun is not meant.
    Drop,
    /// The paper moves by so many CSS pixels.
    Pan(f32, f32),
    /// It grows by `factor` around `at`, and moves by `by`.
    Pinch {
        at: (f32, f32),
        factor: f32,
        by: (f32, f32),
    },
    /// Nothing is down, and the pointer is there.
    Hover(Spot),
    Left,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Finger {
    id: i32,
    at: (f32, f32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Doing {
    Nothing,
    Tool { finger: Finger, pointer: Pointer, since: f64 },
    Pan(Finger),
    Pinch(Finger, Finger),
}

/// Hands on the board.
#[derive(Debug)]
pub struct Gestures {
    doing: Doing,
    /// A pen was here: fingers and palms draw no more.
    pen_seen: bool,
    /// The tool in the hand moves the paper: the space bar is held, or this person only reads.
    pub hand: bool,
}

impl Default for Gestures {
    fn default() -> Self {
        Self { doing: Doing::Nothing, pen_seen: false, hand: false }
    }
}

impl Gestures {
    /// Hands that move the paper and nothing else.
    pub fn of_the_paper() -> Self {
        Self { hand: true, ..Self::default() }
    }

    pub fn hear(&mut self, told: Told) -> Vec<Deed> {
        match told {
            Told::Down { id, pointer, press, spot, many } => self.down(id, pointer, press, spot, many),
            Told::Move { id, pointer, spots, shift } => self.moved(id, pointer, spots, shift),
            Told::Up { id, spot } => self.up(id, spot),
            Told::Lost { id } => self.lost(id),
            Told::Left => vec![Deed::Left],
        }
    }

    fn down(&mut self, id: i32, pointer: Pointer, press: Press, spot: Spot, many: bool) -> Vec<Deed> {
        let finger = Finger { id, at: (spot.x, spot.y) };
        let mut deeds = Vec::new();
        if pointer == Pointer::Pen {
            self.pen_seen = true;
        }
        match (self.doing, pointer) {
            // A palm beside the pen that writes.
            (Doing::Tool { pointer: Pointer::Pen | Pointer::Mouse, .. } | Doing::Pinch(..), Pointer::Finger) => {
                return deeds;
            }
            (Doing::Tool { finger: first, pointer: Pointer::Finger, since }, Pointer::Finger) => {
                if spot.millis - since > TOGETHER_MILLIS {
                    return deeds;
                }
                self.doing = Doing::Pinch(first, finger);
                return vec![Deed::Drop];
            }
            (Doing::Pan(first), Pointer::Finger) => {
                self.doing = Doing::Pinch(first, finger);
                return deeds;
            }
            // The palm came first.
            (Doing::Tool { pointer: Pointer::Finger, .. }, Pointer::Pen) => deeds.push(Deed::Drop),
            (Doing::Nothing | Doing::Tool { .. } | Doing::Pan(_) | Doing::Pinch(..), _) => {}
        }
        let moves_paper = self.hand || press == Press::Middle || (pointer == Pointer::Finger && self.pen_seen);
        if moves_paper {
            self.doing = Doing::Pan(finger);
        } else if press != Press::Second {
            self.doing = Doing::Tool { finger, pointer, since: spot.millis };
            deeds.push(Deed::Begin { spot, erases: press == Press::Eraser, many });
        }
        deeds
    }

    fn moved(&mut self, id: i32, pointer: Pointer, spots: Vec<Spot>, straight: bool) -> Vec<Deed> {
        let Some(last) = spots.last().copied() else { return Vec::new() };
        let now = (last.x, last.y);
        match &mut self.doing {
            Doing::Nothing if pointer == Pointer::Finger => Vec::new(),
            Doing::Nothing => vec![Deed::Hover(last)],
            Doing::Tool { finger, .. } if finger.id == id => {
                finger.at = now;
                vec![Deed::Go { spots, straight }]
            }
            Doing::Pan(finger) if finger.id == id => {
                let by = (now.0 - finger.at.0, now.1 - finger.at.1);
                finger.at = now;
                vec![Deed::Pan(by.0, by.1)]
            }
            Doing::Pinch(one, two) if one.id == id || two.id == id => {
                let (before, apart) = (middle(one.at, two.at), distance(one.at, two.at));
                if one.id == id {
                    one.at = now
                } else {
                    two.at = now
                };
                let (at, farther) = (middle(one.at, two.at), distance(one.at, two.at));
                let factor = farther.max(1.0) / apart.max(1.0);
                vec![Deed::Pinch { at, factor, by: (at.0 - before.0, at.1 - before.1) }]
            }
            Doing::Tool { .. } | Doing::Pan(_) | Doing::Pinch(..) => Vec::new(),
        }
    }

    fn up(&mut self, id: i32, spot: Spot) -> Vec<Deed> {
        match self.doing {
            Doing::Tool { finger, .. } if finger.id == id => {
                self.doing = Doing::Nothing;
                vec![Deed::End(spot)]
            }
            _ => self.lost(id),
        }
    }

    fn lost(&mut self, id: i32) -> Vec<Deed> {
        match self.doing {
            Doing::Tool { finger, .. } if finger.id == id => {
                self.doing = Doing::Nothing;
                return vec![Deed::Drop];
            }
            Doing::Pan(finger) if finger.id == id => self.doing = Doing::Nothing,
            // The finger that stays goes on moving the paper.
            Doing::Pinch(one, two) if one.id == id => self.doing = Doing::Pan(two),
            Doing::Pinch(one, two) if two.id == id => self.doing = Doing::Pan(one),
            Doing::Nothing | Doing::Tool { .. } | Doing::Pan(_) | Doing::Pinch(..) => {}
        }
        Vec::new()
    }
}

fn middle(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
}

fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(x: f32, y: f32, millis: f64) -> Spot {
        Spot { x, y, pressure: None, millis }
    }

    fn down(gestures: &mut Gestures, id: i32, pointer: Pointer, x: f32, millis: f64) -> Vec<Deed> {
        let spot = spot(x, 0.0, millis);
        gestures.hear(Told::Down { id, pointer, press: Press::First, spot, many: false })
    }

    fn go(gestures: &mut Gestures, id: i32, pointer: Pointer, x: f32) -> Vec<Deed> {
        gestures.hear(Told::Move { id, pointer, spots: vec![spot(x, 0.0, 0.0)], shift: false })
    }

    fn begins(deeds: &[Deed]) -> bool {
        deeds.iter().any(|deed| matches!(deed, Deed::Begin { .. }))
    }

    #[test]
    fn a_finger_draws_until_a_pen_was_seen() {
        let mut hands = Gestures::default();
        assert!(begins(&down(&mut hands, 1, Pointer::Finger, 0.0, 0.0)));
        hands.hear(Told::Up { id: 1, spot: spot(0.0, 0.0, 0.0) });
        assert!(begins(&down(&mut hands, 2, Pointer::Pen, 0.0, 0.0)));
        assert_eq!(down(&mut hands, 3, Pointer::Finger, 9.0, 1.0), [], "the palm beside the pen");
        assert_eq!(go(&mut hands, 3, Pointer::Finger, 30.0), []);
        assert!(matches!(go(&mut hands, 2, Pointer::Pen, 5.0)[..], [Deed::Go { .. }]));
        hands.hear(Told::Up { id: 2, spot: spot(0.0, 0.0, 0.0) });
        assert!(!begins(&down(&mut hands, 4, Pointer::Finger, 0.0, 5.0)));
        assert_eq!(go(&mut hands, 4, Pointer::Finger, 7.0), [Deed::Pan(7.0, 0.0)]);
    }

    #[test]
    fn a_palm_that_came_before_the_pen_leaves_nothing() {
        let mut hands = Gestures::default();
        down(&mut hands, 1, Pointer::Finger, 0.0, 0.0);
        let deeds = down(&mut hands, 2, Pointer::Pen, 50.0, 900.0);
        assert!(matches!(deeds[..], [Deed::Drop, Deed::Begin { .. }]), "{deeds:?}");
    }

    #[test]
    fn two_fingers_pinch_and_the_one_that_stays_pans() {
        let mut hands = Gestures::default();
        down(&mut hands, 1, Pointer::Finger, 0.0, 0.0);
        assert_eq!(down(&mut hands, 2, Pointer::Finger, 100.0, 100.0), [Deed::Drop]);
        let pinch = go(&mut hands, 2, Pointer::Finger, 200.0);
        assert_eq!(pinch, [Deed::Pinch { at: (100.0, 0.0), factor: 2.0, by: (50.0, 0.0) }]);
        assert_eq!(hands.hear(Told::Up { id: 1, spot: spot(0.0, 0.0, 0.0) }), []);
        assert_eq!(go(&mut hands, 2, Pointer::Finger, 210.0), [Deed::Pan(10.0, 0.0)]);
    }

    #[test]
    fn a_finger_that_comes_late_does_not_spoil_the_line() {
        let mut hands = Gestures::default();
        down(&mut hands, 1, Pointer::Finger, 0.0, 0.0);
        assert_eq!(down(&mut hands, 2, Pointer::Finger, 100.0, 2_000.0), []);
        assert!(matches!(go(&mut hands, 1, Pointer::Finger, 5.0)[..], [Deed::Go { .. }]));
    }

    #[test]
    fn who_reads_moves_the_paper_with_anything() {
        for pointer in [Pointer::Mouse, Pointer::Finger, Pointer::Pen] {
            let mut hands = Gestures { hand: true, ..Gestures::default() };
            assert!(!begins(&down(&mut hands, 1, pointer, 0.0, 0.0)));
            assert_eq!(go(&mut hands, 1, pointer, -4.0), [Deed::Pan(-4.0, 0.0)]);
            assert_eq!(hands.hear(Told::Lost { id: 1 }), []);
            assert_eq!(hands.doing, Doing::Nothing);
        }
    }

    #[test]
    fn a_pointer_that_the_browser_takes_drops_the_line() {
        let mut hands = Gestures::default();
        down(&mut hands, 1, Pointer::Mouse, 0.0, 0.0);
        assert_eq!(hands.hear(Told::Lost { id: 1 }), [Deed::Drop]);
    }
}
