//! Which files and columns an export has: Salesforce's own names, or HubSpot's.

use std::path::{Path, PathBuf};

use domain::config::Fields;
use domain::ports::CrmError;

/// The files of an export and what their columns are called.
pub(super) struct Layout {
    hubspot: bool,
    /// The contacts; every export has them.
    pub contacts: TableFile,
    /// The accounts (companies).
    pub accounts: TableFile,
    /// Our own users.
    pub users: Option<TableFile>,
    /// Opportunities (deals).
    pub opportunities: Option<TableFile>,
    /// Roles of contacts in opportunities.
    pub roles: Option<TableFile>,
    /// Support cases (tickets).
    pub tickets: Option<TableFile>,
    /// Columns that every company names for itself.
    pub fields: Fields,
}

/// One file of an export.
#[derive(Clone, Debug)]
pub(super) struct TableFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, as a message names it.
    pub name: String,
}

/// The logical columns, each with the headers it may stand under, Salesforce's first.
pub(super) mod column {
    pub(in super::super) const ID: &[&str] = &["Id", "Record ID", "Record ID - Contact", "Record ID - Company"];
    pub(in super::super) const ACCOUNT_ID: &[&str] =
        &["AccountId", "Primary Associated Company ID", "Associated Company IDs", "Associated Company ID"];
    pub(in super::super) const FULL_NAME: &[&str] = &["Name", "Full Name"];
    pub(in super::super) const FIRST_NAME: &[&str] = &["FirstName", "First Name"];
    pub(in super::super) const LAST_NAME: &[&str] = &["LastName", "Last Name"];
    pub(in super::super) const TITLE: &[&str] = &["Title", "Job Title"];
    pub(in super::super) const DEPARTMENT: &[&str] = &["Department"];
    pub(in super::super) const EMAIL: &[&str] = &["Email"];
    pub(in super::super) const PHONE: &[&str] = &["Phone", "Phone Number", "MobilePhone", "Mobile Phone Number"];
    pub(in super::super) const REPORTS_TO: &[&str] = &["ReportsToId"];
    pub(in super::super) const CHANGED_BY: &[&str] = &["LastModifiedById"];
    pub(in super::super) const PARENT: &[&str] = &["ParentId", "Parent Company ID"];
    pub(in super::super) const BOUNCED: &[&str] = &["IsEmailBounced", "Email hard bounce reason"];
    pub(in super::super) const BOUNCED_ON: &[&str] = &["EmailBouncedDate"];
    pub(in super::super) const BOUNCE_REASON: &[&str] = &["EmailBouncedReason", "Email hard bounce reason"];
    pub(in super::super) const DELETED: &[&str] = &["IsDeleted"];
    pub(in super::super) const ACTIVE: &[&str] = &["IsActive", "Active__c"];
    pub(in super::super) const LAST_CONTACT: &[&str] = &["LastActivityDate", "Last Contacted", "Last Activity Date"];
    pub(in super::super) const CHANGED: &[&str] = &["SystemModstamp", "LastModifiedDate", "Last Modified Date"];
    pub(in super::super) const ACCOUNT_NAME: &[&str] = &["Name", "Company name", "Company Name"];
    pub(in super::super) const ACCOUNT_TYPE: &[&str] = &["Type", "Lifecycle Stage"];
    pub(in super::super) const OWNER: &[&str] = &["OwnerId", "Company owner", "Contact owner"];
    pub(in super::super) const CURRENCY: &[&str] = &["CurrencyIsoCode", "Currency", "Deal Currency"];
    pub(in super::super) const TIME_ZONE: &[&str] = &["TimeZoneSidKey"];
    pub(in super::super) const MANAGER: &[&str] = &["ManagerId"];
    pub(in super::super) const OPPORTUNITY_NAME: &[&str] = &["Name", "Deal Name"];
    pub(in super::super) const STAGE: &[&str] = &["StageName", "Deal Stage"];
    pub(in super::super) const AMOUNT: &[&str] = &["Amount"];
    pub(in super::super) const CLOSE_DATE: &[&str] = &["CloseDate", "Close Date"];
    pub(in super::super) const CLOSED: &[&str] = &["IsClosed"];
    pub(in super::super) const OPPORTUNITY_ID: &[&str] = &["OpportunityId"];
    pub(in super::super) const CONTACT_ID: &[&str] = &["ContactId"];
    pub(in super::super) const ROLE: &[&str] = &["Role", "Buying Role"];
    pub(in super::super) const TICKET_NUMBER: &[&str] = &["CaseNumber", "Ticket ID", "Id"];
    pub(in super::super) const SUBJECT: &[&str] = &["Subject", "Ticket name"];
    pub(in super::super) const PRIORITY: &[&str] = &["Priority"];
}

impl Layout {
    /// Finds the files of the export in `dir`.
    pub(super) fn of(dir: &Path, fields: &Fields) -> Result<Self, CrmError> {
        let files = list(dir)?;
        let named = |name: &str| files.iter().find(|f| f.name.eq_ignore_ascii_case(name)).cloned();
        if let Some(contacts) = named("Contact.csv") {
            let accounts = named("Account.csv").ok_or_else(|| missing(dir, "Account.csv"))?;
            return Ok(Self {
                hubspot: false,
                contacts,
                accounts,
                users: named("User.csv"),
                opportunities: named("Opportunity.csv"),
                roles: named("OpportunityContactRole.csv"),
                tickets: named("Case.csv"),
                fields: fields.clone(),
            });
        }
        let about = |what: &str| files.iter().find(|f| f.name.to_ascii_lowercase().contains(what)).cloned();
        let contacts = about("contacts").ok_or_else(|| missing(dir, "Contact.csv"))?;
        let accounts = about("companies").ok_or_else(|| missing(dir, "companies.csv"))?;
        Ok(Self {
            hubspot: true,
            contacts,
            accounts,
            users: about("users"),
            opportunities: about("deals"),
            roles: None,
            tickets: about("tickets"),
            fields: fields.clone(),
        })
    }

    /// Which system's ids these are.
    pub(super) fn system(&self) -> &'static str {
        if self.hubspot { "hubspot" } else { "salesforce" }
    }
}

fn list(dir: &Path) -> Result<Vec<TableFile>, CrmError> {
    let entries = std::fs::read_dir(dir).map_err(|e| {
        CrmError::Unusable(format!("the export {} cannot be read: {e}; name a directory of CSV files", dir.display()))
    })?;
    let mut files: Vec<TableFile> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")))
        .map(|entry| TableFile { path: entry.path(), name: entry.file_name().to_string_lossy().into_owned() })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn missing(dir: &Path, file: &str) -> CrmError {
    CrmError::Unusable(format!(
        "the export {} has no {file}; export Contact and Account (Salesforce: Setup, Data Export), or contacts and companies (HubSpot)",
        dir.display()
    ))
}
