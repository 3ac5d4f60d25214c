//! Signing in: a token for a client secret (OAuth 2.0, client credentials) or for a signed assertion (RFC 7523).

use data_encoding::BASE64URL_NOPAD;
use https::{Answer, Broken, Call, Https, Url, form};
use jiff::Timestamp;
use serde::Deserialize;

use super::fault::Fault;
use super::settings::{Proof, SalesforceSettings};

/// Salesforce takes assertions that end within three minutes.
const ASSERTED_SECONDS: i64 = 120;
/// An answer is a few hundred bytes.
const LONGEST: usize = 1 << 16;

/// A session that was opened.
#[derive(Clone)]
pub(super) struct Session {
    /// Which one it is; the token itself is compared nowhere.
    pub(super) number: u64,
    /// What each request carries.
    pub(super) token: String,
    /// Where the data are.
    pub(super) instance: Url,
}

/// Opens a session.
pub(super) async fn sign_in(
    https: &Https,
    settings: &SalesforceSettings,
    number: u64,
    now: Timestamp,
) -> Result<Session, Fault> {
    let body = match &settings.proof {
        Proof::Secret(secret) => {
            form(&[("grant_type", "client_credentials"), ("client_id", &settings.client), ("client_secret", secret)])
        }
        Proof::Key { .. } => {
            let assertion = assertion(settings, now)?;
            form(&[("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)])
        }
    };
    let url = settings.login.join("/services/oauth2/token");
    let url = url.map_err(|_| Fault::Unusable("SALESFORCE_LOGIN_URL cannot be a base of an address".to_owned()))?;
    let call = Call::post(url, "application/x-www-form-urlencoded", body).repeatable().at_most(LONGEST);
    let answer = https.send(&call).await.map_err(|broken| unreachable(&broken))?;
    let (token, instance) = granted(&answer, settings)?;
    Ok(Session { number, token, instance })
}

/// Nobody can tell more of a request that got no answer.
pub(super) fn unreachable(broken: &Broken) -> Fault {
    Fault::Unreachable(broken.to_string())
}

/// Who asks, for whom and until when, signed (RFC 7519 and 7523).
fn assertion(settings: &SalesforceSettings, now: Timestamp) -> Result<String, Fault> {
    let Proof::Key { user, key } = &settings.proof else {
        return Err(Fault::Unusable("there is no private key to sign with".to_owned()));
    };
    let claims = serde_json::json!({
        "iss": settings.client,
        "sub": user,
        "aud": settings.audience(),
        "exp": now.as_second() + ASSERTED_SECONDS,
    });
    let head = BASE64URL_NOPAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
    let signed = format!("{head}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
    let signature =
        key.rs256(signed.as_bytes()).map_err(|e| Fault::Unusable(format!("SALESFORCE_PRIVATE_KEY: {e}")))?;
    Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
}

fn granted(answer: &Answer, settings: &SalesforceSettings) -> Result<(String, Url), Fault> {
    #[derive(Deserialize)]
    struct Granted {
        access_token: String,
        instance_url: String,
    }
    if answer.status != 200 {
        return Err(refused(answer, settings));
    }
    let Ok(granted) = serde_json::from_slice::<Granted>(&answer.body) else {
        return Err(Fault::Unreachable("signing in was answered with something else than a token".to_owned()));
    };
    let foreign = |host: &str| {
        Fault::Unusable(format!(
            "Salesforce names {host} as the place of the data, which is no address of Salesforce: nothing was sent there; check \
             SALESFORCE_LOGIN_URL"
        ))
    };
    let instance =
        settings.reach.address(&granted.instance_url).map_err(|_| foreign("an address that may not be reached"))?;
    if !settings.admits(&instance) {
        return Err(foreign(instance.host_str().unwrap_or_default()));
    }
    Ok((granted.access_token, instance))
}

fn refused(answer: &Answer, settings: &SalesforceSettings) -> Fault {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
        #[serde(default)]
        error_description: String,
    }
    let fault = Fault::from_parts(answer.status, &answer.body, answer.retry_after());
    if matches!(fault, Fault::Unreachable(_) | Fault::Wait { .. }) {
        return fault;
    }
    let Ok(Refusal { error, error_description }) = serde_json::from_slice(&answer.body) else {
        let status = answer.status;
        return Fault::Unusable(format!("Salesforce refuses to sign Baton in ({status}); check SALESFORCE_LOGIN_URL"));
    };
    let said: String = error_description.chars().filter(|c| !c.is_control()).take(120).collect();
    let remedy = match (error.as_str(), &settings.proof) {
        ("invalid_client_id" | "invalid_client", _) => "check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET",
        ("invalid_grant", Proof::Key { .. }) => {
            "check SALESFORCE_USERNAME, that the certificate of the connected app is the one to SALESFORCE_PRIVATE_KEY, that the user \
             is pre-authorised for the app, and this machine's clock"
        }
        ("invalid_grant", Proof::Secret(_)) => {
            "enable the client credentials flow for the connected app and name a user to run as"
        }
        _ => "check the connected app and the addresses it takes requests from",
    };
    Fault::Unusable(format!("Salesforce refuses to sign Baton in ({error}: {said}): {remedy}"))
}
