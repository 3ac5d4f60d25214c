//! Somebody at a keyboard in Odoo: edits records and looks at them, over the same JSON-RPC that Odoo's own pages use.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crm::OdooSettings;
use https::{Call, Https, Reach, Url};
use serde_json::{Value, json};

/// The user whom Baton is given in these tests, with no more rights than it needs.
pub(crate) const LOGIN: &str = "baton";
pub(crate) const PASSWORD: &str = "k9-not-a-word";
const DATABASE: &str = "crm";

/// The administrator.
pub(crate) struct Office {
    pub https: Arc<Https>,
    pub reach: Reach,
    address: String,
    endpoint: Url,
    user: i64,
    _alone: MutexGuard<'static, ()>,
}

/// The tests share one database.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs a story in a real Odoo, if there is one.
pub(crate) fn in_odoo<F: Future<Output = ()>>(story: impl FnOnce(Office) -> F) {
    let Ok(address) = std::env::var("BATON_ODOO") else {
        // Not captured, unlike what a test prints.
        let told =
            b"skipped: a real Odoo, because BATON_ODOO names none (tests/run starts one where it is installed)\n";
        std::io::stderr().write_all(told).unwrap();
        return;
    };
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { story(Office::open(address, alone).await).await });
}

impl Office {
    async fn open(address: String, alone: MutexGuard<'static, ()>) -> Self {
        let host = address.trim_start_matches("http://").to_owned();
        let reach = Reach::with_private(&host).unwrap();
        let https = Arc::new(Https::new(reach.clone()).unwrap());
        let endpoint = reach.address(&format!("{address}/jsonrpc")).unwrap();
        let mut office = Self { https, reach, address, endpoint, user: 0, _alone: alone };
        office.user = office.ask("common", "login", json!([DATABASE, "admin", "admin"])).await.as_i64().unwrap();
        office.hire_baton().await;
        office
    }

    /// What is in the environment of whoever runs Baton.
    pub(crate) fn settings(&self, login: &str, password: &str, database: &str) -> OdooSettings {
        let variable = |name: &str| {
            Some(match name {
                "ODOO_URL" => self.address.clone(),
                "ODOO_DATABASE" => database.to_owned(),
                "ODOO_LOGIN" => login.to_owned(),
                "ODOO_PASSWORD" => password.to_owned(),
                _ => return None,
            })
        };
        OdooSettings::read(variable, &self.reach).ok().unwrap()
    }

    /// The settings of the user who was made for Baton.
    pub(crate) fn batons(&self) -> OdooSettings {
        self.settings(LOGIN, PASSWORD, DATABASE)
    }

    /// A user with the rights of a seller who may edit contacts, and a mail address.
    async fn hire_baton(&self) {
        let roles = ["base.group_user", "sales_team.group_sale_salesman_all_leads", "base.group_partner_manager"];
        self.hire(LOGIN, PASSWORD, "baton@us.example", &roles).await;
    }

    /// A user with these rights. One who is there stays as he is.
    pub(crate) async fn hire(&self, login: &str, password: &str, email: &str, roles: &[&str]) -> i64 {
        if let Some(id) = self.find("res.users", json!([["login", "=", login]])).await.first() {
            return *id;
        }
        let mut groups = Vec::new();
        for role in roles {
            let (module, name) = role.split_once('.').unwrap();
            let domain = json!([["module", "=", module], ["name", "=", name]]);
            let found = self.read("ir.model.data", domain, &["res_id"]).await;
            groups.push(found[0]["res_id"].clone());
        }
        let values = json!({ "name": login, "login": login, "password": password, "email": email, "groups_id": [[6, 0, groups]] });
        let named = json!({ "context": { "no_reset_password": true } });
        self.call("res.users", "create", json!([values]), named).await.as_i64().unwrap()
    }

    /// Does something as its pages do.
    pub(crate) async fn call(&self, model: &str, method: &str, args: Value, named: Value) -> Value {
        let args = json!([DATABASE, self.user, "admin", model, method, args, named]);
        self.ask("object", "execute_kw", args).await
    }

    /// Edits one record.
    pub(crate) async fn edit(&self, model: &str, id: i64, values: Value) {
        self.call(model, "write", json!([[id], values]), json!({})).await;
    }

    pub(crate) async fn create(&self, model: &str, values: Value) -> i64 {
        self.call(model, "create", json!([values]), json!({})).await.as_i64().unwrap()
    }

    pub(crate) async fn find(&self, model: &str, domain: Value) -> Vec<i64> {
        let named = json!({ "context": { "active_test": false } });
        serde_json::from_value(self.call(model, "search", json!([domain]), named).await).unwrap()
    }

    pub(crate) async fn read(&self, model: &str, domain: Value, fields: &[&str]) -> Vec<Value> {
        let named = json!({ "fields": fields, "order": "id", "context": { "active_test": false } });
        serde_json::from_value(self.call(model, "search_read", json!([domain]), named).await).unwrap()
    }

    /// The partner of that name, who is there once in the demo data.
    pub(crate) async fn partner(&self, name: &str) -> i64 {
        let found = self.find("res.partner", json!([["name", "=", name]])).await;
        assert_eq!(found.len(), 1, "the database is not as it was installed: {name} is there {} times", found.len());
        found[0]
    }

    /// The notes that Baton has written since the message of that number.
    pub(crate) async fn notes(&self, since: i64) -> Vec<Value> {
        let domain = json!([["message_id", "like", "@baton>"], ["id", ">", since]]);
        self.read(
            "mail.message",
            domain,
            &["model", "res_id", "body", "subject", "subtype_id", "author_id", "message_id"],
        )
        .await
    }

    /// The number of the latest message of all.
    pub(crate) async fn latest_message(&self) -> i64 {
        self.find("mail.message", json!([])).await.into_iter().max().unwrap_or_default()
    }

    /// Steps that are planned and name this case.
    pub(crate) async fn activities(&self, case: &str) -> Vec<Value> {
        let fields = ["res_model", "res_id", "summary", "note", "user_id", "date_deadline", "activity_type_id"];
        self.read("mail.activity", json!([["note", "ilike", case]]), &fields).await
    }

    async fn ask(&self, service: &str, method: &str, args: Value) -> Value {
        let params = json!({ "service": service, "method": method, "args": args });
        let body = json!({ "jsonrpc": "2.0", "method": "call", "params": params, "id": 1 }).to_string();
        let answer = self.https.send(&Call::post(self.endpoint.clone(), "application/json", body)).await.unwrap();
        let mut answer: Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(answer.get("error").is_none(), "{service} {method}: {answer:#}");
        answer["result"].take()
    }
}
