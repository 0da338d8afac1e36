//! The greatest of many.

/// So many of the items with the greatest ranks, of all that are seen. Only what may be among them is made.
pub(crate) struct Greatest<R, T> {
    most: usize,
    /// Up to twice as many, in no order.
    items: Vec<(R, T)>,
    /// The least rank of those that were the greatest when last somebody looked: less is not shown.
    least: Option<R>,
}

impl<R: Ord + Copy, T> Greatest<R, T> {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, items: Vec::new(), least: None }
    }

    pub(crate) fn see(&mut self, rank: R, item: impl FnOnce() -> T) {
        if self.most == 0 || self.least.is_some_and(|least| rank <= least) {
            return;
        }
        self.items.push((rank, item()));
        if self.items.len() == 2 * self.most {
            let (_, (least, _), _) =
                self.items.select_nth_unstable_by(self.most - 1, |(left, _), (right, _)| right.cmp(left));
            self.least = Some(*least);
            self.items.truncate(self.most);
        }
    }

    /// The greatest first.
    pub(crate) fn into_vec(mut self) -> Vec<T> {
        self.items.sort_unstable_by(|(left, _), (right, _)| right.cmp(left));
        self.items.truncate(self.most);
        self.items.into_iter().map(|(_, item)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Greatest;

    #[test]
    fn the_greatest_are_kept_in_whatever_order_all_come() {
        for step in [1, 7, 991, 996] {
            let (mut greatest, mut made) = (Greatest::new(10), 0);
            for number in (0..997).map(|index| (index * step) % 997) {
                greatest.see(number, || {
                    made += 1;
                    number
                });
            }
            assert_eq!(greatest.into_vec(), (987..997).rev().collect::<Vec<_>>(), "{step}");
            assert!(step == 1 || made < 400, "{made} were made of 997");
        }
    }

    #[test]
    fn fewer_than_may_be_are_all_there() {
        let all = |most| {
            let mut greatest = Greatest::new(most);
            for number in [2, 3, 1] {
                greatest.see(number, || number);
            }
            greatest.into_vec()
        };
        assert_eq!((all(0), all(1), all(3), all(9)), (vec![], vec![3], vec![3, 2, 1], vec![3, 2, 1]));
    }
}
