//! Heights of the rows of a long list, in CSS pixels: where a row begins, and which row is at a place, both in
//! logarithmic time (a Fenwick tree), for a hundred thousand rows of which a few are on the screen.

/// Heights of rows, measured or guessed.
#[derive(Debug, Clone, Default)]
pub struct Heights {
    rows: Vec<f64>,
    tree: Vec<f64>,
}

impl Heights {
    /// Rows of these heights.
    pub fn new(rows: Vec<f64>) -> Self {
        let mut heights = Self { tree: vec![0.0; rows.len() + 1], rows };
        heights.build();
        heights
    }

    fn build(&mut self) {
        self.tree = vec![0.0; self.rows.len() + 1];
        for index in 1..self.tree.len() {
            let own = self.tree[index] + self.rows[index - 1];
            self.tree[index] = own;
            let parent = index + (index & index.wrapping_neg());
            if let Some(slot) = self.tree.get_mut(parent) {
                *slot += own;
            }
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The height of a row; 0 for one that is not there.
    pub fn get(&self, row: usize) -> f64 {
        self.rows.get(row).copied().unwrap_or_default()
    }

    /// Gives a row another height; answers the difference.
    pub fn set(&mut self, row: usize, height: f64) -> f64 {
        let Some(slot) = self.rows.get_mut(row) else { return 0.0 };
        let difference = height - *slot;
        *slot = height;
        let mut index = row + 1;
        while let Some(slot) = self.tree.get_mut(index) {
            *slot += difference;
            index += index & index.wrapping_neg();
        }
        difference
    }

    /// Puts rows in, or takes them out, anywhere.
    pub fn splice(&mut self, at: usize, removed: usize, rows: impl IntoIterator<Item = f64>) {
        let at = at.min(self.rows.len());
        let end = (at + removed).min(self.rows.len());
        self.rows.splice(at..end, rows);
        self.build();
    }

    /// Where a row begins. Past the last row: where all end.
    pub fn top(&self, row: usize) -> f64 {
        let mut index = row.min(self.rows.len());
        let mut sum = 0.0;
        while index > 0 {
            sum += self.tree[index];
            index &= index - 1;
        }
        sum
    }

    /// The sum of all.
    pub fn total(&self) -> f64 {
        self.top(self.rows.len())
    }

    /// The row at a place: the last that begins at or before it.
    pub fn row_at(&self, place: f64) -> usize {
        let (mut index, mut left) = (0, place.max(0.0));
        let mut step = self.rows.len().next_power_of_two();
        while step > 0 {
            if let Some(sum) = self.tree.get(index + step)
                && index + step <= self.rows.len()
                && *sum <= left
            {
                index += step;
                left -= sum;
            }
            step /= 2;
        }
        index.min(self.rows.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(heights: &Heights, rows: &[f64]) {
        let mut top = 0.0;
        for (row, height) in rows.iter().enumerate() {
            assert_eq!(heights.top(row), top);
            assert_eq!(heights.row_at(top), row);
            assert_eq!(heights.row_at(top + height - 1.0), row);
            top += height;
        }
        assert_eq!(heights.total(), top);
        assert_eq!(heights.row_at(top + 100.0), rows.len().saturating_sub(1));
    }

    #[test]
    fn sums_and_places() {
        for count in [0, 1, 2, 3, 7, 8, 9, 100] {
            let mut rows: Vec<f64> =
                (0..count).map(|row| 20.0 + f64::from(row % 7) * 4.0).collect();
            let mut heights = Heights::new(rows.clone());
            check(&heights, &rows);
            for row in (0..rows.len()).step_by(3) {
                assert_eq!(heights.set(row, 90.0), 90.0 - rows[row]);
                rows[row] = 90.0;
            }
            check(&heights, &rows);
            heights.splice(0, 0, [33.0, 44.0]);
            rows.splice(0..0, [33.0, 44.0]);
            heights.splice(rows.len(), 0, [55.0]);
            rows.push(55.0);
            heights.splice(1, 1, []);
            rows.remove(1);
            check(&heights, &rows);
        }
    }
}
