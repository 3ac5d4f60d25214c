//! A company's CRM as Rust values, written out as a Salesforce data export.

use std::path::Path;

/// Everything the CRM knows. Tests change it between two scans, as people do.
#[derive(Clone, Default)]
pub(crate) struct World {
    users: Vec<User>,
    accounts: Vec<Account>,
    people: Vec<Person>,
    opportunities: Vec<Opportunity>,
    tickets: Vec<Ticket>,
}

#[derive(Clone)]
pub(crate) struct User {
    id: String,
    pub name: String,
    pub email: String,
    pub active: bool,
    /// Where the person works, such as `Asia/Tokyo`; blank: nobody knows.
    pub zone: String,
    manager: String,
}

#[derive(Clone)]
pub(crate) struct Account {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub owner: String,
    pub renewal: String,
    pub value: String,
    pub health: String,
    /// The account it belongs to.
    pub parent: String,
}

#[derive(Clone)]
pub(crate) struct Person {
    pub id: String,
    pub account: String,
    pub name: String,
    pub title: String,
    pub department: String,
    pub email: String,
    pub roles: Vec<String>,
    pub bounced: &'static str,
    pub left: bool,
    /// What is written instead of the whole row; `{id}` is the contact's id.
    pub broken: Option<&'static str>,
}

#[derive(Clone)]
struct Opportunity {
    account: String,
    name: String,
    amount: u32,
    close: String,
}

#[derive(Clone)]
struct Ticket {
    account: String,
    subject: String,
    priority: String,
}

impl World {
    /// One of us.
    pub(crate) fn user(&mut self, name: &str) -> &mut User {
        let id = format!("005U{:06}", self.users.len() + 1);
        let email = format!("{}@us.example", name.to_lowercase().replace(' ', "."));
        self.users.push(User {
            id,
            name: name.to_owned(),
            email,
            active: true,
            zone: String::new(),
            manager: String::new(),
        });
        self.users.last_mut().unwrap()
    }

    /// One of us who is there already.
    pub(crate) fn user_mut(&mut self, name: &str) -> &mut User {
        self.users.iter_mut().find(|user| user.name == name).unwrap_or_else(|| panic!("there is no user {name}"))
    }

    /// Makes `manager` the manager of `of`.
    pub(crate) fn manages(&mut self, manager: &str, of: &str) {
        let id = self.user_mut(manager).id.clone();
        self.user_mut(of).manager = id;
    }

    /// An active customer owned by a user, who is made where there is none of that name.
    pub(crate) fn account(&mut self, name: &str, owner: &str) -> &mut Account {
        if self.users.iter().all(|user| user.name != owner) {
            self.user(owner);
        }
        let account = Account {
            id: format!("001A{:06}", self.accounts.len() + 1),
            name: name.to_owned(),
            kind: "Customer - Direct".to_owned(),
            owner: self.user_mut(owner).id.clone(),
            renewal: String::new(),
            value: String::new(),
            health: String::new(),
            parent: String::new(),
        };
        self.accounts.push(account);
        self.accounts.last_mut().unwrap()
    }

    /// An account that is there already.
    pub(crate) fn account_mut(&mut self, name: &str) -> &mut Account {
        self.accounts.iter_mut().find(|a| a.name == name).unwrap_or_else(|| panic!("there is no account {name}"))
    }

    /// Takes an account's record away, with nobody in it.
    pub(crate) fn remove_account(&mut self, name: &str) {
        let id = self.account_mut(name).id.clone();
        self.accounts.retain(|account| account.id != id);
        self.opportunities.retain(|opportunity| opportunity.account != id);
        self.tickets.retain(|ticket| ticket.account != id);
    }

    /// A contact of an account that is there already; the address follows from the two names.
    pub(crate) fn person(&mut self, name: &str, title: &str, account: &str) -> &mut Person {
        let person = Person {
            id: format!("003C{:06}", self.people.len() + 1),
            account: self.account_mut(account).id.clone(),
            name: name.to_owned(),
            title: title.to_owned(),
            department: String::new(),
            email: address(name, account),
            roles: Vec::new(),
            bounced: "",
            left: false,
            broken: None,
        };
        self.people.push(person);
        self.people.last_mut().unwrap()
    }

    /// A contact who is there already.
    pub(crate) fn person_mut(&mut self, name: &str) -> &mut Person {
        self.people.iter_mut().find(|p| p.name == name).unwrap_or_else(|| panic!("there is no person {name}"))
    }

    /// Every contact.
    pub(crate) fn people_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        self.people.iter_mut()
    }

    /// Takes a contact's record away, the first of that name.
    pub(crate) fn delete(&mut self, name: &str) {
        let at = self.people.iter().position(|p| p.name == name);
        self.people.remove(at.unwrap_or_else(|| panic!("there is no person {name}")));
    }

    /// Puts a contact into another account, with an address there.
    pub(crate) fn moves(&mut self, name: &str, to: &str) {
        let id = self.account_mut(to).id.clone();
        let person = self.person_mut(name);
        person.account = id;
        person.email = address(name, to);
    }

    /// An open opportunity.
    pub(crate) fn opportunity(&mut self, account: &str, name: &str, amount: u32, close: &str) {
        let account = self.account_mut(account).id.clone();
        self.opportunities.push(Opportunity { account, name: name.to_owned(), amount, close: close.to_owned() });
    }

    /// An open support case.
    pub(crate) fn ticket(&mut self, account: &str, subject: &str, priority: &str) {
        let account = self.account_mut(account).id.clone();
        self.tickets.push(Ticket { account, subject: subject.to_owned(), priority: priority.to_owned() });
    }

    /// Writes the export's CSV files into `dir`.
    pub(crate) fn export(&self, dir: &Path) {
        std::fs::create_dir_all(dir).unwrap();
        let write = |name: &str, header: &[&str], rows: Vec<Vec<String>>| {
            let mut file = csv::Writer::from_path(dir.join(name)).unwrap();
            file.write_record(header).unwrap();
            rows.iter().for_each(|row| file.write_record(row).unwrap());
            file.flush().unwrap();
        };
        let header = ["Id", "Name", "Email", "IsActive", "ManagerId", "TimeZoneSidKey"];
        write("User.csv", &header, self.users.iter().map(User::row).collect());
        let header =
            ["Id", "Name", "Type", "OwnerId", "Renewal_Date__c", "Annual_Contract_Value__c", "Health__c", "ParentId"];
        write("Account.csv", &header, self.accounts.iter().map(Account::row).collect());
        let header = ["Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "IsClosed"];
        write("Opportunity.csv", &header, self.opportunity_rows());
        let header = ["Id", "OpportunityId", "ContactId", "Role"];
        write("OpportunityContactRole.csv", &header, self.role_rows());
        let header = ["Id", "AccountId", "CaseNumber", "Subject", "Priority", "IsClosed"];
        write("Case.csv", &header, self.ticket_rows());
        std::fs::write(dir.join("Contact.csv"), self.contacts_file()).unwrap();
    }

    /// The open ones, and for each account a closed one that carries its people's roles.
    fn opportunity_rows(&self) -> Vec<Vec<String>> {
        let open = self.opportunities.iter().enumerate().map(|(i, o)| {
            let id = format!("006O{i:06}");
            vec![
                id,
                o.account.clone(),
                o.name.clone(),
                "Proposal".into(),
                o.amount.to_string(),
                o.close.clone(),
                "false".into(),
            ]
        });
        let won = self.accounts.iter().map(|account| {
            let row = [&won_deal(&account.id), &account.id, "First contract", "Closed Won", "", "2020-01-01", "true"];
            row.map(str::to_owned).to_vec()
        });
        open.chain(won).collect()
    }

    fn role_rows(&self) -> Vec<Vec<String>> {
        let of = |person: &Person| {
            let (id, deal) = (person.id.clone(), won_deal(&person.account));
            let roles = person.roles.clone();
            roles.into_iter().map(move |role| vec![format!("00K{id}"), deal.clone(), id.clone(), role])
        };
        self.people.iter().flat_map(of).collect()
    }

    fn ticket_rows(&self) -> Vec<Vec<String>> {
        let row = |(i, ticket): (usize, &Ticket)| {
            let number = format!("{:05}", i + 1);
            let (account, subject) = (ticket.account.clone(), ticket.subject.clone());
            vec![format!("500T{i:06}"), account, number, subject, ticket.priority.clone(), "false".into()]
        };
        self.tickets.iter().enumerate().map(row).collect()
    }

    fn contacts_file(&self) -> Vec<u8> {
        let mut rows = csv::Writer::from_writer(Vec::new());
        rows.write_record([
            "Id",
            "AccountId",
            "Name",
            "Title",
            "Department",
            "Email",
            "EmailBouncedDate",
            "No_Longer_At_Company__c",
        ])
        .unwrap();
        let mut file = rows.into_inner().unwrap();
        for person in &self.people {
            match person.broken {
                Some(broken) => file.extend(format!("{}\n", broken.replace("{id}", &person.id)).into_bytes()),
                None => file.extend(person.row()),
            }
        }
        file
    }
}

impl User {
    /// The record's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    fn row(&self) -> Vec<String> {
        let Self { id, name, email, active, zone, manager } = self.clone();
        vec![id, name, email, active.to_string(), manager, zone]
    }
}

impl Account {
    fn row(&self) -> Vec<String> {
        let Self { id, name, kind, owner, renewal, value, health, parent } = self.clone();
        vec![id, name, kind, owner, renewal, value, health, parent]
    }

    /// The day on which the contract renews.
    pub(crate) fn renews(&mut self, day: &str) -> &mut Self {
        day.clone_into(&mut self.renewal);
        self
    }
}

impl Person {
    /// Gives the person a role in the account's first contract.
    pub(crate) fn role(&mut self, role: &str) -> &mut Self {
        self.roles.push(role.to_owned());
        self
    }

    fn row(&self) -> Vec<u8> {
        let mut row = csv::Writer::from_writer(Vec::new());
        let left = self.left.to_string();
        row.write_record([
            &self.id,
            &self.account,
            &self.name,
            &self.title,
            &self.department,
            &self.email,
            self.bounced,
            &left,
        ])
        .unwrap();
        row.into_inner().unwrap()
    }
}

fn won_deal(account: &str) -> String {
    format!("006W{account}")
}

/// `dana.fox@northwind.example`
fn address(name: &str, company: &str) -> String {
    let host = company.split_whitespace().next().unwrap_or_default();
    format!("{}@{host}.example", name.replace(' ', ".")).to_lowercase()
}
