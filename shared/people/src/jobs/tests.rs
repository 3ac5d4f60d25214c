//! What a list of jobs answers, and what of it is set aside.

use super::*;
use domain::Personal;
use futures_executor::block_on;

const HEADER: &str = "Contact ID,Email,Name,Account,Job Title,Company,Started,Last Updated\n";

fn list(rows: &str) -> JobsCsv {
    JobsCsv::read("jobs.csv", format!("{HEADER}{rows}").as_bytes()).unwrap()
}

fn question(contact: &str, email: &str, name: &str, company: &str) -> Question {
    Question {
        contact: ContactId::parse(contact).unwrap(),
        name: Personal::new(name),
        email: Personal::new(email),
        company: company.to_owned(),
    }
}

fn ask(jobs: &JobsCsv, question: Question) -> Answer {
    block_on(jobs.look_up(&[question])).unwrap().remove(0)
}

/// Where the person works, and whether the record is certainly the person's.
fn place(answer: &Answer) -> Option<(&str, bool)> {
    match answer {
        Answer::Found { job, .. } => Some((job.company.as_str(), job.identified)),
        Answer::Nobody | Answer::Rubbish(_) | Answer::Unasked(_) => None,
    }
}

fn set_aside(jobs: &JobsCsv) -> Vec<String> {
    let told = |row: &SetAside| format!("{}: {}: {}", row.row, row.column.as_deref().unwrap_or("-"), row.reason);
    jobs.set_aside().iter().map(told).collect()
}

#[test]
fn a_person_is_found_by_number_then_by_address_then_by_name_at_the_company_of_the_crm() {
    let jobs = list(
        "c1,,,,CEO,ByNumber,,2026-11-02\n\
         ,Dana@NW.example,,,CEO,ByAddress,,2026-11-02\n\
         ,,\"Fox, Dana\",Northwind Traders Inc.,CEO,ByName,,2026-11-02\n",
    );
    let dana = |contact, email| ask(&jobs, question(contact, email, "Dana Fox", "Northwind Traders"));
    assert_eq!(place(&dana("c1", "dana@nw.example")), Some(("ByNumber", true)));
    assert_eq!(place(&dana("c2", " dana@nw.EXAMPLE")), Some(("ByAddress", true)));
    assert_eq!(place(&dana("c2", "")), Some(("ByName", false)));
    assert_eq!(ask(&jobs, question("c2", "", "Dana Fox", "Contoso")), Answer::Nobody);
    assert_eq!(ask(&jobs, question("c2", "", "Dana Fox", "")), Answer::Nobody);
    assert_eq!(ask(&jobs, question("c2", "", "", "Northwind Traders")), Answer::Nobody);
}

#[test]
fn without_a_company_of_the_crm_a_name_is_looked_for_where_the_list_says_that_the_person_works() {
    let jobs = list(",,Erik Lund,,COO,Fabrikam,,2026-11-02\n");
    assert_eq!(place(&ask(&jobs, question("c9", "", "Erik LUND", "Fabrikam GmbH"))), Some(("Fabrikam", false)));
}

#[test]
fn of_several_rows_about_a_person_the_one_looked_at_last_counts() {
    for rows in [["2026-09-01", "2026-11-02"], ["2026-11-02", "2026-09-01"]] {
        let rows = rows.map(|day| format!("c1,d@nw.example,Dana Fox,NW,CEO,Co {day},,{day}\n")).concat();
        let jobs = list(&rows);
        for (contact, email) in [("c1", ""), ("c2", "d@nw.example"), ("c2", "")] {
            let answer = ask(&jobs, question(contact, email, "Dana Fox", "NW"));
            assert_eq!(place(&answer).map(|(company, _)| company), Some("Co 2026-11-02"), "{contact} {email}");
        }
    }
}

#[test]
fn the_day_a_job_began_and_the_day_it_was_looked_at_stay_apart() {
    let jobs = list("c1,,,,CEO,Contoso,2026-10,2026-11-02\nc2,,,,CEO,Contoso,,2026-11-02T10:00:00+02:00\n");
    let times = |contact| match ask(&jobs, question(contact, "", "", "")) {
        Answer::Found { since, observed, .. } => (since.map(|day| day.to_string()), observed.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(times("c1"), (Some("2026-10-01".to_owned()), "2026-11-02T00:00:00Z".to_owned()));
    assert_eq!(times("c2"), (None, "2026-11-02T08:00:00Z".to_owned()));
}

#[test]
fn a_row_that_cannot_be_read_is_set_aside_with_row_column_and_remedy() {
    let jobs = list(
        "c/1,,,,CEO,Contoso,,2026-11-02\n\
         c2,dana,,,CEO,Contoso,,2026-11-02\n\
         c3,,,,CEO,,,2026-11-02\n\
         c4,,,,CEO,n/a,,2026-11-02\n\
         c5,,,,CEO,Contoso,,02.11.2026\n\
         c6,,,,CEO,Contoso,,\n\
         ,,Dana Fox,,CEO,none,,2026-11-02\n\
         c8,CEO,Contoso,,2026-11-02\n\
         c9,,,,CEO,Contoso,last spring,2026-11-02\n\
         ,,,,,,,\n\
         c10,,,,CEO,Contoso,,2026-11-02\n",
    );
    assert_eq!(
        set_aside(&jobs),
        [
            "2: Contact ID: the id holds the character '/'; ids are letters, digits and -_.:@",
            "3: Email: it is no mail address; write one, name@company.com",
            "4: Company: it is blank; write the company, or \"none\" where the person works nowhere now",
            "5: Company: it says nothing; write the company, or \"none\" where the person works nowhere now",
            "6: Last Updated: \"02.11.2026\" is no date; write it as 2026-11-02",
            "7: Last Updated: it is blank; write the day on which it was last looked at, as 2026-11-02",
            "8: Email: nobody can tell who is meant; fill in the contact's id, the mail address, or name and company",
            "9: -: it has 5 columns, the header has 8; quote what holds a separator",
            "10: Started: \"last spring\" is no date; write it as 2026-11-02. The rest of the row was read",
        ]
    );
    for (contact, found) in [("c3", false), ("c9", true), ("c10", true)] {
        assert_eq!(place(&ask(&jobs, question(contact, "", "", ""))).is_some(), found, "{contact}");
    }
}

#[test]
fn only_the_word_none_says_that_somebody_works_nowhere() {
    let jobs = list("c1,,,,,None,,2026-11-02\nc2,,,,,Retired,,2026-11-02\n");
    assert_eq!(place(&ask(&jobs, question("c1", "", "", ""))), Some(("", true)));
    assert_eq!(place(&ask(&jobs, question("c2", "", "", ""))), Some(("Retired", true)));
    assert!(jobs.set_aside().is_empty());
}

#[test]
fn headers_separators_and_encodings_of_spreadsheets_are_read() {
    let files: [(&[u8], &str); 4] = [
        (b"\xef\xbb\xbfE-mail,Employer,Observed\r\nd@nw.example,Contoso,2026-11-02\r\n", "Contoso"),
        (b"email;company name;last_updated\nd@nw.example;\"Contoso; Inc\";2026-11-02\n", "Contoso; Inc"),
        (b"EMAIL ADDRESS\tJob Company Name\tJob_Last_Verified\nd@nw.example\tContoso\t2026-11-02\n", "Contoso"),
        (b"Mail,Company,Last Seen\nd@nw.example,M\xfcller,2026-11-02\n", "M\u{fc}ller"),
    ];
    for (bytes, company) in files {
        let jobs = JobsCsv::read("jobs.csv", bytes).unwrap();
        assert_eq!(place(&ask(&jobs, question("c1", "d@nw.example", "", ""))), Some((company, true)));
    }
}

#[test]
fn a_file_that_is_no_list_of_jobs_says_what_it_lacks() {
    for (bytes, expected) in [
        (&b""[..], "jobs.csv is empty: not even a header row"),
        (b"\xff\xfea\0", "jobs.csv is UTF-16; save it as UTF-8"),
        (
            b"email,last updated\n",
            "jobs.csv has no column \"company\", where the person works now (found: email, last updated); add it",
        ),
        (
            b"email,company\n",
            "jobs.csv has no column \"last updated\", the day on which that was last looked at (found: email, company); add it",
        ),
        (
            b"company,last updated\n",
            "jobs.csv has no column that says who is meant; add \"contact id\", \"email\", or \"name\"",
        ),
    ] {
        let error = JobsCsv::read("jobs.csv", bytes).err().unwrap();
        assert!(matches!(error, PeopleError::Unusable(_)));
        assert_eq!(error.to_string(), expected);
    }
    let error = JobsCsv::open(Path::new("nowhere/jobs.csv")).err().unwrap().to_string();
    assert!(error.starts_with("the list of jobs nowhere/jobs.csv cannot be read: "), "{error}");
}

#[test]
fn a_list_keeps_the_contract() {
    let row = |known: contracts::Known| {
        let contracts::Known { email, name, account, title, company, since, observed } = known;
        format!(",{email},{name},{account},{title},{company},{since},{observed}\n")
    };
    block_on(contracts::people_contract(&list(&contracts::KNOWN.map(row).concat())));
}
