//! Is there an export to scan, and is it whole and new?

use aws::{Clients, ExportSeen, Place, StackOutputs};
use jiff::{SignedDuration, Timestamp};

use super::ago::ago;
use crate::commands::finding::Finding;

/// Exports come daily; with one missed somebody should look.
const OLD: SignedDuration = SignedDuration::from_hours(48);

pub(super) async fn check(clients: &Clients, outputs: &StackOutputs, found: &mut Vec<Finding>) {
    let location = match outputs.get("ExportsLocation") {
        Ok(location) => location,
        Err(failure) => return found.push(Finding::failed("exports", &failure)),
    };
    found.push(match Place::parse(location) {
        Err(e) => Finding::failed("exports", &e),
        Ok(place) => match clients.exports(place) {
            Err(e) => Finding::failed("exports", &e),
            Ok(exports) => match exports.newest_export().await {
                Ok(seen) => judge(location, &seen, Timestamp::now()),
                Err(error) => {
                    let upload = format!("aws s3 cp --recursive DIR {location}YYYY-MM-DD/");
                    Finding { remedy: upload.to_owned(), ..Finding::failed(&format!("exports in {location}"), &error) }
                }
            },
        },
    });
}

fn judge(location: &str, seen: &ExportSeen, now: Timestamp) -> Finding {
    let about = format!("export {}", seen.folder);
    let has = |right: &dyn Fn(&str) -> bool| seen.files.iter().any(|(name, _)| right(&name.to_ascii_lowercase()));
    // Salesforce names its files exactly, HubSpot in a longer name; the scanner goes by the same.
    let contacts = has(&|name| name == "contact.csv" || name.contains("contacts"));
    let accounts = has(&|name| name == "account.csv" || name.contains("companies"));
    let missing: Vec<&str> = [("Contact.csv", contacts), ("Account.csv", accounts)]
        .iter()
        .filter(|(_, there)| !there)
        .map(|(n, _)| *n)
        .collect();
    let upload = format!("export it and put it beside the others: aws s3 cp --recursive DIR s3://…/{}", seen.folder);
    if !missing.is_empty() {
        return Finding::fail(&about, format!("{} is missing", missing.join(" and ")), upload);
    }
    if let Some((empty, _)) = seen.files.iter().find(|(_, bytes)| *bytes == 0) {
        return Finding::fail(&about, format!("{empty} is empty"), upload);
    }
    let age = seen.newest.map_or_else(|| "at a time that is not told".to_owned(), |at| ago(at, now));
    let says = format!("{} files, the last one put there {age}", seen.files.len());
    if seen.newest.is_some_and(|at| now.duration_since(at) > OLD) {
        return Finding::warn(
            &about,
            says,
            format!("upload a newer one: aws s3 cp --recursive DIR {location}YYYY-MM-DD/"),
        );
    }
    Finding::ok(&about, says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::finding::Grade;

    #[test]
    fn an_export_is_whole_and_new() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let check = |files: &[(&str, u64)], at: &str, grade: Grade, words: &str| {
            let files = files.iter().map(|(name, bytes)| ((*name).to_owned(), *bytes)).collect();
            let seen = ExportSeen { folder: "exports/2026-11-22/".into(), files, newest: at.parse().ok() };
            let found = judge("s3://b/exports/", &seen, now);
            assert!(found.grade == grade && found.says.contains(words), "{found:?}");
        };
        let today = "2026-11-22T01:00:00Z";
        check(&[("Contact.csv", 9), ("Account.csv", 9)], today, Grade::Ok, "2 files, the last one put there 11 h ago");
        check(&[("all-contacts.csv", 9), ("all-companies.csv", 9)], today, Grade::Ok, "2 files");
        check(&[("Contact.csv", 9)], today, Grade::Fail, "Account.csv is missing");
        check(&[], today, Grade::Fail, "Contact.csv and Account.csv");
        check(&[("Contact.csv", 0), ("Account.csv", 9)], today, Grade::Fail, "Contact.csv is empty");
        check(&[("Contact.csv", 9), ("Account.csv", 9)], "2026-11-19T01:00:00Z", Grade::Warn, "3 days ago");
    }
}
