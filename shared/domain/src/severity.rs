//! Which findings are worth a message of their own, and which can wait for the weekly digest.

use jiff::civil::Date;

use crate::case::Case;
use crate::crm::Role;
use crate::finding::Verdict;

/// How soon somebody must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// With the next digest.
    Low,
    /// At once.
    Full,
}

/// A renewal is near for so many days before it.
const NEAR_DAYS: i32 = 120;

/// Low is what is configured to be, unless it is about a key role, another account of ours, or an account that renews soon. Of an
/// account of which nothing is known yet, nothing is low.
pub fn severity(case: &Case, digest_only: &[Verdict], today: Date) -> Severity {
    let Some(context) = &case.context else { return Severity::Full };
    let has_key_role = case.subject.roles.iter().any(|role| Role::KEY.contains(role));
    let renews_soon = context.days_to_renewal(today).is_some_and(|days| (0..=NEAR_DAYS).contains(&days));
    if digest_only.contains(&case.finding.verdict) && !has_key_role && !renews_soon && case.gained_by.is_none() {
        Severity::Low
    } else {
        Severity::Full
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::example;
    use jiff::civil::date;

    #[test]
    fn only_what_is_listed_and_touches_no_key_role_and_no_near_renewal_can_wait() {
        let today = date(2026, 11, 5);
        let listed = [Verdict::Departed];
        let mut case = example::told("2026-11-05T09:00:00Z");
        assert_eq!(severity(&case, &listed, today), Severity::Low);
        assert_eq!(severity(&case, &[Verdict::Arrived], today), Severity::Full);
        case.subject.roles = vec![Role::Influencer];
        assert_eq!(severity(&case, &listed, today), Severity::Low);
        case.subject.roles = vec![Role::Champion];
        assert_eq!(severity(&case, &listed, today), Severity::Full);
    }

    #[test]
    fn a_renewal_within_a_hundred_and_twenty_days_makes_it_weighty_and_one_that_has_passed_does_not() {
        let mut case = example::told("2026-11-05T09:00:00Z");
        case.subject.roles.clear();
        let listed = [Verdict::Departed];
        for (renewal, expected) in [
            (date(2026, 11, 4), Severity::Low),
            (date(2026, 11, 5), Severity::Full),
            (date(2027, 3, 5), Severity::Full),
            (date(2027, 3, 6), Severity::Low),
        ] {
            example::renews(&mut case, renewal);
            assert_eq!(severity(&case, &listed, date(2026, 11, 5)), expected, "{renewal}");
        }
        case.context = None;
        assert_eq!(severity(&case, &listed, date(2026, 11, 5)), Severity::Full, "nothing is known of the account");
    }
}
