//! A share of something counted, and how far chance alone may have moved it.

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub hits: usize,
    /// Of how many.
    pub of: usize,
}

/// The normal distribution's 97.5th percentile: 95 % lie within so many standard deviations on both sides.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// The share, 0 to 1; nothing where there is nothing to have a share of.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Between what two shares the true one lies with 95 % confidence: Wilson's interval, which holds for few and for extreme
    /// counts too.
    ///
    /// Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, 1927.
    pub fn interval(self) -> Option<(f64, f64)> {
        let (p, n) = (self.rate()?, self.of as f64);
        let square = Z * Z / n;
        let middle = p + square / 2.0;
        let reach = Z * (p * (1.0 - p) / n + square / (4.0 * n)).sqrt();
        let bound = |at: f64| (at / (1.0 + square)).clamp(0.0, 1.0);
        Some((bound(middle - reach), bound(middle + reach)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hits: usize, of: usize, low: f64, high: f64) {
        let (a, b) = Share { hits, of }.interval().unwrap();
        assert!((a - low).abs() < 5e-5 && (b - high).abs() < 5e-5, "{hits} of {of}: {a} to {b}");
    }

    #[test]
    fn the_interval_is_wilsons_and_holds_for_few_and_for_all() {
        check(928, 960, 0.9533, 0.9763);
        check(8, 10, 0.4902, 0.9433);
        check(10, 10, 0.7225, 1.0);
        check(0, 10, 0.0, 0.2775);
        check(1, 1, 0.2065, 1.0);
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let none = Share { hits: 0, of: 0 };
        assert_eq!((none.rate(), none.interval()), (None, None));
    }
}
