//! A configuration is put in force if it is without mistakes, and can be read back.

use crate::site::Site;

const GOOD: &str = "[notify]\nsender_address = \"baton@us.example\"\n";

#[test]
fn a_bad_configuration_is_refused_with_its_mistakes_and_nothing_is_changed() {
    let Some(site) = Site::on_dynamodb_local("bad") else { return };
    site.make_table();
    let file = site.file("bad.toml", "[alert]\nthreshold = 7\n");
    let said = site.baton(&["config", "push", &file, "--table", &site.name]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("bad.toml: line 2: alert.threshold"), "{said:?}");
    assert!(said.err.contains("1 mistakes in bad.toml"), "{said:?}");
    let shown = site.baton(&["config", "show", "--table", &site.name]);
    assert!(shown.code == Some(0) && shown.err.contains("the shipped configuration"), "{shown:?}");
}

#[test]
fn a_good_configuration_is_in_force_once_it_is_pushed_and_pushing_it_again_changes_nothing() {
    let Some(site) = Site::on_dynamodb_local("good") else { return };
    site.make_table();
    let file = site.file("good.toml", GOOD);
    let push = |file: &str| site.baton(&["config", "push", file, "--table", &site.name]);
    let first = push(&file);
    assert!(first.code == Some(0) && first.out.contains("in force: the shipped configuration"), "{first:?}");
    let (_, version) = first.out.split_once("from now on: version ").expect(&first.out);
    let version = version.split(',').next().unwrap().to_owned();
    let shown = site.baton(&["config", "show", "--table", &site.name]);
    assert!(shown.err.contains(&format!("version {version}, pushed ")), "{shown:?}");
    assert_eq!(shown.out, GOOD);

    let again = push(&file);
    assert!(again.code == Some(0) && again.out.contains("nothing was changed"), "{again:?}");
    let other = push(&site.file("other.toml", &format!("{GOOD}[alert]\nthreshold = 0.8\n")));
    assert!(other.out.contains(&format!("in force: version {version}, pushed ")), "{other:?}");
    assert!(!other.out.contains(&format!("from now on: version {version}")), "{other:?}");
}

#[test]
fn a_configuration_whose_sender_the_deployment_may_not_use_is_refused() {
    let Some(site) = Site::on_dynamodb_local("sender") else { return };
    site.make_table();
    site.make_stack();
    let file = site.file("other.toml", "[notify]\nsender_address = \"baton@other.example\"\n");
    let said = site.baton(&["config", "push", &file, "--stack", &site.name]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("baton@other.example") && said.err.contains("from baton@us.example only"), "{said:?}");
    let good = site.file("good.toml", GOOD);
    assert_eq!(site.baton(&["config", "push", &good, "--stack", &site.name]).code, Some(0));
    let nowhere = site.baton(&["config", "push", &good]);
    assert!(nowhere.code == Some(1) && nowhere.err.contains("--stack NAME"), "{nowhere:?}");
}
