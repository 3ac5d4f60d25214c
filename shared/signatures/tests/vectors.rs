//! The vectors that the makers of each scheme publish, each also with any one byte changed.

#![cfg(test)]

use jiff::Timestamp;
use signatures::hubspot::{self, ClientSecret, Version};
use signatures::slack::{self, SigningSecret};
use signatures::standard::{self, WebhookSecret};
use signatures::{Refused, SecretError, Secrets};

const SLACK_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const SLACK_TIME: &str = "1531420618";
const SLACK_SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const SLACK_BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
    &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F\
    hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.\
    803a0bc887a14d10d2c447fce8b6703c";

const HUBSPOT_SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const HUBSPOT_URI: &str = "https://www.example.com/webhook_uri";

/// Two senders' secrets, messages and signatures.
const STANDARD: [(&str, &str, &str, &str, &str); 2] = [
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        "1649367553",
        r#"{"email":"test@example.com","username":"test_user"}"#,
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
    (
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        r#"{"test": 2432232314}"#,
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
];

fn at(seconds: &str) -> Timestamp {
    Timestamp::from_second(seconds.parse().unwrap()).unwrap()
}

fn slack(time: Option<&str>, signature: Option<&str>, body: &[u8]) -> Result<(), Refused> {
    slack::verify(&slack_secrets(SLACK_SECRET, None), time, signature, body, at(SLACK_TIME))
}

fn slack_secrets(current: &str, previous: Option<&str>) -> Secrets<SigningSecret> {
    let read = |text: &str| SigningSecret::parse(text).unwrap();
    Secrets::new(read(current), previous.map(read))
}

/// Every text that differs from this one in one byte, at every place.
fn flipped(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..text.len()).flat_map(move |place| {
        [0x01_u8, 0x80].map(|bit| {
            let mut changed = text.to_vec();
            changed[place] ^= bit;
            changed
        })
    })
}

/// A vector is accepted as it stands, and with no byte of body or signature changed.
fn check(body: &[u8], signature: &str, verify: impl Fn(&[u8], &str) -> Result<(), Refused>) {
    assert_eq!(verify(body, signature), Ok(()));
    for changed in flipped(body).chain([[body, b"\n"].concat(), [b" ", body].concat()]) {
        assert_eq!(verify(&changed, signature), Err(Refused::Forged));
    }
    for changed in flipped(signature.as_bytes()) {
        let changed = String::from_utf8_lossy(&changed).into_owned();
        assert!(verify(body, &changed).is_err(), "{changed}");
    }
    for cut in 0..signature.len() {
        assert!(verify(body, &signature[..cut]).is_err(), "{}", &signature[..cut]);
    }
}

#[test]
fn slacks_own_vector_is_accepted_and_with_no_byte_changed() {
    check(SLACK_BODY.as_bytes(), SLACK_SIGNATURE, |body, signature| slack(Some(SLACK_TIME), Some(signature), body));
}

#[test]
fn both_vectors_of_standard_webhooks_are_accepted_and_with_no_byte_changed() {
    for (secret, id, time, body, signature) in STANDARD {
        let secrets = Secrets::new(WebhookSecret::parse(secret).unwrap(), None);
        check(body.as_bytes(), signature, |body, signature| {
            standard::verify(&secrets, Some(id), Some(time), Some(signature), body, at(time))
        });
    }
}

#[test]
fn hubspots_vectors_of_all_three_versions_are_accepted_and_with_no_byte_changed() {
    let v1 = r#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
    let example = r#"{"example_field":"example_value"}"#;
    for (version, method, body, signature) in [
        (Version::V1, "POST", v1, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
        (Version::V2, "POST", example, "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"),
        (Version::V2, "GET", "", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
        (Version::V3, "POST", "{'example_field':'example_value'}", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
    ] {
        check(body.as_bytes(), signature, |body, signature| hubspot_of(version, method, HUBSPOT_URI, body, signature));
    }
}

fn hubspot_of(version: Version, method: &str, uri: &str, body: &[u8], signature: &str) -> Result<(), Refused> {
    let secrets = Secrets::new(ClientSecret::parse(HUBSPOT_SECRET).unwrap(), None);
    let (old, new) = if version == Version::V3 { (None, Some(signature)) } else { (Some(signature), None) };
    let time = Some("1693657560000");
    let request = hubspot::Request { method, uri, body, signature: old, signature_v3: new, time };
    hubspot::verify(&secrets, version, &request, at("1693657560"))
}

#[test]
fn a_request_without_signature_time_or_id_is_refused_before_anything_else() {
    let body = SLACK_BODY.as_bytes();
    for nothing in [None, Some("")] {
        assert!(matches!(slack(nothing, Some(SLACK_SIGNATURE), body), Err(Refused::Missing(_))));
        assert!(matches!(slack(Some(SLACK_TIME), nothing, body), Err(Refused::Missing(_))));
        let (secret, id, time, body, signature) = STANDARD[0];
        let secrets = Secrets::new(WebhookSecret::parse(secret).unwrap(), None);
        let verify = |id, when, signed| standard::verify(&secrets, id, when, signed, body.as_bytes(), at(time));
        for refused in [
            verify(nothing, Some(time), Some(signature)),
            verify(Some(id), nothing, Some(signature)),
            verify(Some(id), Some(time), nothing),
        ] {
            assert!(matches!(refused, Err(Refused::Missing(_))), "{refused:?}");
        }
    }
}

#[test]
fn a_body_that_is_no_text_is_verified_as_bytes_and_a_signature_that_is_none_is_refused() {
    let secrets = slack_secrets(SLACK_SECRET, None);
    for signature in ["v0=é", "v0=", "v1=a2114d57", "a2114d57", "v0=A2114D57", "v0=zz", "v0=a2114d57é", "\u{0}"] {
        let refused = slack::verify(&secrets, Some(SLACK_TIME), Some(signature), b"\xff\xfe\x00", at(SLACK_TIME));
        assert!(refused.is_err(), "{signature}");
    }
}

#[test]
fn a_secret_that_is_none_cannot_be_configured() {
    for empty in ["", " ", "whsec_", " whsec_ "] {
        assert_eq!(WebhookSecret::parse(empty).err(), Some(SecretError::Empty), "{empty:?}");
    }
    assert_eq!(WebhookSecret::parse("whsec_not base 64!").err(), Some(SecretError::Form("base 64")));
    assert_eq!(WebhookSecret::parse("whsec_AAAA").err(), Some(SecretError::Short(3, 24)));
    for none in ["", "\n", "whsec_", "short", "8f742231b10e8888 abcd99"] {
        assert!(SigningSecret::parse(none).is_err(), "{none:?}");
        assert!(ClientSecret::parse(none).is_err(), "{none:?}");
    }
}

#[test]
fn of_several_signatures_one_that_fits_is_enough_and_other_versions_are_passed_over() {
    let (secret, id, time, body, good) = STANDARD[0];
    let secrets = Secrets::new(WebhookSecret::parse(secret).unwrap(), None);
    let verify =
        |signed: &str| standard::verify(&secrets, Some(id), Some(time), Some(signed), body.as_bytes(), at(time));
    let bad = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(verify(&[bad, "v1a,xyz", good, bad].join(" ")), Ok(()));
    assert_eq!(verify(&[bad, bad, bad, bad].join(" ")), Err(Refused::Forged));
    let other = good.replace("v1,", "v2,");
    for refused in ["v1,", &good[..20], &other, "v1a,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="] {
        assert!(verify(refused).is_err(), "{refused}");
    }
}

#[test]
fn while_secrets_change_the_one_before_is_accepted_and_no_older_one() {
    let (new, older) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    let verify = |secrets: &Secrets<SigningSecret>| {
        slack::verify(secrets, Some(SLACK_TIME), Some(SLACK_SIGNATURE), SLACK_BODY.as_bytes(), at(SLACK_TIME))
    };
    assert_eq!(verify(&slack_secrets(new, Some(SLACK_SECRET))), Ok(()));
    assert_eq!(verify(&slack_secrets(new, Some(older))), Err(Refused::Forged));
    assert_eq!(verify(&slack_secrets(new, None)), Err(Refused::Forged));
}

#[test]
fn hubspots_third_version_decodes_twelve_characters_of_an_address_and_no_other() {
    // Signed by the scheme itself over the decoded address.
    let body = b"{'example_field':'example_value'}";
    let published = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=";
    let verify = |uri: &str| hubspot_of(Version::V3, "POST", uri, body, published);
    assert_eq!(verify("https%3A%2F%2Fwww.example.com%2Fwebhook_uri"), Ok(()));
    for other in [
        "http://www.example.com/webhook_uri",
        "https://www.example.com//webhook_uri",
        "https://www.example.com/webhook_uri/",
        "https://stage.example.com/webhook_uri",
        "https://www.example.com/webhook%5Furi",
    ] {
        assert_eq!(verify(other), Err(Refused::Forged), "{other}");
    }
}

#[test]
fn an_endpoint_for_hubspots_third_version_knows_no_weaker_one() {
    let secrets = Secrets::new(ClientSecret::parse(HUBSPOT_SECRET).unwrap(), None);
    let request = hubspot::Request {
        method: "POST",
        uri: HUBSPOT_URI,
        body: br#"{"example_field":"example_value"}"#,
        signature: Some("9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"),
        signature_v3: None,
        time: Some("1693657560000"),
    };
    let now = at("1693657560");
    assert_eq!(hubspot::verify(&secrets, Version::V2, &request, now), Ok(()));
    assert!(matches!(hubspot::verify(&secrets, Version::V3, &request, now), Err(Refused::Missing(_))));
    // The first two versions name no time: a copy fits the next day as well, and only a long memory of what was handled helps.
    assert_eq!(hubspot::verify(&secrets, Version::V2, &request, at("1693743960")), Ok(()));
}
