//! A finger that draws a message aside to answer it: rightwards, and leftwards where one reads from right to left.
//!
//! | course | a move                                 | next   |
//! |--------|----------------------------------------|--------|
//! | Open   | less than the slack                    | Open   |
//! | Open   | more, and far more along than across   | Aside  |
//! | Open   | more, any other way: the thread scrolls | Other  |
//! | Aside  | any                                    | Aside  |
//! | Other  | any                                    | Other  |

/// Pixels before it is known what a finger does.
const SLACK: f64 = 10.0;
/// Drawn so far aside, the message is answered.
const ENOUGH: f64 = 52.0;
/// It goes no farther.
const FARTHEST: f64 = 76.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Course {
    Open,
    Other,
    Aside(f64),
}

/// A finger that came down on a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swipe {
    from: (f64, f64),
    rtl: bool,
    course: Course,
}

impl Swipe {
    /// It came down at a point of the window.
    pub fn begin(from: (f64, f64), rtl: bool) -> Self {
        Self { from, rtl, course: Course::Open }
    }

    /// It is at this point now.
    pub fn moved(&mut self, to: (f64, f64)) {
        let right = to.0 - self.from.0;
        let along = if self.rtl { -right } else { right };
        let across = (to.1 - self.from.1).abs();
        if self.course == Course::Open && along.abs().max(across) > SLACK {
            let aside = along > 2.0 * across;
            self.course = if aside { Course::Aside(0.0) } else { Course::Other };
        }
        if let Course::Aside(drawn) = &mut self.course {
            *drawn = (along - SLACK).clamp(0.0, FARTHEST);
        }
    }

    fn drawn(&self) -> Option<f64> {
        match self.course {
            Course::Aside(drawn) => Some(drawn),
            Course::Open | Course::Other => None,
        }
    }

    /// Pixels that the message is drawn to the right; nothing if it is not drawn at all.
    pub fn shift(&self) -> Option<f64> {
        self.drawn().map(|drawn| if self.rtl { -drawn } else { drawn })
    }

    /// How much of the way to an answer is done: from 0 to 1.
    pub fn part(&self) -> f64 {
        (self.drawn().unwrap_or_default() / ENOUGH).min(1.0)
    }

    /// Whether letting go now answers the message.
    pub fn answers(&self) -> bool {
        self.part() >= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::Swipe;

    fn after(rtl: bool, moves: &[(f64, f64)]) -> (Option<f64>, bool) {
        let mut swipe = Swipe::begin((100.0, 100.0), rtl);
        moves.iter().for_each(|to| swipe.moved((100.0 + to.0, 100.0 + to.1)));
        (swipe.shift(), swipe.answers())
    }

    #[test]
    fn only_along_the_line_and_far_enough() {
        for (rtl, moves, expected) in [
            (false, &[(5.0, 5.0)] as &[_], (None, false)),
            (false, &[(12.0, 2.0), (40.0, 4.0)], (Some(30.0), false)),
            (false, &[(12.0, 2.0), (70.0, 30.0)], (Some(60.0), true)),
            (false, &[(20.0, 0.0), (500.0, 0.0)], (Some(76.0), true)),
            // Back again is no answer.
            (false, &[(80.0, 0.0), (3.0, 0.0)], (Some(0.0), false)),
            // The thread is scrolled, whatever comes behind it.
            (false, &[(8.0, 12.0), (90.0, 12.0)], (None, false)),
            (false, &[(-80.0, 0.0)], (None, false)),
            (true, &[(-80.0, 0.0)], (Some(-70.0), true)),
            (true, &[(80.0, 0.0)], (None, false)),
        ] {
            assert_eq!(after(rtl, moves), expected, "{moves:?}");
        }
    }
}
