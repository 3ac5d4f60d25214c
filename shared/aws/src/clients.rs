//! The clients of the services, made once: they share one HTTP client, and with it connections and certificates.

use std::path::Path;
use std::sync::Arc;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::ports::Clock;

use crate::retry::{FIRST_WAIT, LONGEST_WAIT, TRIES};
use crate::s3::S3;
use crate::settings::Trusted;
use crate::{
    DynamoStore, EventBridgeBus, Exports, LambdaIntake, MailsInS3, MappingIds, Place, QueueUrls, Secrets, SesMailer,
    Settings, SettingsError, SqsQueue,
};

/// Makes the adapters. Making it touches no network; the first call of an adapter does, or its `warm`.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(crate) settings: Settings,
    config: SdkConfig,
}

impl Clients {
    /// Clients for these settings.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let retries = RetryConfig::standard()
            .with_max_attempts(TRIES)
            .with_initial_backoff(FIRST_WAIT)
            .with_max_backoff(LONGEST_WAIT);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(settings.connect)
            .operation_attempt_timeout(settings.attempt)
            .build();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(settings.region.clone()))
            .credentials_provider(settings.credentials.clone())
            .http_client(http_client(&settings)?)
            .retry_config(retries)
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .build();
        Ok(Self { settings, config })
    }

    /// Clients for whatever the command line of AWS would use: variables, profiles, single sign-on, instance roles.
    #[cfg(feature = "profile")]
    pub async fn from_profile(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let found = aws_config::defaults(BehaviorVersion::v2026_01_12()).load().await;
        let region = found.region().map(ToString::to_string);
        let missing = |what: &str| SettingsError(vec![what.to_owned()]);
        let region = region.ok_or_else(|| missing("no region is set: set AWS_REGION, or `region` in the profile"))?;
        let credentials = found.credentials_provider().ok_or_else(|| missing("no credentials: run `aws configure`"))?;
        let mut settings = Settings::new(region, credentials, variable);
        if matches!(settings.trusted, Trusted::BuiltIn) {
            // A company's own proxy may stand in between; the system knows its certificate.
            settings.trusted = Trusted::System;
        }
        Self::new(settings)
    }

    /// The one table.
    pub fn store(&self, table: &str, clock: Arc<dyn Clock>) -> DynamoStore {
        DynamoStore::new(aws_sdk_dynamodb::Client::new(&self.at("DYNAMODB")), table, clock)
    }

    /// The queues that are sent to and their dead letters.
    pub fn queue(&self, urls: QueueUrls, dead_letters: QueueUrls) -> SqsQueue {
        SqsQueue::new(aws_sdk_sqs::Client::new(&self.at("SQS")), urls, dead_letters)
    }

    /// The event source mappings with these ids, each of which empties one of the queues.
    pub fn intake(&self, mappings: MappingIds, urls: QueueUrls) -> LambdaIntake {
        let lambda = aws_sdk_lambda::Client::new(&self.at("LAMBDA"));
        LambdaIntake::new(lambda, aws_sdk_sqs::Client::new(&self.at("SQS")), mappings, urls)
    }

    /// The bus of this name.
    pub fn bus(&self, name: &str) -> EventBridgeBus {
        EventBridgeBus::new(aws_sdk_eventbridge::Client::new(&self.at("EVENTBRIDGE")), name)
    }

    /// The mail service. It never sends anything a second time by itself.
    pub fn mailer(&self, configuration_set: Option<&str>) -> SesMailer {
        let config = self.at("SESV2").to_builder().retry_config(RetryConfig::disabled()).build();
        SesMailer::new(aws_sdk_sesv2::Client::new(&config), &self.settings.region, configuration_set)
    }

    /// The values of the secret with this ARN or name.
    pub fn secrets(&self, id: &str, clock: Arc<dyn Clock>) -> Secrets {
        Secrets::new(aws_sdk_secretsmanager::Client::new(&self.at("SECRETS_MANAGER")), id, clock)
    }

    /// The exports below this place, and the notes beside them.
    pub fn exports(&self, place: Place) -> Result<Exports, SettingsError> {
        let s3 = S3::new(&place.bucket, self.settings.endpoint("S3"), &self.config)?;
        Ok(Exports::new(s3, place))
    }

    /// The mails that came back, below the exports.
    pub fn mails(&self, exports: &Place) -> Result<MailsInS3, SettingsError> {
        let s3 = S3::new(&exports.bucket, self.settings.endpoint("S3"), &self.config)?;
        Ok(MailsInS3::new(s3, exports))
    }

    pub(crate) fn at(&self, service: &str) -> SdkConfig {
        let endpoint = self.settings.endpoint(service).map(str::to_owned);
        let mut config = self.config.to_builder();
        config.set_endpoint_url(endpoint);
        config.build()
    }
}

fn http_client(settings: &Settings) -> Result<SharedHttpClient, SettingsError> {
    let trusted = match &settings.trusted {
        Trusted::BuiltIn => TrustStore::empty().with_pem_certificate(AMAZON_TRUST_SERVICES),
        Trusted::System => TrustStore::default(),
        Trusted::File(path) => TrustStore::empty().with_pem_certificate(certificates(path)?),
    };
    let tls =
        TlsContext::builder().with_trust_store(trusted).build().map_err(|e| SettingsError(vec![e.to_string()]))?;
    let client = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    Ok(client.tls_context(tls).build_https())
}

/// The HTTP client takes what it is given for certificates and panics at the first call if it is none; so it is looked at
/// here.
fn certificates(path: &Path) -> Result<Vec<u8>, SettingsError> {
    let fault = |why: String| SettingsError(vec![format!("AWS_CA_BUNDLE names {}, {why}", path.display())]);
    let pem = std::fs::read(path).map_err(|e| fault(format!("which cannot be read: {e}")))?;
    let begins = b"-----BEGIN CERTIFICATE-----";
    if pem.windows(begins.len()).any(|window| window == begins) {
        Ok(pem)
    } else {
        Err(fault("which holds no certificate in PEM form".to_owned()))
    }
}

/// The roots of Amazon Trust Services, to which the endpoints of AWS chain. They are built in because the system's 140 take
/// 4 to 20 ms to read at each start, and because nobody else can then vouch for AWS. `AWS_CA_BUNDLE` replaces them.
const AMAZON_TRUST_SERVICES: &[u8] = include_bytes!("amazon-trust-services.pem");
