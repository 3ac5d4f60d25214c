//! Amounts of money in minor units; never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount with its currency, kept in hundredths whatever the currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    hundredths: i64,
    currency: String,
}

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a plain decimal number such as `184000` or `1234.5`.
    #[error("{0:?} is not an amount; write plain digits with a point before the cents, such as 1234.50")]
    NotANumber(String),
    /// Beyond what any contract is worth.
    #[error("{0:?} is too large for an amount")]
    TooLarge(String),
    /// No contract and no opportunity is worth less than nothing.
    #[error("{0:?} is less than nothing; a contract is worth nothing or more")]
    Negative(String),
}

impl Money {
    /// Reads what a contract or an opportunity is worth: a plain decimal number (`184000`, `1234.5`, `1.5e3` as a CRM exports large
    /// values). More than two decimals are rounded down. `currency` is a three-letter code; blank means dollars.
    pub fn parse(amount: &str, currency: &str) -> Result<Self, MoneyError> {
        let text = amount.trim();
        let hundredths = decimal(text).ok_or_else(|| MoneyError::NotANumber(shorten(text)))?;
        if hundredths < 0 {
            return Err(MoneyError::Negative(shorten(text)));
        }
        if hundredths > 10_i64.pow(16) {
            return Err(MoneyError::TooLarge(shorten(text)));
        }
        let currency = match currency.trim() {
            "" => "USD".to_owned(),
            code => code.to_ascii_uppercase(),
        };
        Ok(Self { hundredths, currency })
    }

    /// Whole units of the currency, rounded towards zero.
    pub fn units(&self) -> i64 {
        self.hundredths / 100
    }

    /// The three-letter currency code.
    pub fn currency(&self) -> &str {
        &self.currency
    }
}

impl fmt::Display for Money {
    /// `$184,000`, `€12,500`, `CHF 9,000`: whole units, as people speak of contracts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.hundredths < 0 { "-" } else { "" };
        let symbol = match self.currency.as_str() {
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            other => return write!(f, "{sign}{other} {}", thousands(self.units().unsigned_abs())),
        };
        write!(f, "{sign}{symbol}{}", thousands(self.units().unsigned_abs()))
    }
}

fn decimal(text: &str) -> Option<i64> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    if let Some((mantissa, exponent)) = digits.split_once(['e', 'E']) {
        return scientific(mantissa, exponent).map(|n| if negative { -n } else { n });
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let cents: String = fraction.chars().chain("00".chars()).take(2).collect();
    let amount: i64 = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
    Some(if negative { -amount } else { amount })
}

/// `1.84E5` as hundredths: the point moves `exponent + 2` places to the right.
fn scientific(mantissa: &str, exponent: &str) -> Option<i64> {
    let exponent: usize = exponent.trim_start_matches('+').parse().ok().filter(|e| *e <= 15)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let places = exponent + 2;
    let kept: String = digits.chars().chain(std::iter::repeat('0')).take(whole.len() + places).collect();
    kept.parse().ok()
}

fn thousands(units: u64) -> String {
    let digits = units.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn shorten(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_contracts() {
        for (amount, currency, shown) in [
            ("184000", "", "$184,000"),
            ("1234.567", "EUR", "€1,234"),
            ("-0.00", "usd", "$0"),
            ("1.84E5", "CHF", "CHF 184,000"),
            ("0", "GBP", "£0"),
        ] {
            assert_eq!(Money::parse(amount, currency).map(|m| m.to_string()), Ok(shown.to_owned()), "{amount}");
        }
    }

    #[test]
    fn what_is_no_plain_amount_is_refused() {
        for amount in ["", "1,234.56", "1e308", "abc", "1.2.3", "٣", "99999999999999999999"] {
            assert!(Money::parse(amount, "USD").is_err(), "{amount}");
        }
    }

    #[test]
    fn no_contract_is_worth_less_than_nothing() {
        for amount in ["-5", "-0.01", "-1.84E5"] {
            assert!(matches!(Money::parse(amount, "EUR"), Err(MoneyError::Negative(_))), "{amount}");
        }
    }
}
