//! A deployment made up on the services, the binary that looks at it, and what it said.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws::{Clients, DynamoStore, Settings};
use baton::adapters::{Database, FileBus, FileMailer, FileMessenger, SqliteQueue};
use baton::plant::Works;
use crm::ExportCrm;
use domain::ScanId;
use domain::config::Config;
use domain::ports::{Clock, FixedClock};
use envelope::{Pass, ScanRequested};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::http::{self, REGION};
use crate::services::{Services, services};
use crate::ses::{self, Standing};
use crate::stand_in;

pub(crate) const QUEUES: [&str; 6] = ["scan-pages", "changes", "enriched", "planned", "deliveries", "feedback"];
pub(crate) const TOKEN: &str = "xoxb-never-to-be-seen";
const SCOPES: &str = "x-oauth-scopes: chat:write,users:read,users:read.email,im:write,im:history\r\n";

/// A place for one test on the services.
pub(crate) struct Site {
    pub services: &'static Services,
    /// Another one for each test.
    pub name: String,
    /// Where the table is.
    dynamodb: u16,
    pub ses: u16,
    /// A port of each service of this machine that may be reached; the first one is Slack's.
    pub reached: Vec<u16>,
    /// How the CRM is read, and which one it is.
    pub crm: [&'static str; 2],
    pub dir: tempfile::TempDir,
}

/// What the binary said.
#[derive(Debug)]
pub(crate) struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Site {
    /// With its table on Amazon's DynamoDB Local.
    pub(crate) fn on_dynamodb_local(name: &str) -> Option<Self> {
        Self::on(name, |services| services.dynamodb)
    }

    /// With its table on moto, which knows of backups.
    pub(crate) fn on_moto(name: &str) -> Option<Self> {
        Self::on(name, |services| services.moto)
    }

    fn on(name: &str, dynamodb: impl Fn(&Services) -> u16) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let services = services()?;
        Some(Self {
            name: format!("{name}-{}", NUMBER.fetch_add(1, Ordering::SeqCst)),
            dynamodb: dynamodb(services),
            ses: ses::start(Standing { out_of_sandbox: true, verified: true }),
            reached: vec![stand_in::start(|_| (200, SCOPES, r#"{"ok":true,"bot_id":"B1"}"#.to_owned()))],
            crm: ["exports", "salesforce"],
            dir: tempfile::tempdir().unwrap(),
            services,
        })
    }

    /// Runs the binary with these words.
    pub(crate) fn baton(&self, words: &[&str]) -> Said {
        let nowhere = self.dir.path().join("nowhere");
        let local = |port: u16| format!("http://127.0.0.1:{port}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(words).current_dir(self.dir.path());
        command.env_remove("AWS_PROFILE").env_remove("AWS_SESSION_TOKEN").env("AWS_REGION", REGION);
        command.env("AWS_CONFIG_FILE", &nowhere).env("AWS_SHARED_CREDENTIALS_FILE", &nowhere);
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing");
        command.env("AWS_ENDPOINT_URL", local(self.services.moto));
        command.env("AWS_ENDPOINT_URL_DYNAMODB", local(self.dynamodb));
        command.env("AWS_ENDPOINT_URL_SESV2", local(self.ses));
        command.env("BATON_SLACK_API", format!("{}/api", local(self.reached[0])));
        let reached: Vec<_> = self.reached.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        command.env("BATON_PRIVATE_HOSTS", reached.join(","));
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let said = Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!said.out.contains(TOKEN) && !said.err.contains(TOKEN), "{said:?}");
        said
    }

    /// Writes a file beside the binary's working directory and returns its name.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.dir.path().join(name), text).unwrap();
        name.to_owned()
    }

    /// A table as the template makes it, without its expiry and its backups.
    pub(crate) fn make_table(&self) {
        let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
        let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
        self.table_call(
            "CreateTable",
            json!({
                "BillingMode": "PAY_PER_REQUEST",
                "DeletionProtectionEnabled": true,
                "AttributeDefinitions": [text("pk"), text("sk"), text("ix")],
                "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-index",
                    "KeySchema": [key("ix", "HASH"), key("sk", "RANGE")],
                    "Projection": { "ProjectionType": "KEYS_ONLY" },
                }],
            }),
        );
    }

    /// Its expiry and its backups.
    pub(crate) fn secure_table(&self) {
        let expiry = json!({ "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "x" } });
        self.table_call("UpdateTimeToLive", expiry);
        let recovery = json!({ "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true } });
        self.table_call("UpdateContinuousBackups", recovery);
    }

    fn table_call(&self, action: &str, mut body: Value) {
        body["TableName"] = self.name.as_str().into();
        http::json(self.dynamodb, "dynamodb", &format!("DynamoDB_20120810.{action}"), &body);
    }

    /// The queues as the template makes them.
    pub(crate) fn make_queues(&self) {
        let fourteen_days = (14 * 86_400).to_string();
        for queue in QUEUES.into_iter().chain(["schedules"]) {
            let dead = format!("{queue}-dead-letters");
            self.make_queue(&dead, json!({ "MessageRetentionPeriod": fourteen_days }));
            if queue != "schedules" {
                let arn = format!("arn:aws:sqs:{REGION}:123456789012:{}-{dead}", self.name);
                let redrive = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": 5 }).to_string();
                self.make_queue(queue, json!({ "VisibilityTimeout": "380", "RedrivePolicy": redrive }));
            }
        }
    }

    fn make_queue(&self, queue: &str, attributes: Value) {
        let name = format!("{}-{queue}", self.name);
        self.queue_call("CreateQueue", json!({ "QueueName": name, "Attributes": attributes }));
    }

    /// Puts a message that was given up for this reason.
    pub(crate) fn bury(&self, queue: &str, body: &str, reason: &str) {
        let attributes = json!({ "reason": { "DataType": "String", "StringValue": reason } });
        let url = self.url(&format!("{queue}-dead-letters"));
        let message = json!({ "QueueUrl": url, "MessageBody": body, "MessageAttributes": attributes });
        self.queue_call("SendMessage", message);
    }

    /// How many messages there are in a queue, visible or not.
    pub(crate) fn depth(&self, queue: &str) -> u32 {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let asked = json!({ "QueueUrl": self.url(queue), "AttributeNames": names });
        let told = self.queue_call("GetQueueAttributes", asked);
        names.iter().map(|name| told["Attributes"][name].as_str().unwrap().parse::<u32>().unwrap()).sum()
    }

    fn queue_call(&self, action: &str, body: Value) -> Value {
        http::json(self.services.moto, "sqs", &format!("AmazonSQS.{action}"), &body)
    }

    fn url(&self, queue: &str) -> String {
        format!("http://127.0.0.1:{}/123456789012/{}-{queue}", self.services.moto, self.name)
    }

    /// The bus, and a secret with what Slack needs and these values.
    pub(crate) fn make_the_rest(&self, values: &Value) {
        let moto = self.services.moto;
        http::json(moto, "events", "AWSEvents.CreateEventBus", &json!({ "Name": self.name }));
        let mut values = values.clone();
        values["slack_bot_token"] = TOKEN.into();
        values["slack_signing_secret"] = "8f742231b10e8888abcd99yyyzzz85a5".into();
        let secret = json!({ "Name": self.name, "SecretString": values.to_string() });
        http::json(moto, "secretsmanager", "secretsmanager.CreateSecret", &secret);
    }

    /// Today's export.
    pub(crate) fn make_export(&self) {
        let moto = self.services.moto;
        http::put(moto, "s3", &format!("/{}", self.name), b"");
        for file in ["Contact.csv", "Account.csv"] {
            let content = std::fs::read(format!("{EXPORTS}/2026-11-02/{file}")).unwrap();
            http::put(moto, "s3", &format!("/{}/exports/2026-11-22/{file}", self.name), &content);
        }
    }

    /// A stack whose outputs name all of it, as the template's do.
    pub(crate) fn make_stack(&self) {
        let name = self.name.as_str();
        let urls = |ending: &str, queues: &[&str]| {
            let urls: BTreeMap<_, _> = queues.iter().map(|q| (*q, self.url(&format!("{q}{ending}")))).collect();
            json!(urls).to_string()
        };
        let with_schedules = [&QUEUES[..], &["schedules"]].concat();
        let outputs = [
            ("TableName", name.to_owned()),
            ("ExportsLocation", format!("s3://{name}/exports/")),
            ("CrmAccess", self.crm[0].to_owned()),
            ("CrmSystem", self.crm[1].to_owned()),
            ("SecretArn", name.to_owned()),
            ("BusName", name.to_owned()),
            ("ConfigurationSet", "good".to_owned()),
            ("MailFromAddress", "baton@us.example".to_owned()),
            ("Queues", urls("", &QUEUES)),
            ("DeadLetters", urls("-dead-letters", &with_schedules)),
        ];
        let template = include_str!("../../../template.yaml");
        let promised = template.split_once("\nOutputs:").unwrap().1;
        for (output, _) in &outputs {
            assert!(promised.contains(&format!("\n  {output}:\n")), "the template has no output {output}");
        }
        let outputs: BTreeMap<_, _> = outputs.iter().map(|(name, value)| (name, json!({ "Value": value }))).collect();
        let resources = json!({ "Queue": { "Type": "AWS::SQS::Queue" } });
        let template = json!({ "Resources": resources, "Outputs": outputs }).to_string();
        let words = [
            ("Action", "CreateStack"),
            ("Version", "2010-05-15"),
            ("StackName", name),
            ("TemplateBody", template.as_str()),
        ];
        http::form(self.services.moto, "cloudformation", &words);
    }

    /// The table, to put something into it.
    pub(crate) fn store(&self, at: Timestamp) -> DynamoStore {
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(at));
        let settings = Settings::from_variables(|name| match name {
            "AWS_REGION" => Some(REGION.to_owned()),
            "AWS_ENDPOINT_URL" => Some(format!("http://127.0.0.1:{}", self.dynamodb)),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("testing".to_owned()),
            _ => None,
        });
        Clients::new(settings.unwrap()).unwrap().store(&self.name, clock)
    }

    /// Scans an export of the sample and sees everything through.
    pub(crate) fn scan(&self, export: &str, at: Timestamp) {
        self.scan_with(export, at, "");
    }

    /// The same with a configuration. Returns which scan it was.
    pub(crate) fn scan_with(&self, export: &str, at: Timestamp, config: &str) -> ScanId {
        let (config, clock) = (Config::parse(config).unwrap(), FixedClock(at));
        let dir = std::path::PathBuf::from(format!("{EXPORTS}/{export}"));
        let outbox = self.dir.path().join("outbox");
        let crm = ExportCrm::open(&dir, &config, at, &outbox).unwrap();
        let works = Works {
            inbox: None,
            people: None,
            crm: &crm,
            store: &self.store(at),
            queue: &SqliteQueue::new(Arc::new(Database::in_memory().unwrap())),
            bus: &FileBus::new(&outbox),
            mailer: &FileMailer::new(&outbox),
            messenger: &FileMessenger::new(&outbox),
            links: None,
            config: &config,
            clock: &clock,
        };
        let scan = ScanId::parse(&format!("scan-{}", at.as_second())).unwrap();
        let request = ScanRequested { scan: scan.clone(), at, shadow: false, pass: Pass::Full };
        wait(async {
            works.scan(request, &|_| {}).await.unwrap();
            let pumped = works.pump().await.unwrap();
            assert!(pumped.buried.is_empty() && pumped.waiting.is_empty(), "{pumped:?}");
        });
        scan
    }
}

/// The exports of the sample.
const EXPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/crm");

/// Waits for something that the SDK does.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
