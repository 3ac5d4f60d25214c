//! The binary `baton`: reads the command line and the environment, and nothing else does.

mod commands;
mod terminal;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;

/// A contact is read on one thread and dropped on another, a million times a scan; the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Keeps customer relationships from being dropped when people move.
#[derive(Parser)]
#[command(version, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How to print: a table for people, JSON lines for machines.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Credentials, a file of NAME=value lines that only you can read (mode 0600); the environment comes first.
    #[arg(long, global = true, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables.
    Table,
    /// JSON lines.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Play the shipped sample: three exports of one CRM, and what Baton makes of them.
    Demo {
        /// Where report, mails and Slack messages go; made anew each time.
        #[arg(long, default_value = "baton-demo")]
        out: PathBuf,
        /// Open the report in a browser afterwards.
        #[arg(long)]
        open: bool,
    },
    /// Scan a CRM once and see everything through that follows from it.
    Scan {
        /// What to scan: export:DIR, a directory of CSV files as a Salesforce or HubSpot export gives them; or salesforce,
        /// hubspot or odoo, with credentials in the environment or in the file of --credentials.
        #[arg(long, value_name = "SOURCE")]
        crm: String,
        #[command(flatten)]
        state: State,
        /// Where mails, Slack messages and the CRM log go [default: outbox/ in the state directory].
        #[arg(long, value_name = "DIR")]
        outbox: Option<PathBuf>,
        #[command(flatten)]
        config: ConfigFile,
        /// The time to take for now, such as 2026-11-02T07:00:00Z.
        #[arg(long, value_name = "TIME")]
        now: Option<Timestamp>,
        /// Judge and record, but tell nobody.
        #[arg(long)]
        shadow: bool,
        /// A directory of mails that came back: bounces and automatic replies, as .eml files.
        #[arg(long, value_name = "DIR")]
        mail: Option<PathBuf>,
        /// Who knows where people work: jobs:FILE.csv, or pdl (People Data Labs, with PDL_API_KEY in the environment).
        #[arg(long, value_name = "SOURCE")]
        people: Option<String>,
        /// Look only at contacts changed since the last scan; deleted ones are found by the next scan without it.
        #[arg(long)]
        delta: bool,
    },
    /// Do what is due because time has passed: remind, escalate, name steps that are due, send digests.
    FollowUp {
        /// Who is responsible now is read from it; without it, what was known at the last alert counts.
        #[arg(long, value_name = "SOURCE")]
        crm: Option<String>,
        #[command(flatten)]
        dirs: Dirs,
        #[command(flatten)]
        config: ConfigFile,
        /// The time to take for now, such as 2026-11-02T07:00:00Z.
        #[arg(long, value_name = "TIME")]
        now: Option<Timestamp>,
    },
    /// Write the HTML report of a state or a deployment.
    Report {
        #[command(flatten)]
        place: Place,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Play dated exports in shadow, and draw what would have been alerted, to whom and when.
    Backtest {
        #[command(flatten)]
        config: ConfigFile,
        /// A second configuration, to be laid beside the first.
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
        /// What really happened: JSON lines or CSV with contact, by (a day), and if known after, from, to.
        #[arg(long, value_name = "FILE")]
        truth: Option<PathBuf>,
        /// The page to write [default: baton-backtest.html; with --format json none].
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The exports, oldest first, in folders whose names begin with a date such as 2026-11-02.
        #[arg(required = true, value_name = "DIR")]
        exports: Vec<PathBuf>,
    },
    /// Judge pairs, without any state.
    Judge {
        #[command(subcommand)]
        what: Judge,
    },
    /// Read what came by mail, without any state.
    Read {
        #[command(subcommand)]
        what: Read,
    },
    /// List the cases of a state or a deployment.
    Cases {
        #[command(flatten)]
        place: Place,
        /// Only those in this state, such as notified or held.
        #[arg(long = "in", value_name = "STATE")]
        only: Option<String>,
    },
    /// Show one case whole.
    Show {
        /// The case, or the beginning of its id.
        case: String,
        /// Every piece of evidence with its weight, how they add up, and what was looked at and said nothing.
        #[arg(long)]
        explain: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Answer a case, as its reader does in Slack and by mail.
    Answer {
        /// The case, or the beginning of its id.
        case: String,
        /// The answer.
        #[arg(value_enum)]
        answer: Answer,
        /// Which step of the plan, or which proposed update of the CRM, from 1.
        #[arg(value_name = "N")]
        number: Option<u32>,
        #[command(flatten)]
        said: Said,
        #[command(flatten)]
        acting: Acting,
    },
    /// Take answers over HTTP, from Slack's buttons and from the links in mails, until it is stopped.
    Respond {
        /// Where to listen; SLACK_SIGNING_SECRET and BATON_LINK_KEY in the environment say what is accepted.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        #[command(flatten)]
        dirs: Dirs,
        #[command(flatten)]
        config: ConfigFile,
        /// The CRM, to see through at once what follows from an answer; without it the next scan does.
        #[arg(long, value_name = "SOURCE")]
        crm: Option<String>,
        /// The time to take for now, such as 2026-11-02T07:00:00Z.
        #[arg(long, value_name = "TIME")]
        now: Option<Timestamp>,
    },
    /// Say of a case that it was right or wrong, and why; `baton accuracy` counts these marks.
    Mark {
        /// The case, or the beginning of its id.
        case: String,
        /// Whether what it says has happened.
        #[arg(value_enum)]
        says: Says,
        /// Why.
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        because: String,
        /// Who says so.
        #[arg(long, value_name = "NAME", default_value = "the command line")]
        by: String,
        #[command(flatten)]
        whose: Whose,
    },
    /// How often Baton was right here, by your own marks and answers.
    Accuracy {
        #[command(flatten)]
        place: Place,
    },
    /// Tell an account's story from its audit chain, or `audit verify ACCOUNT` to check that nobody has touched it.
    Audit {
        /// The account, or `verify` and the account (`verify all` for every chain).
        #[arg(required = true, num_args = 1..=2, value_name = "ACCOUNT")]
        words: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Release or discard what the brake has held.
    Brake {
        /// What to do with the findings.
        #[arg(value_enum)]
        what: Brake,
        /// The scan, as the administrator's notice names it.
        scan: String,
        /// The CRM the accounts are read from, for `release` on this machine.
        #[arg(long, value_name = "SOURCE")]
        crm: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Give one function an event, exactly as Lambda would.
    Invoke {
        /// scanner, enrichment, planning or notify.
        function: String,
        /// The event, a JSON file.
        event: PathBuf,
        /// What to scan or read accounts from.
        #[arg(long, value_name = "SOURCE")]
        crm: Option<String>,
        #[command(flatten)]
        state: State,
        #[command(flatten)]
        config: ConfigFile,
    },
    /// List messages that were given up, with the reasons.
    DeadLetters {
        /// Give them another try, as `baton redrive` does.
        #[arg(long)]
        redrive: bool,
        #[command(flatten)]
        whose: Whose,
    },
    /// Give messages that were given up another try: dead letters go back to their queues.
    Redrive {
        /// Only those of this queue, such as deliveries.
        queue: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Check the configuration and every connection, here or of a deployment on AWS, and say what is missing; changes nothing.
    Doctor {
        /// A deployment on AWS.
        #[arg(long)]
        aws: bool,
        /// A CRM to be asked, such as salesforce [default: each whose credentials are there].
        #[arg(long, value_name = "SYSTEM", conflicts_with = "aws")]
        crm: Option<String>,
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        deployment: Deployment,
    },
    /// Check a configuration, print the shipped one, or put one in force on AWS.
    Config {
        #[command(subcommand)]
        what: Configuration,
    },
    /// Work out what a month on AWS costs; no account is needed.
    Cost(commands::cost::Plans),
}

#[derive(Subcommand)]
enum Judge {
    /// Pairs of contacts in, findings out, as JSON lines in the same order.
    Contacts {
        /// The pairs [default: standard input].
        #[arg(long = "in", value_name = "FILE")]
        input: Option<PathBuf>,
        /// The findings [default: standard output].
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Score the judgement on labelled pairs: precision, recall, silence, verdicts, and whether confidence is kept.
    Score(commands::judge::Sets),
}

#[derive(Subcommand)]
enum Read {
    /// Show what bounces and automatic replies were understood to say, about whom, and why.
    Mail {
        /// The mails: .eml files, or directories of them.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Configuration {
    /// Say what is wrong with a configuration: line, key and remedy.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Print the shipped configuration, with every key explained.
    Default,
    /// Put a configuration in force on AWS, if it is without mistakes.
    Push {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        deployment: Deployment,
    },
    /// Print the configuration in force on AWS.
    Show {
        #[command(flatten)]
        deployment: Deployment,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Answer {
    /// Seen, taken on.
    GotIt,
    /// Done; --because says what.
    Done,
    /// There was no change; --because says why.
    NotAChange,
    /// Ask again on the day that --until names.
    Later,
    /// Somebody else takes it, whom --to names by mail address.
    HandTo,
    /// It is true: a case that was held goes on its way, with the next scan or, with --crm, at once.
    Confirm,
    /// Step N of the plan is done.
    StepDone,
    /// Update N of the CRM is right: write it. --by says by mail address who confirms it.
    ConfirmUpdate,
    /// Update N of the CRM is wrong. --by says by mail address who rejects it.
    RejectUpdate,
}

/// What is said with an answer.
#[derive(clap::Args)]
struct Said {
    /// Why, or what was done; needed for not-a-change.
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// The day to be asked again, such as 2026-11-10.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The mail address of whoever takes the case over.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// The name of whoever takes it over, where Baton has not told that person of anything yet.
    #[arg(long, value_name = "NAME", requires = "to")]
    name: Option<String>,
    /// Who answers: a name, or a mail address.
    #[arg(long, value_name = "NAME", default_value = "the command line")]
    by: String,
    /// The CRM to write to at once [default: the files that the last scan has written].
    #[arg(long, value_name = "SOURCE")]
    crm: Option<String>,
    /// The time to take for now, such as 2026-11-02T07:00:00Z.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Says {
    /// It has happened as the case says.
    Right,
    /// It has not.
    Wrong,
}

#[derive(Clone, Copy, ValueEnum)]
enum Brake {
    /// They are true: send them on their way.
    Release,
    /// They are not: dismiss them.
    Discard,
}

#[derive(clap::Args)]
struct State {
    /// Where Baton keeps its state.
    #[arg(long = "state", value_name = "DIR", default_value = ".baton")]
    dir: PathBuf,
}

/// Where a command reads: on this machine, or on AWS.
#[derive(clap::Args)]
struct Place {
    /// Where Baton keeps its state.
    #[arg(long = "state", value_name = "DIR", default_value = ".baton", conflicts_with = "Deployment")]
    dir: PathBuf,
    #[command(flatten)]
    deployment: Deployment,
}

/// A deployment on AWS, found with the credentials and the region that the AWS CLI uses too.
#[derive(clap::Args)]
#[group(multiple = false)]
struct Deployment {
    /// A deployment on AWS, by its CloudFormation stack.
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// A deployment on AWS, by its DynamoDB table.
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

/// Whose state and queues: those of this machine, or those on AWS.
#[derive(clap::Args)]
struct Whose {
    /// Where Baton keeps its state.
    #[arg(long = "state", value_name = "DIR", default_value = ".baton")]
    dir: PathBuf,
    /// A deployment on AWS, by its CloudFormation stack.
    #[arg(long, value_name = "NAME", conflicts_with = "dir")]
    stack: Option<String>,
}

/// Where a command works that changes what a scan has left.
#[derive(clap::Args)]
struct Dirs {
    #[command(flatten)]
    state: State,
    /// Where mails, Slack messages and the CRM log go [default: outbox/ in the state directory].
    #[arg(long, value_name = "DIR")]
    outbox: Option<PathBuf>,
}

/// Where people act on cases: in a state, whose commands see through what follows, or in a deployment, whose functions do.
#[derive(clap::Args)]
struct Acting {
    #[command(flatten)]
    dirs: Dirs,
    #[command(flatten)]
    config: ConfigFile,
    /// A deployment on AWS, by its CloudFormation stack, with the configuration and the CRM that it has.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["dir", "outbox", "file", "crm"])]
    stack: Option<String>,
}

impl Dirs {
    fn state(&self) -> &Path {
        &self.state.dir
    }

    fn outbox(&self) -> PathBuf {
        self.outbox.clone().unwrap_or_else(|| self.state.dir.join("outbox"))
    }
}

#[derive(clap::Args)]
struct ConfigFile {
    /// The configuration [default: the shipped one].
    #[arg(long = "config", value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Done, but rows were set aside or messages given up: somebody should look.
const LOOK: u8 = 3;

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("BATON_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match commands::run(Cli::parse()) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Look) => ExitCode::from(LOOK),
        Err(failure) => {
            terminal::complain(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

/// How a command ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Done,
    Look,
}
