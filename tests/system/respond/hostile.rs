//! Text from outside stays text on the pages as well.

use std::collections::BTreeSet;

use links::Action;
use scraper::Html;

use super::stand::{Site, links, told_of};

const HOSTILE: [&str; 8] = [
    "Dana <script>alert(1)</script>",
    "Dana \"><img src=x onerror=alert(1)>",
    "Dana ' onmouseover='alert(1)",
    "Dana </title></style></textarea></form><!--",
    "Dana <form action=//evil.example><button>Got it</button></form>",
    "Dana <a href=\"javascript:alert(1)\">x</a>",
    "Dana <svg/onload=alert(1)>",
    "Dana <base href=//evil.example><meta http-equiv=refresh content=0>",
];

/// Every element with the names of its attributes, and where links and forms lead.
fn shape(page: &str) -> BTreeSet<String> {
    let page = Html::parse_document(page);
    let elements = page.tree.nodes().filter_map(|node| node.value().as_element());
    let of = |element: &scraper::node::Element| {
        let mut attributes: Vec<&str> = element.attrs().map(|(name, _)| name).collect();
        attributes.sort_unstable();
        let leads = element.attr("href").or(element.attr("action")).unwrap_or_default();
        format!("{} {attributes:?} {}", element.name(), leads.split('?').next().unwrap_or_default())
    };
    elements.map(of).collect()
}

#[test]
fn no_name_adds_an_element_an_attribute_or_an_address_to_a_page() {
    let pages = |name: &str| {
        let app = told_of(name);
        let site = Site::of(&app);
        let links = links(&app);
        [Action::Open, Action::GotIt, Action::Done, Action::NotAChange, Action::Later, Action::HandTo]
            .map(|action| shape(&site.get(&links[&action]).body))
    };
    let plain = pages("Dana Fox");
    assert!(plain[1].iter().any(|element| element.starts_with("form")), "{plain:?}");
    for name in HOSTILE {
        assert_eq!(pages(name), plain, "{name}");
    }
}
