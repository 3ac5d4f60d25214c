//! Stories of a CRM: how it was on a few days.

use crate::world::World;

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
