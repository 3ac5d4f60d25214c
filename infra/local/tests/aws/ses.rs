//! SES as far as a look at it goes, which moto does not go: the account, an identity, a configuration set.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// What SES says of the account and of the domain `us.example`.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    pub out_of_sandbox: bool,
    pub verified: bool,
}

/// Starts it and returns where it listens. It ends with this program.
pub(crate) fn start(standing: Standing) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(&stream, standing).ok());
        }
    });
    port
}

fn serve(stream: &TcpStream, standing: Standing) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        let target = first.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let (status, body) = answer(target, standing);
        let kind = if status == 404 { "x-amzn-ErrorType: NotFoundException\r\n" } else { "" };
        let head = format!("HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\n{kind}");
        write!(&mut &*stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    }
}

fn answer(target: &str, Standing { out_of_sandbox, verified }: Standing) -> (u16, String) {
    match target.strip_prefix("/v2/email/").unwrap_or_default() {
        "account" => (200, format!(r#"{{"ProductionAccessEnabled":{out_of_sandbox},"SendingEnabled":true}}"#)),
        "identities/us.example" => (200, format!(r#"{{"VerifiedForSendingStatus":{verified}}}"#)),
        "configuration-sets/good" => (200, r#"{"SendingOptions":{"SendingEnabled":true}}"#.to_owned()),
        _ => (404, r#"{"message":"there is none"}"#.to_owned()),
    }
}
