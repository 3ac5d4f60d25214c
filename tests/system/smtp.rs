//! `baton scan` with a mail server: mails leave over SMTP instead of becoming files.

#[path = "../../shared/channels/tests/smtp/server.rs"]
#[expect(dead_code, reason = "silence is waited out for ten minutes here; the tests of `channels` have less patience")]
mod server;

use mailparse::MailHeaderMap;

use crate::app::TestApp;
use crate::binary::{baton, succeed};
use crate::world::World;
use server::{At, Fault, Post};

/// A world in which Dana leaves between two scans, and a configuration.
fn office() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox\r\nBcc: evil@evil.example", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.people_mut().next().unwrap().left = true;
    app
}

fn scan(app: &TestApp, post: &Post, day: &str) -> std::process::Output {
    let address = format!("127.0.0.1:{}", post.port);
    let source = format!("export:{}", app.export_dir(day).display());
    app.world.export(&app.export_dir(day));
    let mut command = baton();
    command.args(["scan", "--crm", &source, "--now", &format!("{day}T07:00:00Z"), "--state"]).arg(app.state());
    command.env("SMTP_URL", format!("smtp://{address}?tls=none")).env("BATON_PRIVATE_HOSTS", address);
    command.output().unwrap()
}

#[test]
fn a_mail_leaves_over_smtp_to_its_one_reader() {
    let (app, post) = (office(), Post::start(None));
    let ran = scan(&app, &post, "2026-10-08");
    assert!(ran.status.success(), "{ran:?}");
    let taken = post.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].from.as_str(), &taken[0].to[..]), ("baton@localhost", &["maya@us.example".to_owned()][..]));
    let mail = mailparse::parse_mail(&taken[0].content).unwrap();
    for (name, count) in [("To", 1), ("Cc", 0), ("Bcc", 0), ("List-Unsubscribe", 1), ("Message-ID", 1)] {
        assert_eq!(mail.headers.get_all_values(name).len(), count, "{name}");
    }
    assert!(app.mails().is_empty(), "no file as well");
    let again = scan(&app, &post, "2026-10-09");
    assert!(again.status.success() && post.taken().len() == 1, "{again:?}");
}

#[test]
fn a_mail_that_the_server_puts_off_leaves_with_the_next_scan() {
    let (app, busy) = (office(), Post::start(Some((At::To, Fault::Says("450 4.2.1 try later")))));
    let ran = scan(&app, &busy, "2026-10-08");
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    assert!(String::from_utf8_lossy(&ran.stdout).contains("450"), "{ran:?}");
    let post = Post::start(None);
    assert!(scan(&app, &post, "2026-10-09").status.success());
    assert_eq!((busy.taken().len(), post.taken().len()), (0, 1));
}

#[test]
fn an_answer_that_is_lost_after_the_content_is_a_mail_in_doubt_and_never_a_second_one() {
    let (app, post) = (office(), Post::start(Some((At::Content, Fault::HangsUp))));
    assert!(scan(&app, &post, "2026-10-08").status.success());
    assert!(scan(&app, &post, "2026-10-09").status.success());
    assert_eq!(post.taken().len(), 1);
    assert!(succeed(baton().args(["cases", "--state"]).arg(app.state())).contains("may or may not have arrived"));
}

#[test]
fn a_mail_server_that_cannot_be_used_ends_the_command_before_anything_is_scanned() {
    let app = office();
    for (url, said) in [
        ("smtp://robot:s3cret@mail.intern:25?tls=none", "SMTP_URL asks for no TLS"),
        ("127.0.0.1:25", "SMTP_URL is no address of a mail server"),
    ] {
        let source = format!("export:{}", app.export_dir("2026-09-01").display());
        let mut command = baton();
        command.args(["scan", "--crm", &source, "--state"]).arg(app.state()).env("SMTP_URL", url);
        let ran = command.output().unwrap();
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.code() == Some(1) && told.contains(said) && !told.contains("s3cret"), "{told}");
    }
}
