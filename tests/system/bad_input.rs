//! Broken exports: each broken row is set aside with file, row, column and reason, the rest goes on, and nothing of what
//! could not be read counts as changed or gone.

use baton::adapters::Database;

use crate::fixtures::{
    ACCOUNTS, HEADER, NOVEMBER, OCTOBER, PEOPLE, Ran, SEPTEMBER, Site, contacts, left, people_but, root,
};

/// Lee's row is broken in October while Priya leaves: the row is set aside, Priya is told of, and in November, with Lee's
/// row whole again, nothing has happened to Lee.
fn check_row(broken: &[u8], column: &str, reason: &str) {
    let site = Site::new();
    assert_eq!(site.scan(SEPTEMBER).code, Some(0));

    let gone = left("003C");
    let rows = [PEOPLE[0].as_bytes(), broken, gone.as_bytes(), PEOPLE[3].as_bytes(), PEOPLE[4].as_bytes()];
    site.write("Contact.csv", [HEADER.as_bytes(), &rows.join(&b'\n'), b""].join(&b'\n'));
    let ran = site.scan(OCTOBER);
    expect_aside(&ran, "Contact.csv", 3, column, reason);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(site.concerned(), ["003C"], "{ran:?}");

    site.write("Contact.csv", contacts(&people_but("003C", &gone).iter().map(String::as_str).collect::<Vec<_>>()));
    let ran = site.scan(NOVEMBER);
    assert_eq!((ran.code, ran.number("changed"), ran.number("contacts")), (Some(0), 0, 5), "{ran:?}");
}

fn expect_aside(ran: &Ran, file: &str, row: u64, column: &str, reason: &str) {
    let aside = ran.set_aside();
    let [(in_file, in_row, in_column, because)] = aside.as_slice() else { panic!("one row in {aside:?} of {ran:?}") };
    assert_eq!((in_file.as_str(), *in_row, in_column.as_str()), (file, row, column), "{because}");
    assert!(because.contains(reason), "{reason} in {because}");
}

/// A value of Northwind's account row is broken while Dana leaves: only the value is set aside.
fn check_account_value(value: &str, with: &str, column: &str, reason: &str) {
    let site = Site::new();
    site.scan(SEPTEMBER);
    site.write("Account.csv", ACCOUNTS.replacen(value, with, 1));
    site.write("Contact.csv", people("003A", &left("003A")));
    let ran = site.scan(OCTOBER);
    assert_eq!((ran.code, ran.number("alerted")), (Some(3), 1), "{ran:?}");
    expect_aside(&ran, "Account.csv", 2, column, reason);
}

fn people(id: &str, row: &str) -> String {
    contacts(&people_but(id, row).iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_row_with_too_few_or_too_many_columns_is_set_aside() {
    check_row(b"003B,001A,Lee,Park,Head of IT", "", "it has 5 columns, the header has 9");
    check_row(b"003B,001A,Lee,Park,Head of IT,,,,,,", "", "it has 11 columns, the header has 9");
}

#[test]
fn a_row_of_an_unknown_account_is_set_aside() {
    check_row(
        b"003B,001Z,Lee,Park,Head of IT,lee.park@northwind.example,,false,",
        "AccountId",
        "\"001Z\" is not in Account.csv",
    );
}

#[test]
fn a_name_of_ten_kilobytes_is_set_aside() {
    let row = format!("003B,001A,Lee,{},Head of IT,lee.park@northwind.example,,false,", "x".repeat(10_000));
    check_row(row.as_bytes(), "Name", "bytes; 2000 are the most");
}

#[test]
fn bytes_that_are_not_utf_8_in_a_utf_8_file_are_set_aside() {
    check_row(b"003B,001A,L\xe9e,Park,Head of IT,lee.park@northwind.example,,false,", "", "it is not UTF-8");
}

#[test]
fn a_bounce_on_no_date_is_set_aside() {
    let row = b"003B,001A,Lee,Park,Head of IT,lee.park@northwind.example,sometime,false,2026-08-02";
    check_row(row, "EmailBouncedDate", "\"sometime\" is no date");
}

#[test]
fn an_id_that_is_blank_or_no_id_is_set_aside_and_absence_proves_nothing_then() {
    check_row(b",001A,Lee,Park,Head of IT,lee.park@northwind.example,,false,", "Id", "the id is empty");
    check_row(b"003/B,001A,Lee,Park,Head of IT,lee.park@northwind.example,,false,", "Id", "'/'");
    let long = format!("{},001A,Lee,Park,Head of IT,lee.park@northwind.example,,false,", "3".repeat(101));
    check_row(long.as_bytes(), "Id", "101 characters");
}

#[test]
fn a_repeated_id_is_set_aside_and_the_first_row_counts() {
    for sorted in [true, false] {
        let site = Site::new();
        site.scan(SEPTEMBER);
        let mut rows = PEOPLE.to_vec();
        let second = PEOPLE[1].replace("Head of IT", "Chief Executive Officer");
        rows.insert(if sorted { 2 } else { 4 }, &second);
        site.write("Contact.csv", contacts(&rows));
        let ran = site.scan(OCTOBER);
        expect_aside(
            &ran,
            "Contact.csv",
            if sorted { 4 } else { 6 },
            "Id",
            "stands in an earlier row already; the first one counts",
        );
        assert_eq!((ran.code, ran.number("contacts"), ran.number("changed")), (Some(3), 5, 0), "{ran:?}");
    }
}

#[test]
fn a_repeated_account_is_set_aside_and_the_first_row_counts() {
    let site = Site::new();
    let deleted = ACCOUNTS.lines().enumerate().map(|(n, line)| match n {
        0 => format!("{line},IsDeleted"),
        _ => format!("{line},false"),
    });
    let gone = "001A,Gone Ltd,Customer,005A,2020-01-01,1,USD,true";
    let second = "001A,Southwind Traders,Customer,005A,2030-01-01,2,USD,false";
    let rows: Vec<String> = deleted.collect();
    site.write("Account.csv", [rows[0].as_str(), gone, &rows[1], &rows[2], second, ""].join("\n"));
    site.scan(SEPTEMBER);
    site.write("Contact.csv", people("003A", &left("003A")));
    let ran = site.scan(OCTOBER);
    expect_aside(&ran, "Account.csv", 5, "Id", "stands in an earlier row already; the first one counts");
    let case = &site.cases()[0];
    assert_eq!(
        (&case["account_name"], &case["context"]["renewal"]["value"]),
        (&"Northwind Traders".into(), &"2027-01-08".into())
    );
}

/// Dana leaves while these files are there too; the rows set aside, and the case about her.
fn departure_beside(files: &[(&str, &str)]) -> (Vec<(String, u64, String, String)>, serde_json::Value) {
    let site = Site::new();
    files.iter().for_each(|(file, content)| site.write(file, content));
    site.scan(SEPTEMBER);
    site.write("Contact.csv", people("003A", &left("003A")));
    let ran = site.scan(OCTOBER);
    let aside = ran.set_aside();
    assert_eq!(ran.code, Some(if aside.is_empty() { 0 } else { 3 }), "{ran:?}");
    (aside, site.cases().remove(0))
}

fn expect_all_aside(aside: &[(String, u64, String, String)], expected: &[(&str, u64, &str, &str)]) {
    let places: Vec<_> = aside.iter().map(|(file, row, column, _)| (file.as_str(), *row, column.as_str())).collect();
    assert_eq!(places, expected.iter().map(|(file, row, column, _)| (*file, *row, *column)).collect::<Vec<_>>());
    for ((.., said), (.., reason)) in aside.iter().zip(expected) {
        assert!(said.contains(reason), "{reason} in {said}");
    }
}

const OPPORTUNITIES: &str = "\
Id,AccountId,Name,StageName,Amount,IsDeleted
006A,001A,Renewal,Open,100,false
006B,001Z,Of nobody,Open,200,false
006C,001/,Of no id,Open,300,false
006D,,Of no account,Open,400,false
006E,001A,Deleted,Open,500,true
,001A,Without id,Open,600,false
";

#[test]
fn an_opportunity_of_an_account_that_is_not_there_is_set_aside_and_a_deleted_one_does_not_count() {
    let roles = "OpportunityId,ContactId,Role\n";
    let (aside, case) = departure_beside(&[("Opportunity.csv", OPPORTUNITIES), ("OpportunityContactRole.csv", roles)]);
    expect_all_aside(
        &aside,
        &[
            ("Opportunity.csv", 3, "AccountId", "\"001Z\" is not in Account.csv"),
            ("Opportunity.csv", 4, "AccountId", "'/'"),
            ("Opportunity.csv", 7, "Id", "the id is empty"),
        ],
    );
    let open = case["context"]["opportunities"].as_array().expect("opportunities").iter();
    assert_eq!(open.map(|one| &one["value"]["name"]).collect::<Vec<_>>(), ["Renewal", "Without id"]);
}

#[test]
fn an_opportunity_of_an_account_that_is_not_there_is_set_aside_without_any_roles_too() {
    let (aside, _) = departure_beside(&[("Opportunity.csv", OPPORTUNITIES)]);
    expect_all_aside(
        &aside,
        &[
            ("Opportunity.csv", 3, "AccountId", "\"001Z\" is not in Account.csv"),
            ("Opportunity.csv", 4, "AccountId", "'/'"),
        ],
    );
}

#[test]
fn a_role_in_an_opportunity_that_is_not_there_or_of_no_contact_is_set_aside() {
    let opportunities =
        "Id,AccountId,Name,StageName,IsDeleted\n006A,001A,Renewal,Open,false\n006E,001A,Old,Open,true\n";
    let roles = "OpportunityId,ContactId,Role,IsDeleted\n006A,003A,Champion,false\n006Z,003A,Champion,false\n\
        006A,003/,Champion,false\n006A,003B,,false\n006E,003B,Champion,false\n006Z,003B,Champion,true\n";
    let (aside, case) = departure_beside(&[("Opportunity.csv", opportunities), ("OpportunityContactRole.csv", roles)]);
    expect_all_aside(
        &aside,
        &[
            ("OpportunityContactRole.csv", 3, "OpportunityId", "\"006Z\" is not in Opportunity.csv"),
            ("OpportunityContactRole.csv", 4, "ContactId", "'/'"),
        ],
    );
    assert_eq!(case["subject"]["roles"], serde_json::json!(["champion"]));
}

#[test]
fn roles_without_any_opportunities_are_set_aside_together() {
    let (aside, _) =
        departure_beside(&[("OpportunityContactRole.csv", "OpportunityId,ContactId,Role\n006A,003A,User\n")]);
    expect_all_aside(&aside, &[("OpportunityContactRole.csv", 1, "", "there is no Opportunity.csv")]);
}

#[test]
fn a_ticket_of_an_account_that_is_not_there_is_set_aside_and_a_deleted_one_does_not_count() {
    let tickets = "AccountId,CaseNumber,Subject,Priority,IsDeleted\n001A,1,Open,High,false\n001Z,2,Of nobody,High,false\n\
        001/,3,Of no id,High,false\n,4,Of no account,High,false\n001A,5,Deleted,High,true\n";
    let (aside, case) = departure_beside(&[("Case.csv", tickets)]);
    expect_all_aside(
        &aside,
        &[("Case.csv", 3, "AccountId", "\"001Z\" is not in Account.csv"), ("Case.csv", 4, "AccountId", "'/'")],
    );
    let open = case["context"]["tickets"].as_array().expect("tickets").iter();
    assert_eq!(open.map(|one| &one["value"]["number"]).collect::<Vec<_>>(), ["1"]);
}

#[test]
fn a_user_who_was_deleted_is_nobody_and_the_first_row_of_a_repeated_one_counts() {
    let users = "Id,Name,Email,IsActive,ManagerId,IsDeleted\n005A,Old Name,old@ours.example,true,,true\n\
        005A,Robin Vale,robin.vale@ours.example,true,,false\n005A,Third Name,third@ours.example,true,,false\n";
    let (aside, case) = departure_beside(&[("User.csv", users)]);
    expect_all_aside(&aside, &[("User.csv", 4, "Id", "the first one counts")]);
    assert_eq!(case["context"]["owner"]["value"]["name"], "Robin Vale");
}

#[test]
fn a_backtest_tells_of_rows_it_set_aside_and_keeps_its_findings_apart() {
    let site = Site::new();
    site.write("Contact.csv", people("003B", "003B,001A"));
    std::fs::rename(site.path("export"), site.path("2026-09-07")).expect("a renamed directory");
    let ran = site.baton(&["backtest", "2026-09-07"]);
    assert!(ran.code == Some(3) && ran.out.contains("it has 2 columns, the header has 9"), "{ran:?}");
    let ran = site.baton(&["--format", "json", "backtest", "2026-09-07"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""), "{ran:?}");
    assert_eq!(ran.err, "set aside: 2026-09-07/Contact.csv, row 3: it has 2 columns, the header has 9\n");
}

#[test]
fn a_date_that_is_none_costs_the_value_and_not_the_row() {
    let site = Site::new();
    site.scan(SEPTEMBER);
    let (gone, undated) = (left("003A"), PEOPLE[1].replace("2026-08-02", "0000-00-00"));
    site.write("Contact.csv", contacts(&[&gone, &undated, PEOPLE[2], PEOPLE[3], PEOPLE[4]]));
    let ran = site.scan(OCTOBER);
    expect_aside(&ran, "Contact.csv", 3, "LastActivityDate", "\"0000-00-00\" is no date");
    assert_eq!((ran.code, ran.number("contacts"), ran.number("changed")), (Some(3), 5, 1), "{ran:?}");
    check_account_value("2027-01-08", "08.01.2027", "Renewal_Date__c", "\"08.01.2027\" is no date");
    check_account_value("2027-01-08", "2027-02-30", "Renewal_Date__c", "\"2027-02-30\" is no date");
    check_account_value("2027-01-08", "日本日本日本日本", "Renewal_Date__c", "is no date");
}

#[test]
fn an_amount_that_is_none_costs_the_value_and_not_the_case() {
    check_account_value("184000", "\"1,234.56\"", "Annual_Contract_Value__c", "\"1,234.56\" is not an amount");
    check_account_value("184000", "1e308", "Annual_Contract_Value__c", "\"1e308\" is");
    check_account_value("184000", "999999999999999", "Annual_Contract_Value__c", "too large");
    check_account_value("184000", "NaN", "Annual_Contract_Value__c", "\"NaN\" is not an amount");
    check_account_value("184000", "-5", "Annual_Contract_Value__c", "\"-5\" is less than nothing");
}

#[test]
fn a_blank_amount_and_a_nought_are_read_as_what_they_are() {
    for (written, read) in [("", None), ("0", Some("0"))] {
        let site = Site::new();
        site.scan(SEPTEMBER);
        site.write("Account.csv", ACCOUNTS.replacen("184000", written, 1));
        site.write("Contact.csv", people("003A", &left("003A")));
        let ran = site.scan(OCTOBER);
        assert_eq!((ran.code, ran.number("alerted")), (Some(0), 1), "{ran:?}");
        let value = site.cases()[0]["context"]["value"]["value"]["hundredths"].to_string();
        assert_eq!(value, read.unwrap_or("null"));
    }
}

#[test]
fn a_windows_1252_file_is_read_with_its_umlauts() {
    let site = Site::new();
    let (jurgen, gone) =
        ("003F,001A,J\u{fc}rgen,M\u{fc}ller,Gesch\u{e4}ftsf\u{fc}hrer,j.mueller@northwind.example,,false,", "true");
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect::<Vec<u8>>();
    let rows: Vec<&str> = PEOPLE[..3].iter().copied().chain([jurgen]).collect();
    site.write("Contact.csv", latin(&contacts(&rows)));
    assert_eq!(site.scan(SEPTEMBER).code, Some(0));
    site.write("Contact.csv", latin(&contacts(&rows).replace(",,false,\n", &format!(",,{gone},\n"))));
    let ran = site.scan(OCTOBER);
    assert_eq!((ran.code, ran.number("alerted")), (Some(0), 1), "{ran:?}");
    let case = &site.cases()[0];
    assert_eq!(
        (&case["subject"]["name"], &case["subject"]["title"]),
        (&"Jürgen Müller".into(), &"Geschäftsführer".into())
    );
    let left = case["context"]["stakeholders"].as_array().map(Vec::len);
    assert_eq!(left, Some(3), "the people of the account are found again in such a file: {case}");
}

#[test]
fn byte_order_mark_line_ends_and_quoted_newlines_change_nothing() {
    let site = Site::new();
    site.scan(SEPTEMBER);
    let plain = contacts(&PEOPLE);
    for written in [format!("\u{feff}{plain}"), plain.replace('\n', "\r\n"), plain.trim_end().to_owned()] {
        site.write("Contact.csv", written);
        let ran = site.scan(OCTOBER);
        assert_eq!((ran.code, ran.number("contacts"), ran.number("changed")), (Some(0), 5, 0), "{ran:?}");
    }

    let quoted = Site::new();
    let rows = PEOPLE[1].replace("Head of IT", "\"Head of IT,\r\nEMEA\"");
    quoted.write("Contact.csv", people("003B", &rows));
    assert_eq!(quoted.scan(SEPTEMBER).number("contacts"), 5);
    let broken = [PEOPLE[0], rows.as_str(), "003C,001A", PEOPLE[3], PEOPLE[4]];
    quoted.write("Contact.csv", contacts(&broken));
    let ran = quoted.scan(OCTOBER);
    expect_aside(&ran, "Contact.csv", 5, "", "it has 2 columns");
    assert_eq!(ran.number("changed"), 0, "{ran:?}");
}

#[test]
fn a_quote_that_is_never_closed_makes_nobody_leave() {
    let site = Site::new();
    site.scan(SEPTEMBER);
    site.write("Contact.csv", people("003B", &PEOPLE[1].replace("Lee", "\"Lee")));
    let ran = site.scan(OCTOBER);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(site.concerned(), [""; 0], "{ran:?}");
}

#[test]
fn a_file_that_breaks_off_makes_nobody_leave() {
    let whole = contacts(&PEOPLE);
    let second = whole.find("003C").expect("Priya's row");
    for cut in [second + 7, second + 30] {
        let site = Site::new();
        site.scan(SEPTEMBER);
        site.write("Contact.csv", &whole[..cut]);
        let ran = site.scan(OCTOBER);
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert_eq!(site.concerned(), [""; 0], "cut after {cut} bytes: {ran:?}");
    }
}

#[test]
fn a_broken_row_makes_nobody_leave_where_the_id_is_not_the_first_column() {
    let swap = |text: String| -> String {
        let swapped = text.lines().map(|line| line.splitn(3, ',').collect::<Vec<_>>());
        swapped.map(|cells| format!("{},{},{}\n", cells[1], cells[0], cells[2])).collect()
    };
    let site = Site::new();
    site.write("Contact.csv", swap(contacts(&PEOPLE)));
    site.scan(SEPTEMBER);
    site.write("Contact.csv", swap(people("003B", "003B,001A,Lee,Park,Head of IT")));
    let ran = site.scan(OCTOBER);
    expect_aside(&ran, "Contact.csv", 3, "", "it has 5 columns");
    assert_eq!(site.concerned(), [""; 0], "{ran:?}");
}

#[test]
fn a_broken_account_makes_none_of_its_people_leave() {
    let name = "x".repeat(10_000);
    for (broken, column) in [("001A,Northwind Traders", ""), (&format!("001A,{name},Customer,005A,,,"), "Name")] {
        let site = Site::new();
        site.scan(SEPTEMBER);
        let accounts = ACCOUNTS.lines().map(|line| if line.starts_with("001A") { broken } else { line });
        site.write("Account.csv", accounts.collect::<Vec<_>>().join("\n"));
        let ran = site.scan(OCTOBER);
        let aside = ran.set_aside();
        assert_eq!((aside[0].0.as_str(), aside[0].1, aside[0].2.as_str()), ("Account.csv", 2, column), "{aside:?}");
        assert_eq!(aside.len(), 4, "the account and its three people: {aside:?}");
        assert_eq!((ran.code, ran.number("changed")), (Some(3), 0), "{ran:?}");
    }
}

#[test]
fn an_export_without_any_contact_makes_nobody_leave() {
    let site = Site::new();
    site.scan(SEPTEMBER);
    site.write("Contact.csv", format!("{HEADER}\n"));
    let ran = site.scan(OCTOBER);
    expect_aside(&ran, "Contact.csv", 1, "", "it holds no contact");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(site.concerned(), [""; 0], "{ran:?}");
    site.write("Contact.csv", contacts(&PEOPLE));
    assert_eq!(site.scan(NOVEMBER).number("changed"), 0);
}

#[test]
fn what_cannot_be_read_at_all_is_refused_with_the_file_and_the_remedy() {
    let utf_16: Vec<u8> = contacts(&PEOPLE).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let check = |file: &str, content: Option<&[u8]>, words: [&str; 2]| {
        let site = Site::new();
        match content {
            Some(content) => site.write(file, content),
            None => site.remove(file),
        }
        let ran = site.scan(SEPTEMBER);
        assert_eq!(ran.code, Some(1), "{file}: {ran:?}");
        assert!(words.iter().all(|word| ran.err.contains(word)), "{words:?} in {}", ran.err);
        assert!(ran.err.starts_with("error: ") && !ran.err.contains("panicked"), "{}", ran.err);
    };
    check(
        "Contact.csv",
        Some(&[b"\xff\xfe", utf_16.as_slice()].concat()),
        ["Contact.csv is UTF-16", "save it as UTF-8"],
    );
    check("Contact.csv", Some(b""), ["Contact.csv", "not even a header row"]);
    check("Contact.csv", Some(b"\n\n"), ["Contact.csv", "not even a header row"]);
    check("Contact.csv", None, ["has no Contact.csv", "export Contact and Account"]);
    check("Account.csv", None, ["has no Account.csv", "export Contact and Account"]);
    check("Account.csv", Some(b"Id,Type\n001A,Customer\n"), ["Account.csv has no column Name", "found: Id, Type"]);
    check(
        "Contact.csv",
        Some(b"Id,LastName,Title\n003A,Fox,VP\n"),
        ["Contact.csv has no column AccountId", "export it with that column"],
    );
    check("User.csv", Some(b"Id,Email\n005A,x@ours.example\n"), ["User.csv", "no column Name"]);

    let nowhere = Site::bare();
    let ran = nowhere.baton(&["scan", "--crm", "export:elsewhere", "--state", "state"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("elsewhere") && ran.err.contains("name a directory of CSV files"), "{}", ran.err);
}

#[test]
fn files_that_are_optional_may_be_missing() {
    let site = Site::new();
    site.remove("User.csv");
    site.scan(SEPTEMBER);
    site.write("Contact.csv", people("003A", &left("003A")));
    let ran = site.scan(OCTOBER);
    assert_eq!((ran.code, ran.number("alerted")), (Some(0), 1), "{ran:?}");
}

#[test]
fn a_file_in_no_order_gives_the_findings_of_the_sorted_one() {
    let scanned = |turn: &dyn Fn(&mut Vec<String>)| {
        let site = Site::new();
        site.scan(SEPTEMBER);
        let mut rows = people_but("003A", &left("003A"));
        rows[2] = PEOPLE[2].replace("CFO", "Chief Financial Officer");
        rows[3] = PEOPLE[3].replace("Director of Sales", "VP Sales");
        rows[1] = "003B".to_owned();
        turn(&mut rows);
        site.write("Contact.csv", contacts(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
        let ran = site.scan(OCTOBER);
        let numbers = ["contacts", "changed", "alerted", "held", "silenced"].map(|field| ran.number(field));
        let reasons: Vec<String> = ran.set_aside().into_iter().map(|row| row.3).collect();
        (numbers, reasons, site.cases())
    };
    let sorted = scanned(&|_| ());
    assert_eq!(sorted.0, [4, 3, 2, 0, 1]);
    assert_eq!(scanned(&|rows| rows.reverse()), sorted);
    assert_eq!(scanned(&|rows| rows.rotate_left(2)), sorted);
}

#[test]
fn a_hubspot_export_is_recognised_and_a_change_in_it_found() {
    let companies =
        "Record ID,Company name,Company owner,Lifecycle Stage\n9001,Northwind Traders,Robin Vale,Customer\n";
    let people = "Record ID,First Name,Last Name,Job Title,Email,Associated Company IDs,Last Activity Date\n\
        101,Dana,Fox,Sales Manager,dana.fox@northwind.example,9001,2026-08-01 10:00\n\
        102,Lee,Park,Head of IT,lee.park@northwind.example,9001;9002,2026-08-02 10:00\n";
    let site = Site::bare();
    site.write("hubspot-crm-exports-all-companies-2026-09-07.csv", companies);
    site.write("hubspot-crm-exports-all-contacts-2026-09-07.csv", people);
    let ran = site.scan(SEPTEMBER);
    assert_eq!((ran.code, ran.json()["scan"]["system"].as_str()), (Some(0), Some("hubspot")), "{ran:?}");
    site.write(
        "hubspot-crm-exports-all-contacts-2026-09-07.csv",
        people.replace("Sales Manager", "Vice President of Sales"),
    );
    let ran = site.scan(OCTOBER);
    assert_eq!(
        (ran.code, ran.number("contacts"), ran.number("changed"), ran.number("alerted")),
        (Some(0), 2, 1, 1),
        "{ran:?}"
    );
    let case = &site.cases()[0];
    assert_eq!((&case["subject"]["contact"], &case["finding"]["verdict"]), (&"101".into(), &"promoted".into()));
}

#[test]
fn rows_marked_as_deleted_are_gone_and_come_back() {
    let site = Site::new();
    let with = |deleted: &str| {
        let rows = PEOPLE.map(|row| format!("{row},{}", if row.starts_with("003B") { deleted } else { "false" }));
        format!("{HEADER},IsDeleted\n{}\n", rows.join("\n"))
    };
    site.write("Contact.csv", with("false"));
    assert_eq!(site.scan(SEPTEMBER).number("contacts"), 5);
    site.write("Contact.csv", with("true"));
    let ran = site.scan(OCTOBER);
    assert_eq!((ran.code, ran.number("contacts"), ran.number("changed")), (Some(0), 4, 1), "{ran:?}");
    assert_eq!(site.concerned(), ["003B"]);
    assert_eq!(site.scan(OCTOBER).number("changed"), 0, "a deleted row is news once");
    site.write("Contact.csv", with("false"));
    assert_eq!(site.scan(NOVEMBER).number("changed"), 1);
}

#[test]
fn a_state_directory_that_cannot_be_used_is_refused_with_the_reason() {
    let site = Site::new();
    std::fs::write(site.path("state"), "a file").expect("a written file");
    let ran = site.scan(SEPTEMBER);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("cannot be written") && ran.err.contains("--state"), "{}", ran.err);

    let newer = Site::new();
    assert_eq!(newer.scan(SEPTEMBER).code, Some(0));
    let database = rusqlite::Connection::open(newer.path("state/baton.sqlite")).expect("the state");
    database.execute_batch("PRAGMA user_version=9").expect("a newer form");
    let before = std::fs::read(newer.path("state/baton.sqlite")).expect("the state's bytes");
    for ran in [newer.scan(OCTOBER), newer.baton(&["cases", "--state", "state"])] {
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains("form 9") && ran.err.contains("newer build"), "{}", ran.err);
    }
    assert_eq!(std::fs::read(newer.path("state/baton.sqlite")).expect("the state's bytes"), before);

    let none = Site::new();
    let ran = none.baton(&["cases", "--state", "nowhere"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("there is no state in nowhere"), "{}", ran.err);

    let garbage = Site::new();
    std::fs::create_dir(garbage.path("state")).expect("a directory");
    std::fs::write(garbage.path("state/baton.sqlite"), "this is no database, it is a text of some length")
        .expect("a file");
    let ran = garbage.scan(SEPTEMBER);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("the state in state cannot be used"), "{}", ran.err);
}

#[test]
fn a_second_run_at_the_same_time_is_turned_away_and_changes_nothing() {
    let site = Site::new();
    assert_eq!(site.scan(SEPTEMBER).code, Some(0));
    site.write("Contact.csv", people("003A", &left("003A")));
    let running = Database::open(&site.path("state")).expect("the first run");
    let ran = site.scan(OCTOBER);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("another run of baton is using state"), "{}", ran.err);
    drop(running);
    assert_eq!(site.scan(OCTOBER).number("alerted"), 1);
}

#[test]
fn an_older_export_after_a_newer_one_is_refused() {
    let site = Site::new();
    site.scan(OCTOBER);
    let ran = site.scan(SEPTEMBER);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.err.contains("older than the last one"), "{}", ran.err);
}

#[test]
fn the_summary_says_in_words_what_was_set_aside() {
    let site = Site::new();
    site.write("Contact.csv", people("003B", "003B,001A"));
    let ran = site.baton(&["scan", "--crm", "export:export", "--state", "state", "--now", SEPTEMBER]);
    assert_eq!(ran.code, Some(3));
    let out = &ran.out;
    assert!(
        out.starts_with("4 contacts, 4 first seen, 0 changed: 0 alerted, 0 held for review, 0 silenced\n"),
        "{out}"
    );
    assert!(out.contains("1 rows or values were set aside") || out.contains("1 row or value was set aside"), "{out}");
    assert!(out.contains("Contact.csv") && out.contains("it has 2 columns, the header has 9"), "{out}");
    assert_eq!(ran.err, "");
}

#[test]
fn exit_codes_tell_done_failed_and_wrong_usage_apart() {
    let site = Site::new();
    assert_eq!(site.scan(SEPTEMBER).code, Some(0));
    for (words, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["config", "default"], 0),
        (&["cases", "--state", "state"], 0),
        (&["scan", "--crm", "export:export", "--state", "state", "--now", "2020-01-01T00:00:00Z"], 1),
        (&["scan", "--crm", "fax:export"], 1),
        (&["show", "C-NONE", "--state", "state"], 1),
        (&["audit", "verify", "SCAN#salesforce", "--state", "state"], 0),
        (&["scan"], 2),
        (&["scan", "--crm", "export:export", "--now", "tomorrow"], 2),
        (&["dance"], 2),
        (&[], 2),
    ] {
        let ran = site.baton(words);
        assert_eq!(ran.code, Some(code), "{words:?}: {ran:?}");
        assert!(code == 0 || !ran.err.is_empty(), "{words:?} says why");
    }
}

#[test]
fn a_wrong_configuration_is_refused_with_line_key_and_remedy() {
    let site = Site::new();
    let check = |text: &str, words: &[&str]| {
        std::fs::write(site.path("baton.toml"), text).expect("a written file");
        for ran in
            [site.baton(&["config", "check", "baton.toml"]), site.scan_with(SEPTEMBER, &["--config", "baton.toml"])]
        {
            let said = format!("{}{}", ran.out, ran.err);
            assert_eq!(ran.code, Some(1), "{text}: {said}");
            assert!(words.iter().all(|word| said.contains(word)), "{words:?} in {said}");
        }
    };
    check("[alert]\nthreshold = -0.5\n", &["line 2", "alert.threshold"]);
    check("[alert]\nthreshhold = 0.5\n", &["line 2", "threshhold"]);
    check("[calendar]\ntime_zone = \"Mars/Phobos\"\n", &["line 2", "calendar.time_zone", "Mars/Phobos"]);
    check("[brake]\nshare = 7\n", &["line 2", "brake.share"]);
    check("[notify]\nchannels = [\"fax\"]\n", &["line 2", "notify.channels"]);
    check("[notify]\ndefault_recipient = \"a@x.example,b@x.example\"\n", &["line 2", "notify.default_recipient"]);
    check("alert = \n", &["line 1"]);
    let ran =
        site.baton(&["config", "check", &root().join("shared/domain/src/config/default.toml").display().to_string()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}
