//! Requests against a server of this machine: what is kept, what is counted, and what is told of a request that failed.

#![cfg(test)]

use std::time::{Duration, Instant};

use https::{Broken, Call, Https, Reach, Url};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves these answers, one to each request; connections stay open as long as requests come on them. Returns how many
/// connections there were once all answers are given.
async fn serve(answers: Vec<&'static str>) -> (u16, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let mut answers = answers.into_iter().peekable();
        let mut connections = 0;
        while answers.peek().is_some() {
            let (mut stream, _) = listener.accept().await.unwrap();
            connections += 1;
            while answers.peek().is_some() && read(&mut stream).await {
                stream.write_all(answers.next().unwrap().as_bytes()).await.unwrap();
            }
        }
        connections
    });
    (port, served)
}

/// Reads a request whose head ends with a blank line. Returns whether one came.
async fn read(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return false;
        }
        bytes.push(byte[0]);
    }
    true
}

const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

fn client(port: u16) -> (Https, Url) {
    let reach = Reach::with_private(&format!("127.0.0.1:{port}")).unwrap();
    let url = reach.address(&format!("http://127.0.0.1:{port}/x")).unwrap();
    (Https::new(reach).unwrap(), url)
}

#[tokio::test]
async fn requests_that_may_be_made_again_share_a_connection_and_are_counted() {
    let (port, served) = serve(vec![DONE, DONE, DONE]).await;
    let (https, url) = client(port);
    for _ in 0..3 {
        assert_eq!(&https.send(&Call::get(url.clone())).await.unwrap().body[..], b"done");
    }
    assert_eq!((served.await.unwrap(), https.sent()), (1, 3));
}

#[tokio::test]
async fn a_request_that_may_not_be_made_again_has_a_connection_of_its_own() {
    let (port, served) = serve(vec![DONE, DONE]).await;
    let (https, url) = client(port);
    for _ in 0..2 {
        https.send(&Call::post(url.clone(), "text/plain", "")).await.unwrap();
    }
    assert_eq!(served.await.unwrap(), 2);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let (port, _served) =
        serve(vec!["HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"]).await;
    let (https, url) = client(port);
    assert_eq!(https.send(&Call::get(url)).await.unwrap().status, 302);
    assert_eq!(https.sent(), 1);
}

#[tokio::test]
async fn nobody_can_tell_what_became_of_a_request_whose_answer_is_cut_off() {
    let (port, served) = serve(vec!["HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf"]).await;
    let (https, url) = client(port);
    let call = Call::post(url, "text/plain", "");
    let (answer, _) = tokio::join!(https.send(&call), served);
    assert!(matches!(answer, Err(Broken::After(_))), "{answer:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_read_to_its_limit_only() {
    let (port, _served) = serve(vec![DONE]).await;
    let (https, url) = client(port);
    let answer = https.send(&Call::post(url, "text/plain", "").at_most(3)).await;
    assert!(matches!(answer, Err(Broken::After(_))), "{answer:?}");
}

#[tokio::test]
async fn whoever_has_to_end_waits_no_longer_than_that_however_patient_the_call_is() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (https, url) = client(listener.local_addr().unwrap().port());
    https.answer_by(Instant::now() + Duration::from_millis(200));
    let patient = Call::get(url).within(Duration::from_secs(3_600));
    let answer = https.send(&patient).await;
    assert!(matches!(&answer, Err(Broken::After(why)) if why.contains("did not answer within")), "{answer:?}");
    assert!(matches!(https.send(&patient).await, Err(Broken::Before(_))), "nothing is begun after that");
    assert_eq!(https.sent(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_has_received_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (https, url) = client(listener.local_addr().unwrap().port());
    drop(listener);
    assert!(matches!(https.send(&Call::post(url, "text/plain", "")).await, Err(Broken::Before(_))));
    assert_eq!(https.sent(), 0);
}
