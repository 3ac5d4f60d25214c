//! Which addresses may be reached: public ones over `https`, and of this network only what was named.
//!
//! An address that somebody configures, or that an answer holds, must not make Baton ask the machine it runs on. It is looked at
//! when it is read, and once more at the moment of connecting, as the name is resolved then.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is refused when it is read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not of the form.
    #[error("{0:?} is no address: write it like https://example.com")]
    Form(String),
    /// A name or a password stands in it, or a query or a fragment behind it.
    #[error("the address of {0} may hold no user name, no password, no query and no fragment")]
    Extras(String),
    /// Secrets would be readable on the way.
    #[error(
        "the address of {0} has to begin with https://; a host of your own network may be http where BATON_PRIVATE_HOSTS names it"
    )]
    NotHttps(String),
    /// It may not be reached.
    #[error(transparent)]
    Blocked(#[from] Blocked),
}

/// Why an address may not be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{host} is not on the public internet; if Baton is to reach it all the same, name it in BATON_PRIVATE_HOSTS ({host}:{port})"
)]
pub struct Blocked {
    host: String,
    port: u16,
}

/// Which addresses may be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Hosts of this network that a person has named, in small letters, with their ports.
    private: Vec<(String, u16)>,
}

/// On a loopback address of Lambda: the runtime's own API, and the extension that hands out secrets.
const LAMBDAS_OWN: [u16; 2] = [9001, 2773];
/// Where a machine in a cloud is told its credentials.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

impl Reach {
    /// Public addresses only.
    pub fn public() -> Self {
        Self::default()
    }

    /// Public addresses, and these: `host:port`, several apart by commas, such as `odoo.intern:8069`. They may be `http`.
    pub fn with_private(hosts: &str) -> Result<Self, BadAddress> {
        let hosts = hosts.split(',').map(str::trim).filter(|host| !host.is_empty());
        let private = hosts.map(|text| {
            let bad = || BadAddress::Form(text.to_owned());
            let url = Url::parse(&format!("http://{text}")).map_err(|_| bad())?;
            let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
            let host = url.host_str().filter(|_| bare).ok_or_else(bad)?;
            // `Url` leaves out the port that belongs to the scheme.
            Ok::<_, BadAddress>((host.to_lowercase(), url.port().unwrap_or(80)))
        });
        Ok(Self { private: private.collect::<Result<_, _>>()? })
    }

    /// Reads the address of a service, such as `https://example.my.salesforce.com`.
    pub fn address(&self, text: &str) -> Result<Url, BadAddress> {
        let url = Url::parse(text.trim()).map_err(|_| BadAddress::Form(text.to_owned()))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| BadAddress::Form(text.to_owned()))?;
        let extras = !url.username().is_empty() || url.password().is_some() || url.query().is_some();
        if extras || url.fragment().is_some() {
            return Err(BadAddress::Extras(host.to_owned()));
        }
        self.check(&url)?;
        Ok(url)
    }

    /// Whether an address is of a host of this network that a person has named.
    pub fn is_named(&self, url: &Url) -> bool {
        url.host_str().zip(url.port_or_known_default()).is_some_and(|(host, port)| self.names(host, port))
    }

    /// Whether a request may go there, as far as its text tells.
    pub(crate) fn check(&self, url: &Url) -> Result<(), BadAddress> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(BadAddress::Form(url.scheme().to_owned()));
        };
        let name = host.to_string();
        match url.scheme() {
            "https" => {}
            "http" if self.names(&name, port) => {}
            _ => return Err(BadAddress::NotHttps(name)),
        }
        match host {
            Host::Ipv4(ip) => self.admit(&name, port, ip.into())?,
            Host::Ipv6(ip) => self.admit(&name, port, ip.into())?,
            Host::Domain(domain) => {
                let domain = domain.trim_end_matches('.').to_lowercase();
                let local = domain == "localhost" || domain.ends_with(".localhost");
                if local && !self.names(&name, port) {
                    return Err(Blocked { host: name, port }.into());
                }
            }
        }
        Ok(())
    }

    /// Whether the address that a host was resolved to may be connected to.
    pub fn admit(&self, host: &str, port: u16, ip: IpAddr) -> Result<(), Blocked> {
        let ip = embedded(ip);
        let never = METADATA.contains(&ip) || (ip.is_loopback() && LAMBDAS_OWN.contains(&port));
        if !never && (is_public(ip) || self.names(host, port)) {
            return Ok(());
        }
        Err(Blocked { host: host.to_owned(), port })
    }

    /// Whether a person has named this host of the own network, at this port.
    pub fn names(&self, host: &str, port: u16) -> bool {
        self.private.iter().any(|(named, at)| named.eq_ignore_ascii_case(host) && *at == port)
    }
}

/// The address that is really reached: IPv4 inside of IPv6, mapped (RFC 4291), translated (RFC 6052) or 6to4 (RFC 3056).
fn embedded(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip.to_canonical() else { return ip.to_canonical() };
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match [a, b, c, d, e, f] {
        [0x64, 0xff9b, 0, 0, 0, 0] => v4(g, h),
        [0x2002, high, low, ..] => v4(high, low),
        // Compatible addresses, long out of use, and still resolved by some.
        [0, 0, 0, 0, 0, 0] if g != 0 => v4(g, h),
        _ => IpAddr::V6(v6),
    }
}

/// Whether an address is on the public internet (the registries of special-purpose addresses, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let reserved = a == 0 || a >= 240 || (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
            let benchmark = a == 198 && (b == 18 || b == 19);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || shared
                || reserved
                || benchmark)
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            // Global unicast alone, without Teredo, ORCHID, benchmarks and documentation in it.
            (a & 0xe000) == 0x2000
                && !(a == 0x2001 && b < 0x0200)
                && (a, b) != (0x2001, 0x0db8)
                && a != 0x2002
                && (a, b & 0xf000) != (0x3fff, 0)
                && (a, b, c) != (0x2620, 0x4f, 0x8000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_machine_or_network_is_blocked_however_it_is_written() {
        for text in [
            "https://2130706433",
            "https://0177.0.0.1",
            "https://0x7f000001",
            "https://127.1",
            "https://①②⑦.⓪.⓪.①",
            "https://[::ffff:127.0.0.1]",
            "https://[64:ff9b::7f00:1]",
            "https://[2002:7f00:1::]",
            "https://[::127.0.0.1]",
            "https://[::]",
            "https://[::1]",
            "https://0",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1",
            "https://172.16.3.4",
            "https://192.168.0.1:8443",
            "https://100.64.0.1",
            "https://[fd00:ec2::254]",
            "https://[fe80::1]",
            "https://localhost",
            "https://LOCALHOST.",
            "https://api.localhost",
            "https://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
            "https://localhost:2773/secretsmanager/get",
        ] {
            assert!(matches!(Reach::public().address(text), Err(BadAddress::Blocked(_))), "{text}");
        }
    }

    #[test]
    fn an_address_with_a_user_a_query_or_no_tls_is_refused() {
        for text in ["https://user@evil@127.0.0.1", "https://good.example@127.0.0.1", "https://a:b@c.example"] {
            assert!(matches!(Reach::public().address(text), Err(BadAddress::Extras(_))), "{text}");
        }
        assert!(matches!(Reach::public().address("http://login.salesforce.com"), Err(BadAddress::NotHttps(_))));
        assert!(matches!(Reach::public().address("ftp://login.salesforce.com"), Err(BadAddress::NotHttps(_))));
        for text in ["", "salesforce", "https://", "https:// x"] {
            assert!(matches!(Reach::public().address(text), Err(BadAddress::Form(_))), "{text}");
        }
        assert!(Reach::public().address(" https://acme.my.salesforce.com ").is_ok());
    }

    #[test]
    fn what_a_name_is_resolved_to_is_looked_at_when_it_is_connected_to() {
        let reach = Reach::public();
        for ip in ["127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "64:ff9b::a9fe:a9fe", "::1", "224.0.0.1"] {
            assert!(reach.admit("rebound.example", 443, ip.parse().unwrap()).is_err(), "{ip}");
        }
        for ip in ["93.184.215.14", "2606:4700::6810:84e5", "64:ff9b::5db8:d70e"] {
            assert!(reach.admit("good.example", 443, ip.parse().unwrap()).is_ok(), "{ip}");
        }
    }

    #[test]
    fn a_host_of_this_network_is_reached_only_at_the_port_that_was_named() {
        let reach = Reach::with_private("127.0.0.1:18069, odoo.intern:80").unwrap();
        assert!(reach.address("http://127.0.0.1:18069/jsonrpc").is_ok());
        assert!(reach.address("http://odoo.intern").is_ok());
        assert!(reach.address("http://127.0.0.1:18070").is_err());
        assert!(reach.admit("odoo.intern", 80, "192.168.7.7".parse().unwrap()).is_ok());
        assert!(reach.admit("other.intern", 80, "192.168.7.7".parse().unwrap()).is_err());
    }

    #[test]
    fn lambdas_own_services_and_the_metadata_of_a_machine_stay_blocked_even_where_they_are_named() {
        let reach = Reach::with_private("127.0.0.1:9001,localhost:2773,169.254.169.254:80").unwrap();
        assert!(reach.admit("127.0.0.1", 9001, "127.0.0.1".parse().unwrap()).is_err());
        assert!(reach.admit("localhost", 2773, "::1".parse().unwrap()).is_err());
        assert!(reach.admit("169.254.169.254", 80, "169.254.169.254".parse().unwrap()).is_err());
    }

    #[test]
    fn a_list_of_hosts_that_cannot_be_read_is_refused() {
        for text in ["a b:80", "host/path:80", "u@host:80"] {
            assert!(Reach::with_private(text).is_err(), "{text}");
        }
        assert_eq!(Reach::with_private("").unwrap(), Reach::public());
    }
}
