//! Stories of a CRM: how it was on a few days.

use crate::world::World;

/// A second sign, beside the bounce that the CRM tells of on the last day of [`everything`], would be another source; this
/// mail tells of the same mailbox.
pub(crate) const BOUNCE: &str = "From: MAILER-DAEMON@fabrikam.example\nTo: noah@us.example\nSubject: failure notice\n\
    Date: Fri, 2 Oct 2026 09:00:00 +0000\nMessage-ID: <bounce-1@fabrikam.example>\nAuto-Submitted: auto-replied\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\
    Reporting-MTA: dns; fabrikam.example\n\nFinal-Recipient: rfc822; ola.berg@fabrikam.example\nAction: failed\n\
    Status: 5.1.1\n\n--b--\n";

/// A story in which everything happens on its last day: a change is taken back, a person leaves, one moves between two
/// owners, one arrives, one is held, and one is changed in spelling only.
pub(crate) fn everything() -> [(&'static str, World); 3] {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya").renews("2026-12-01");
    world.account("Fabrikam", "Noah");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    world.person("Ines Duarte", "Head of Logistics", "Fabrikam").role("Champion");
    world.person("Kofi Mensah", "Procurement Manager", "Fabrikam");
    world.person("Ola Berg", "Warehouse Manager", "Fabrikam");
    let first = world.clone();
    world.person_mut("Dana Fox").left = true;
    let second = world.clone();
    world.person_mut("Dana Fox").left = false;
    world.person_mut("Ines Duarte").left = true;
    world.moves("Kofi Mensah", "Northwind Traders");
    world.person("Vera Novak", "Chief Operating Officer", "Northwind Traders");
    world.person_mut("Ola Berg").bounced = "2026-10-02";
    world.person_mut("Priya Nair").title = "CFO".to_owned();
    [("2026-09-01", first), ("2026-10-01", second), ("2026-10-08", world)]
}

/// A story in which one person leaves, and nothing else happens.
pub(crate) fn departure() -> [(&'static str, World); 2] {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let before = world.clone();
    world.person_mut("Dana Fox").left = true;
    [("2026-09-01", before), ("2026-10-08", world)]
}
