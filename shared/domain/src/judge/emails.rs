//! What the domain of a mail address says about the organisation behind it. Looks nothing up.

/// The domain of an address, in the case it was written in; display names and `mailto:` are allowed around it.
/// None if it is no address.
pub fn domain(address: &str) -> Option<&str> {
    let bare = match address.rsplit_once('<') {
        Some((_, inner)) => inner.split_once('>').map_or(inner, |(inside, _)| inside),
        None => address,
    };
    let (local, domain) = bare.trim().rsplit_once('@')?;
    let domain = domain.trim_end_matches('.');
    let plausible = !local.is_empty() && !local.contains(char::is_whitespace) && is_host(domain);
    plausible.then_some(domain)
}

/// Providers where anybody has a mailbox, so that the domain says nothing about an employer. So are the names that RFC 2606 keeps
/// for examples: sample data give them to everybody.
pub fn is_free_mail(domain: &str) -> bool {
    let registrable = registrable(domain);
    let Some((label, _)) = registrable.split_once('.') else {
        return false;
    };
    contains(FREE_UNDER_ANY_SUFFIX, label) || FREE_MAIL.binary_search(&&*registrable.to_ascii_lowercase()).is_ok()
}

/// The part that somebody registered: `cz.redhat.com` → `redhat.com`, `mail.acme.co.uk` → `acme.co.uk`.
pub fn registrable(domain: &str) -> &str {
    let domain = domain.trim().trim_matches('.');
    let mut dots = domain.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), Some(second)) = (dots.next(), dots.next()) else {
        return domain;
    };
    let suffix = domain.get(second + 1..).unwrap_or(domain);
    if !is_two_level_suffix(suffix, last - second - 1) {
        return suffix;
    }
    let start = dots.next().map_or(0, |third| third + 1);
    domain.get(start..).unwrap_or(domain)
}

/// Whether two mail domains belong to one organisation: one registrable domain, or one label under two top-level
/// domains (`acme.com`, `acme.de`). A free mail provider is nobody's organisation, so it never matches.
pub fn same_organisation(a: &str, b: &str) -> bool {
    let (a, b) = (registrable(a), registrable(b));
    if a.is_empty() || is_free_mail(a) || is_free_mail(b) {
        return false;
    }
    a.eq_ignore_ascii_case(b)
        || match (a.split_once('.'), b.split_once('.')) {
            (Some((a, _)), Some((b, _))) => a.len() > 1 && a.eq_ignore_ascii_case(b),
            _ => false,
        }
}

fn is_host(domain: &str) -> bool {
    domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')))
}

/// Registries of countries sell names below a few well-known labels (`co.uk`, `com.br`); the full public suffix list
/// has thousands of entries that no company's mail uses.
fn is_two_level_suffix(suffix: &str, label_len: usize) -> bool {
    let (Some(label), Some(top)) = (suffix.get(..label_len), suffix.get(label_len + 1..)) else {
        return false;
    };
    (top.len() == 2 && contains(LABELS_UNDER_COUNTRIES, label)) || contains(SOLD_AS_SUFFIX, suffix)
}

fn contains(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

const LABELS_UNDER_COUNTRIES: &[&str] = &[
    "ac", "co", "com", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "govt", "gub", "ind", "ltd", "me", "mil",
    "ne", "net", "nhs", "nom", "or", "org", "plc", "re", "res", "sch", "school", "web",
];

const SOLD_AS_SUFFIX: &[&str] = &[
    "br.com", "cn.com", "co.com", "de.com", "eu.com", "gb.net", "id.au", "in.net", "jpn.com", "ru.com", "sa.com",
    "uk.com", "uk.net", "us.com", "za.com",
];

const FREE_UNDER_ANY_SUFFIX: &[&str] = &[
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "rocketmail",
    "gmx",
    "aol",
    "icloud",
    "yandex",
    "protonmail",
    "zoho",
    "zohomail",
    "mailinator",
];

const FREE_MAIL: &[&str] = &[
    "126.com",
    "139.com",
    "163.com",
    "189.cn",
    "1und1.de",
    "aim.com",
    "alice.it",
    "aliyun.com",
    "arcor.de",
    "att.net",
    "bell.net",
    "bellsouth.net",
    "bigpond.com",
    "bk.ru",
    "bluewin.ch",
    "bol.com.br",
    "btinternet.com",
    "centrum.cz",
    "charter.net",
    "comcast.net",
    "cox.net",
    "daum.net",
    "duck.com",
    "earthlink.net",
    "email.com",
    "email.cz",
    "example.com",
    "example.net",
    "example.org",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "freemail.hu",
    "freenet.de",
    "hanmail.net",
    "hey.com",
    "hushmail.com",
    "inbox.com",
    "inbox.ru",
    "interia.pl",
    "juno.com",
    "kakao.com",
    "kpnmail.nl",
    "laposte.net",
    "libero.it",
    "list.ru",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ru",
    "mailbox.org",
    "me.com",
    "nate.com",
    "naver.com",
    "neuf.fr",
    "ntlworld.com",
    "o2.pl",
    "onet.pl",
    "online.de",
    "optonline.net",
    "optusnet.com.au",
    "orange.fr",
    "pm.me",
    "posteo.de",
    "proton.me",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rogers.com",
    "sapo.pt",
    "sbcglobal.net",
    "seznam.cz",
    "sfr.fr",
    "shaw.ca",
    "sina.cn",
    "sina.com",
    "sky.com",
    "sohu.com",
    "sympatico.ca",
    "t-online.de",
    "telia.com",
    "terra.com.br",
    "tiscali.it",
    "tom.com",
    "tuta.io",
    "tutanota.com",
    "ukr.net",
    "uol.com.br",
    "verizon.net",
    "vip.qq.com",
    "virgilio.it",
    "virginmedia.com",
    "wanadoo.fr",
    "web.de",
    "wp.pl",
    "ya.ru",
    "yeah.net",
    "ziggo.nl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_read_from_what_people_write_into_an_address_field() {
        for (address, expected) in [
            ("ann@acme.com", Some("acme.com")),
            (" Ann Lee <ann@mail.acme.de> ", Some("mail.acme.de")),
            ("mailto:ann@acme.com.", Some("acme.com")),
            ("ann@müller.de", Some("müller.de")),
            ("ann", None),
            ("ann@acme", None),
            ("@acme.com", None),
            ("ann@acme..com", None),
            ("ann lee@acme.com", None),
            ("", None),
        ] {
            assert_eq!(domain(address), expected, "{address}");
        }
    }

    #[test]
    fn the_registered_part_survives_hosts_and_country_suffixes() {
        for (raw, expected) in [
            ("cz.redhat.com", "redhat.com"),
            ("mail.acme.co.uk", "acme.co.uk"),
            ("acme.co.uk", "acme.co.uk"),
            ("a.b.acme.com.br", "acme.com.br"),
            ("acme.de", "acme.de"),
            ("localhost", "localhost"),
            ("co.uk", "co.uk"),
            ("", ""),
            ("..", ""),
        ] {
            assert_eq!(registrable(raw), expected, "{raw}");
        }
    }

    #[test]
    fn one_organisation_mails_from_several_domains() {
        let check = |a, b, same| assert_eq!(same_organisation(a, b), same, "{a} {b}");
        check("cz.redhat.com", "redhat.com", true);
        check("acme.com", "ACME.de", true);
        check("acme.co.uk", "acme.com", true);
        check("acme.com", "acme-labs.com", false);
        check("gmail.com", "gmail.com", false);
        check("", "", false);
    }

    #[test]
    fn the_list_of_free_mail_is_in_order_so_that_it_can_be_searched() {
        assert!(FREE_MAIL.is_sorted());
    }

    #[test]
    fn free_mail_is_known_in_every_country() {
        for domain in ["gmail.com", "yahoo.co.uk", "GMX.de", "qq.com", "163.com", "crm.example.com"] {
            assert!(is_free_mail(domain), "{domain}");
        }
        for domain in ["acme.com", "web.com", "mail.acme.de", ""] {
            assert!(!is_free_mail(domain), "{domain}");
        }
    }
}
