//! A share of a count, with the interval that a sample of this size leaves open.

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// How many of a number are so: 9 of 10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that are so.
    pub hits: u64,
    /// All that were counted.
    pub of: u64,
}

/// Where the true share lies with 95 % confidence, each end 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The normal distribution leaves 2.5 % beyond so many standard deviations on either side.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// Counts one more.
    pub fn count(&mut self, hit: bool) {
        self.hits += u64::from(hit);
        self.of += 1;
    }

    /// The share, 0 to 1; nothing where nothing was counted.
    pub fn value(&self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's score interval (E. B. Wilson 1927): it stays within 0 to 1 and holds for small counts and for shares
    /// near the ends, where the usual ± does not.
    pub fn interval(&self) -> Option<Interval> {
        let share = self.value()?;
        let (centre, half) = wilson(share, self.of as f64);
        let (low, high) = ((centre - half).max(0.0), (centre + half).min(1.0));
        // At the ends the two terms are equal but for the last bit.
        let (low, high) = (if self.hits == 0 { 0.0 } else { low }, if self.hits == self.of { 1.0 } else { high });
        Some(Interval { low, high })
    }

    /// How many more must be counted, if the share stays what it is, until the interval is no wider than ±`half_width`
    /// (more than 0). Nothing where nothing was counted yet.
    pub fn more_for(&self, half_width: f64) -> Option<u64> {
        let share = self.value()?;
        let is_narrow = |of: &u64| wilson(share, *of as f64).1 <= half_width;
        (self.of..).find(is_narrow).map(|of| of - self.of)
    }
}

/// Centre and half width of the interval around a share of `of`.
fn wilson(share: f64, of: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let scale = 1.0 + z2 / of;
    let centre = (share + z2 / (2.0 * of)) / scale;
    let half = Z * (share * (1.0 - share) / of + z2 / (4.0 * of * of)).sqrt() / scale;
    (centre, half)
}

impl FromIterator<bool> for Share {
    fn from_iter<T: IntoIterator<Item = bool>>(hits: T) -> Self {
        let mut share = Self::default();
        hits.into_iter().for_each(|hit| share.count(hit));
        share
    }
}

/// With the share and its interval worked out, `null` where nothing was counted.
impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let interval = self.interval();
        let mut fields = serializer.serialize_struct("Share", 5)?;
        fields.serialize_field("hits", &self.hits)?;
        fields.serialize_field("of", &self.of)?;
        fields.serialize_field("share", &self.value())?;
        fields.serialize_field("low", &interval.map(|i| i.low))?;
        fields.serialize_field("high", &interval.map(|i| i.high))?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by hand from (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
    #[track_caller]
    fn check(hits: u64, of: u64, low: f64, high: f64) {
        let found = Share { hits, of }.interval().unwrap();
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{hits} of {of}: {found:?}");
    }

    #[test]
    fn the_interval_is_wilsons() {
        check(9, 10, 0.5958, 0.9821);
        check(5, 10, 0.2366, 0.7634);
        check(90, 100, 0.8256, 0.9448);
        check(1, 1, 0.2065, 1.0);
    }

    #[test]
    fn at_the_ends_the_interval_ends_with_the_scale_and_is_still_open_on_the_other_side() {
        check(0, 10, 0.0, 0.2775);
        check(10, 10, 0.7225, 1.0);
        assert_eq!(Share { hits: 0, of: 7 }.interval().unwrap().low, 0.0);
        assert_eq!(Share { hits: 7, of: 7 }.interval().unwrap().high, 1.0);
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let nothing = Share::default();
        assert_eq!((nothing.value(), nothing.interval(), nothing.more_for(0.1)), (None, None, None));
        let json = serde_json::to_value(nothing).unwrap();
        assert_eq!(json, serde_json::json!({ "hits": 0, "of": 0, "share": null, "low": null, "high": null }));
    }

    #[test]
    fn so_many_more_make_the_interval_narrow_and_one_less_does_not() {
        let half = |share: Share| share.interval().map(|i| (i.high - i.low) / 2.0).unwrap();
        // Of 40, 36 leave ±0.0983; of 30, 27 leave ±0.111.
        assert!(half(Share { hits: 36, of: 40 }) <= 0.1 && half(Share { hits: 27, of: 30 }) > 0.1);
        for share in [Share { hits: 9, of: 10 }, Share { hits: 1, of: 2 }, Share { hits: 3, of: 3 }] {
            let more = share.more_for(0.1).unwrap();
            let p = share.value().unwrap();
            assert!(wilson(p, (share.of + more) as f64).1 <= 0.1, "{share:?}: {more}");
            assert!(wilson(p, (share.of + more - 1) as f64).1 > 0.1, "{share:?}: {more}");
        }
        assert_eq!(Share { hits: 90, of: 100 }.more_for(0.1), Some(0));
    }
}
