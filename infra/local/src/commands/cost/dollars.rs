//! Dollars as AWS prices them: in millionths of a millionth, because a gigabyte-second costs $0.0000133334.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimals that are kept.
const DECIMALS: usize = 12;
const DOLLAR: u128 = 10_u128.pow(12);

/// An amount that is never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Dollars(u128);

impl Dollars {
    /// Reads a plain decimal number such as `0.0000133334`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        decimal(text, DECIMALS).map(Self)
    }

    /// This amount for each of `quantity / per` units.
    pub(super) fn times(self, quantity: u128, per: u128) -> Self {
        let per = per.max(1);
        Self(self.0.saturating_mul(quantity).saturating_add(per / 2) / per)
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

impl fmt::Display for Dollars {
    /// To a tenth of a cent: `$0.259`; what is less and not nothing reads `<$0.001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mills = (self.0 + DOLLAR / 2000) / (DOLLAR / 1000);
        if mills == 0 && self.0 > 0 {
            return f.write_str("<$0.001");
        }
        write!(f, "${}.{:03}", grouped(mills / 1000), mills % 1000)
    }
}

impl Serialize for Dollars {
    /// A plain decimal number as text, with six decimals.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let millionths = (self.0 + 500_000) / 1_000_000;
        serializer.collect_str(&format_args!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
    }
}

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no price such as \"0.25\"")))
    }
}

/// A plain decimal number as a count of its last kept decimal; nothing if it is none or has more decimals than that.
pub(super) fn decimal(text: &str, decimals: usize) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > decimals {
        return None;
    }
    format!("{whole}{fraction:0<decimals$}").parse().ok()
}

/// Digits in groups of three.
pub(super) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_to_a_tenth_of_a_cent() {
        for (amount, shown) in [
            ("0", "$0.000"),
            ("0.2592", "$0.259"),
            ("0.2595", "$0.260"),
            ("0.00004", "<$0.001"),
            ("1234567.5", "$1,234,567.500"),
        ] {
            assert_eq!(Dollars::parse(amount).map(|d| d.to_string()), Some(shown.to_owned()), "{amount}");
        }
    }

    #[test]
    fn what_is_no_plain_price_is_refused() {
        for text in ["", "-1", "1e-6", "0.0000000000001", ".5", "1,5", "NaN", "٣"] {
            assert_eq!(Dollars::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_price_smaller_than_a_nano_dollar_is_kept_whole() {
        let second = Dollars::parse("0.0000133334").unwrap();
        assert_eq!(second.times(400_000, 1), Dollars::parse("5.33336").unwrap());
    }
}
