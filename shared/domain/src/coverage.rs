//! Which stakeholder roles are filled, by whom, and whether the account now hangs on one person.

use serde::{Deserialize, Serialize};

use crate::Personal;
use crate::crm::Role;

/// Who fills which key role of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The key roles that are filled, each with the names of those who fill it.
    pub filled: Vec<(Role, Vec<Personal>)>,
    /// Key roles that nobody fills although somebody once did, or does in this account's opportunities.
    pub empty: Vec<Role>,
    /// How many people with a title there are.
    pub people: usize,
}

impl Coverage {
    /// Coverage by these people; `expected` are the roles this account is known to need.
    pub fn of<'a>(people: impl IntoIterator<Item = (&'a Personal, &'a [Role])>, expected: &[Role]) -> Self {
        let people: Vec<_> = people.into_iter().collect();
        let holders = |role: Role| -> Vec<Personal> {
            people.iter().filter(|(_, roles)| roles.contains(&role)).map(|(name, _)| (*name).clone()).collect()
        };
        let (mut filled, mut empty) = (Vec::new(), Vec::new());
        for role in Role::KEY {
            match holders(role) {
                names if !names.is_empty() => filled.push((role, names)),
                _ if expected.contains(&role) => empty.push(role),
                _ => {}
            }
        }
        Self { filled, empty, people: people.len() }
    }

    /// Whether the account's key roles all rest on one person, or there is only one person at all.
    pub fn hangs_on_one(&self) -> bool {
        let mut names: Vec<&Personal> = self.filled.iter().flat_map(|(_, names)| names).collect();
        names.sort();
        names.dedup();
        self.people == 1 || names.len() == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_hangs_on_one_person_when_all_key_roles_are_theirs() {
        let (priya, tom) = (Personal::new("Priya"), Personal::new("Tom"));
        let before = Coverage::of(
            [(&priya, &[Role::DecisionMaker, Role::EconomicBuyer][..]), (&tom, &[Role::Champion][..])],
            &[],
        );
        assert!(!before.hangs_on_one());

        let after = Coverage::of([(&priya, &[Role::DecisionMaker, Role::EconomicBuyer][..])], &[Role::Champion]);
        assert!(after.hangs_on_one());
        assert_eq!(after.empty, [Role::Champion]);
    }
}
