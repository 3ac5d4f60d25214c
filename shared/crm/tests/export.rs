//! An export as a CRM: what of an account is read alone is what the whole account says.

#![cfg(test)]

use std::path::Path;

use crm::ExportCrm;
use domain::AccountId;
use domain::config::Config;
use domain::crm::Contract;
use domain::ports::Crm;
use domain::recipients::Responsible;

#[tokio::test]
async fn who_is_responsible_and_what_is_contracted_is_what_the_accounts_say() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/crm/2026-11-02");
    let log = tempfile::tempdir().unwrap();
    let now = "2026-11-02T07:00:00Z".parse().unwrap();
    let crm = ExportCrm::open(&dir, &Config::shipped(), now, log.path()).unwrap();
    let ids = ["001Qf0000000QQiIAM", "001-nowhere", "001Qf0000000Q0uIAE"];
    let wanted = ids.map(|id| AccountId::parse(id).unwrap());
    let accounts = crm.accounts(&wanted).await.unwrap();
    assert!(accounts.len() == 2 && accounts.iter().all(|account| account.manager.is_some()));
    let contracts: Vec<Contract> = accounts.iter().cloned().map(Contract::from).collect();
    assert_eq!(crm.contracts(&wanted).await.unwrap(), contracts);
    let said = accounts.into_iter().map(|account| (account.id.clone(), Responsible::from(account))).collect();
    assert_eq!(crm.responsible(&wanted).await.unwrap(), said);
}
