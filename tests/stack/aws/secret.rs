//! A secret, on moto.

use serde_json::{Value, json};

use super::json as call;

/// A secret of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub arn: String,
    port: u16,
}

impl Secret {
    pub(crate) fn create(port: u16, name: &str, content: &Value) -> Self {
        let request = json!({ "Name": name, "SecretString": content.to_string() });
        let created = call(port, "secretsmanager", "secretsmanager.CreateSecret", &request);
        Self { arn: created["ARN"].as_str().unwrap().to_owned(), port }
    }

    /// Gives it another content, as a rotation does.
    pub(crate) fn rotate(&self, content: &Value) {
        let request = json!({ "SecretId": self.arn, "SecretString": content.to_string() });
        call(self.port, "secretsmanager", "secretsmanager.PutSecretValue", &request);
    }
}
