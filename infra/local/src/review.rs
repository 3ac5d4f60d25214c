//! Reads back what a state holds, for the report and the tables.

use channels::report::{CaseView, Report, Silenced};
use domain::Personal;
use domain::case::Case;
use domain::notice::Delivery;
use domain::ports::{Index, SetAside, Store, StoreError};
use domain::records::{self, CASES, ENDED_CASES, SCANS, ScanRecord, TOLD_CASES, UNKNOWN, account_partition};
use jiff::Timestamp;

/// All cases, in the order in which they were made.
pub async fn cases(store: &dyn Store) -> Result<Vec<Case>, StoreError> {
    let mut cases = Vec::new();
    for index in [CASES, TOLD_CASES, ENDED_CASES] {
        let found = records::all::<Case>(store, Index::Secondary, index, "").await?;
        cases.extend(found.into_iter().map(|case| case.value));
    }
    cases.sort_by(|a, b| a.opened().cmp(&b.opened()).then_with(|| a.account_name.cmp(&b.account_name)));
    Ok(cases)
}

/// All scans, the oldest first.
pub async fn scans(store: &dyn Store) -> Result<Vec<ScanRecord>, StoreError> {
    let found = records::all::<ScanRecord>(store, Index::Secondary, SCANS, "").await?;
    let mut scans: Vec<ScanRecord> = found.into_iter().map(|scan| scan.value).collect();
    scans.sort_by_key(|scan| scan.at);
    Ok(scans)
}

/// Everything nobody was told of.
pub async fn silenced(store: &dyn Store) -> Result<Vec<records::Silenced>, StoreError> {
    let mut silenced = records::all_silenced(store).await?;
    silenced.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.contact.cmp(&b.contact)));
    Ok(silenced)
}

/// Every notice of which nobody can tell whether it was sent.
pub async fn unknown(store: &dyn Store) -> Result<Vec<Delivery>, StoreError> {
    let found = records::all::<Delivery>(store, Index::Secondary, UNKNOWN, "").await?;
    Ok(found.into_iter().map(|delivery| delivery.value).collect())
}

/// A case with its story and its notices.
pub async fn view(store: &dyn Store, case: Case) -> Result<CaseView, StoreError> {
    let partition = account_partition(&case.account);
    let (entries, _) = records::audit(store, &partition).await?;
    let deliveries = records::all::<Delivery>(store, Index::Table, &partition, "DELIVERY#").await?;
    Ok(CaseView {
        timeline: entries.into_iter().filter(|entry| entry.case.as_ref() == Some(&case.id)).collect(),
        deliveries: deliveries
            .into_iter()
            .map(|delivery| delivery.value)
            .filter(|delivery| delivery.notice.case.as_ref() == Some(&case.id))
            .collect(),
        case,
    })
}

/// Everything the report shows.
pub async fn report(
    store: &dyn Store,
    title: &str,
    made: Timestamp,
    set_aside: Vec<SetAside>,
) -> Result<Report, StoreError> {
    let mut views = Vec::new();
    for case in cases(store).await? {
        views.push(view(store, case).await?);
    }
    let scans = scans(store).await?;
    let silenced = silenced(store).await?.into_iter().map(quiet).collect();
    Ok(Report { made, title: title.to_owned(), scans, cases: views, silenced, set_aside })
}

fn quiet(silenced: records::Silenced) -> Silenced {
    Silenced {
        at: silenced.at,
        account: silenced.account_name,
        contact: silenced.name,
        verdict: silenced.finding.verdict.to_string(),
        confidence: silenced.finding.confidence,
        from: silenced.finding.from,
        to: silenced.finding.to,
        reason: Personal::new(silenced.reason),
    }
}
