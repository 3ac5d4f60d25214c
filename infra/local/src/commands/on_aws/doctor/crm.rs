//! Can the CRM be asked, with the credentials that the secret holds?

use std::sync::Arc;

use aws::{Clients, StackOutputs, SystemClock};
use crm::{LiveCrm, Stay, System};
use domain::config::Config;

use crate::commands::finding::Finding;
use crate::commands::{Failure, Variables, connections};

pub(super) async fn check(
    clients: &Clients,
    outputs: &StackOutputs,
    config: Option<&Config>,
    variables: &Variables,
    found: &mut Vec<Finding>,
) {
    let system = match outputs.get("CrmSystem") {
        Ok(system) => system,
        Err(failure) => return found.push(Finding::failed("CRM", &failure)),
    };
    let Some(config) = config else {
        let says = "not looked at: which fields it needs, the configuration in force says";
        return found.push(Finding::warn(system, says, "put that right, and look again"));
    };
    match connected(clients, outputs, system, config, variables).await {
        Ok(crm) => found.extend(Finding::of_crm(system, &*crm).await),
        Err(failure) => found.push(Finding::failed(system, &failure)),
    }
}

/// The CRM as a function connects to it.
async fn connected(
    clients: &Clients,
    outputs: &StackOutputs,
    system: &str,
    config: &Config,
    variables: &Variables,
) -> Result<Arc<dyn LiveCrm>, Failure> {
    let named = System::parse(system).ok_or_else(|| Failure::new("it is no CRM that can be asked"))?;
    let clock = Arc::new(SystemClock);
    let variable = clients.secrets(outputs.get("SecretArn")?, clock.clone()).variables().await?;
    let crm = named.connect(Stay::AMinute, variable, connections::https(variables)?, config, clock);
    crm.map_err(|e| {
        Failure::new(format!("the secret's values do not open it; its keys are these names in small letters: {e}"))
    })
}
