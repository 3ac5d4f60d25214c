//! S3, as far as exports and notes need it: a listing, a file read, a file written. `rusty-s3` signs the addresses; the calls
//! are made, timed and tried again as those to every other service are. The SDK's client of S3 would add a megabyte to each
//! function, most of it tables of checksums.

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::SdkConfig;
use rusty_s3::actions::{ListObjectsV2, ListObjectsV2Response};
use rusty_s3::{Bucket, Credentials, Method, S3Action, UrlStyle};
use std::time::Duration;

use crate::SettingsError;

/// How long a signed address can be used: longer than a call takes with all its tries.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// A call that failed.
pub(crate) type S3Error = SdkError<Refused, HttpResponse>;

/// One bucket.
#[derive(Debug)]
pub(crate) struct S3 {
    bucket: Bucket,
    credentials: Option<SharedCredentialsProvider>,
    call: Operation<HttpRequest, ByteStream, Refused>,
}

impl S3 {
    /// The bucket of this name at `endpoint`, or where AWS has it.
    pub(crate) fn new(name: &str, endpoint: Option<&str>, config: &SdkConfig) -> Result<Self, SettingsError> {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let amazon =
            || format!("https://s3.{region}.amazonaws.com{}", if region.starts_with("cn-") { ".cn" } else { "" });
        // The certificate of Amazon's own hosts holds for one label before them, which a dot in the name would make two.
        let style = if endpoint.is_some() || name.contains('.') { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let address = endpoint.map_or_else(amazon, str::to_owned);
        let wrong = |why: String| SettingsError(vec![format!("S3 cannot be at {address}: {why}")]);
        let url = address.parse().map_err(|e| wrong(format!("{e}")))?;
        let bucket = Bucket::new(url, style, name.to_owned(), region).map_err(|e| wrong(e.to_string()))?;

        let mut base = bucket.base_url().clone();
        base.set_path("");
        let mut call = Operation::builder()
            .service_name("s3")
            .operation_name("s3")
            .endpoint_url(base.as_str())
            .no_auth()
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(TransientErrorClassifier::<Refused>::new())
            .with_connection_poisoning()
            .stalled_stream_protection(StalledStreamProtectionConfig::enabled().build());
        if let Some(client) = config.http_client() {
            call = call.http_client(client);
        }
        if let Some(retries) = config.retry_config() {
            call = call.standard_retry(retries);
        }
        if let Some(timeouts) = config.timeout_config() {
            call = call.timeout_config(timeouts.clone());
        }
        if let Some(sleep) = config.sleep_impl() {
            call = call.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            call = call.time_source(time);
        }
        let call = call.serializer(Ok).deserializer_impl(Answer).build();
        Ok(Self { bucket, credentials: config.credentials_provider(), call })
    }

    /// A page of the objects whose keys begin with `prefix`; with `delimiter`, of the folders below it.
    pub(crate) async fn list(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Response, S3Error> {
        let credentials = self.credentials().await?;
        let mut list = self.bucket.list_objects_v2(credentials.as_ref());
        list.with_prefix(prefix);
        if let Some(delimiter) = delimiter {
            list.with_delimiter(delimiter);
        }
        if let Some(token) = token {
            list.with_continuation_token(token);
        }
        let answer = self.send(list, SdkBody::empty(), None).await?.collect().await.map_err(unreadable)?;
        let text = String::from_utf8(answer.to_vec()).map_err(unreadable)?;
        ListObjectsV2::parse_response(&text).map_err(unreadable)
    }

    /// What an object holds, if it still has this tag.
    pub(crate) async fn read(&self, key: &str, tag: Option<&str>) -> Result<ByteStream, S3Error> {
        let credentials = self.credentials().await?;
        self.send(self.bucket.get_object(credentials.as_ref(), key), SdkBody::empty(), tag).await
    }

    /// Writes an object over whatever has its key.
    pub(crate) async fn write(&self, key: &str, body: Vec<u8>) -> Result<(), S3Error> {
        let credentials = self.credentials().await?;
        self.send(self.bucket.put_object(credentials.as_ref(), key), SdkBody::from(body), None).await?;
        Ok(())
    }

    async fn credentials(&self) -> Result<Option<Credentials>, S3Error> {
        let Some(provider) = &self.credentials else { return Ok(None) };
        let own = provider.provide_credentials().await.map_err(SdkError::construction_failure)?;
        let (key, secret) = (own.access_key_id(), own.secret_access_key());
        Ok(Some(match own.session_token() {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        }))
    }

    async fn send<'a, A: S3Action<'a>>(
        &self,
        action: A,
        body: SdkBody,
        if_match: Option<&str>,
    ) -> Result<ByteStream, S3Error> {
        let url = action.sign(SIGNED_FOR);
        let query = url.query().unwrap_or_default();
        let mut request = HttpRequest::new(body);
        let method = match A::METHOD {
            Method::Put => "PUT",
            _ => "GET",
        };
        request.set_method(method).map_err(SdkError::construction_failure)?;
        request.set_uri(format!("{}?{query}", url.path())).map_err(SdkError::construction_failure)?;
        if let Some(tag) = if_match {
            request.headers_mut().insert("if-match", tag.to_owned());
        }
        self.call.invoke(request).await
    }
}

fn unreadable(error: impl Into<BoxError>) -> S3Error {
    SdkError::construction_failure(error)
}

/// What S3 says where it refuses.
#[derive(Debug, thiserror::Error)]
#[error("{meta}")]
pub(crate) struct Refused {
    meta: ErrorMetadata,
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// Reads an answer: content is passed on as it comes, a refusal is read whole.
#[derive(Debug)]
struct Answer;

impl DeserializeResponse for Answer {
    fn deserialize_streaming(&self, response: &mut HttpResponse) -> Option<Result<Output, OrchestratorError<Error>>> {
        let body = response.status().is_success().then(|| ByteStream::new(response.take_body()))?;
        Some(Ok(Output::erase(body)))
    }

    fn deserialize_nonstreaming(&self, response: &HttpResponse) -> Result<Output, OrchestratorError<Error>> {
        let text = String::from_utf8_lossy(response.body().bytes().unwrap_or_default()).into_owned();
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = within(&text, "Code") {
            meta = meta.code(code);
        }
        if let Some(message) = within(&text, "Message") {
            meta = meta.message(message);
        }
        Err(OrchestratorError::operation(Error::erase(Refused { meta: meta.build() })))
    }
}

/// What stands in an element of S3's refusals, which are flat.
fn within<'a>(xml: &'a str, element: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    rest.split_once(&format!("</{element}>")).map(|(content, _)| content)
}
