//! What an `Inbox` promises.

use std::collections::BTreeSet;
use std::pin::Pin;

use domain::ports::Inbox;

/// Puts a mail of this name into the place.
pub type Put<'a> = &'a dyn Fn(String, Vec<u8>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// An inbox that is still empty gives every mail that is put there, across as many pages as it takes, and none before what
/// was read but those that it may give twice. What is longer than two mebibytes is cut there.
pub async fn inbox_contract(inbox: &dyn Inbox, put: Put<'_>) {
    let nothing = inbox.mails("").await.unwrap();
    assert_eq!((nothing.mails.len(), nothing.more), (0, false));

    let names: Vec<String> = (0..120).map(|i| format!("mail-{i:03}.eml")).collect();
    for name in &names {
        put(name.clone(), format!("Subject: {name}\r\n\r\n\0\u{e4}\r\n").into_bytes()).await;
    }
    let (given, place) = all(inbox, &nothing.through).await;
    assert_eq!(given, names.iter().map(|name| format!("Subject: {name}\r\n\r\n\0\u{e4}\r\n").into_bytes()).collect());

    put("later.eml".to_owned(), vec![b'x'; 3 << 20]).await;
    let (given, place) = all(inbox, &place).await;
    assert!(given.contains(&vec![b'x'; 2 << 20]), "a long mail is given, cut to two mebibytes");
    let (again, after) = all(inbox, &place).await;
    assert!(again.is_subset(&given), "only what was given may be given again");
    assert!(after >= place, "a place never goes back");
}

/// Everything behind a place, and the place after it.
async fn all(inbox: &dyn Inbox, after: &str) -> (BTreeSet<Vec<u8>>, String) {
    let (mut given, mut place, mut more) = (BTreeSet::new(), after.to_owned(), true);
    let mut pages = 0;
    while more {
        assert!(pages < 100, "the pages have no end");
        let page = inbox.mails(&place).await.unwrap();
        given.extend(page.mails.into_iter().map(|mail| mail.bytes));
        (place, more, pages) = (page.through, page.more, pages + 1);
    }
    (given, place)
}
