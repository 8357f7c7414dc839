//! Which rows of the thread are drawn, frame by frame: drawing a row takes a while, and a frame that draws dozens is late.

/// So many rows that are not seen yet are drawn in one frame, at each end: the others wait for the next.
const MORE: usize = 6;

/// Which rows are to be drawn next, when these are: what is seen at once, of what else is wanted a few more; and those
/// that are not wanted any more go when they are well out of sight, so that small moves change nothing.
pub fn next(
    (from, to): (usize, usize),
    wanted: (usize, usize),
    seen: (usize, usize),
) -> (usize, usize) {
    if from > seen.1 || to < seen.0 || from == to {
        return seen;
    }
    let from = if wanted.0 < from {
        wanted.0.max(seen.0.min(from.saturating_sub(MORE)))
    } else if wanted.0 - from > MORE {
        wanted.0
    } else {
        from
    };
    let to = if wanted.1 > to {
        wanted.1.min(seen.1.max(to + MORE))
    } else if to - wanted.1 > MORE {
        wanted.1
    } else {
        to
    };
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_drawn_at_once_and_the_rest_soon() {
        for seen in [0, 3, 40, 90, 100, 400] {
            let (wanted, seen) = ((seen - seen.min(25), seen + 45), (seen, seen + 20));
            for from in [0, 30, 60, 99, 130, 420] {
                for length in [0, 1, 30, 70] {
                    let mut drawn = (from, from + length);
                    for _ in 0..20 {
                        drawn = next(drawn, wanted, seen);
                        assert!(drawn.0 <= seen.0 && drawn.1 >= seen.1, "{drawn:?}");
                    }
                    assert_eq!(drawn, next(drawn, wanted, seen));
                    assert!(drawn.0 <= wanted.0 && drawn.1 >= wanted.1, "{drawn:?}");
                    assert!(wanted.0 - drawn.0 <= MORE && drawn.1 - wanted.1 <= MORE, "{drawn:?}");
                }
            }
        }
    }

    #[test]
    fn a_frame_draws_a_few_of_those_that_are_not_seen() {
        assert_eq!(next((30, 60), (10, 80), (35, 55)), (30 - MORE, 60 + MORE));
        // Somebody who is quicker sees what is there at once.
        assert_eq!(next((30, 60), (0, 60), (10, 30)), (10, 60));
        assert_eq!(next((30, 60), (100, 180), (120, 140)), (120, 140));
    }

    #[test]
    fn small_moves_change_nothing() {
        let drawn = next((10, 80), (10, 80), (35, 55));
        assert_eq!(drawn, (10, 80));
        assert_eq!(next(drawn, (14, 80), (39, 59)), drawn);
        assert_eq!(next(drawn, (17, 80), (42, 62)), (17, 80));
    }
}
