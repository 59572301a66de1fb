//! TLS to PostgreSQL: a door on this machine that speaks TLS with a certificate made here, and hands on
//! to the server named for tests, as a server of its own or a pooler would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::testing::PG_VARIABLE;
use db::{Config, Db, Stmt};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, SanType, SerialNumber};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// A key pair made for one test.
struct Key {
    pair: EcdsaKeyPair,
    pkcs8: Vec<u8>,
}

impl Key {
    fn new() -> Key {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let pkcs8 = pkcs8.as_ref().to_vec();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8, &random).unwrap();
        Key { pair, pkcs8 }
    }
}

impl rcgen::PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec())
    }
}

fn params(name: &str, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params
}

fn pem(certificate: &[u8]) -> String {
    let text = STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

/// Who signs certificates, and the file that says so.
struct Authority {
    issuer: Issuer<'static, Key>,
    file: String,
}

impl Authority {
    fn new(name: &str, dir: &Path) -> Authority {
        let (mut params, key) = (params(name, 1), Key::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let file = dir.join(format!("{name}.pem"));
        std::fs::write(&file, pem(certificate.der())).unwrap();
        Authority { issuer: Issuer::new(params, key), file: file.display().to_string() }
    }

    /// A certificate for a host, with its key.
    fn signs(&self, host: SanType) -> (CertificateDer<'static>, PrivatePkcs8KeyDer<'static>) {
        let (mut params, key) = (params("server", 2), Key::new());
        params.subject_alt_names.push(host);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), PrivatePkcs8KeyDer::from(key.pkcs8))
    }
}

/// A door that asks for TLS with this certificate, or says that it has none.
struct Door {
    address: SocketAddr,
    encrypted: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Door {
    fn open(server: &str, with: Option<(CertificateDer<'static>, PrivatePkcs8KeyDer<'static>)>) -> Door {
        let acceptor = with.map(|(certificate, key)| {
            let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate], key.into())
                .unwrap();
            TlsAcceptor::from(Arc::new(config))
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (address, server) = (listener.local_addr().unwrap(), server.to_owned());
        let encrypted = Arc::new(AtomicUsize::new(0));
        let counted = encrypted.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, acceptor.clone(), server.clone(), counted.clone()));
            }
        });
        Door { address, encrypted, _runtime: runtime }
    }
}

/// What a client asks first when it would like TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

async fn pass(
    mut from: TcpStream,
    acceptor: Option<TlsAcceptor>,
    server: String,
    encrypted: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let mut asked = [0; 8];
    from.read_exact(&mut asked).await?;
    let mut to = TcpStream::connect(server).await?;
    match acceptor {
        Some(acceptor) if asked == SSL_REQUEST => {
            from.write_all(b"S").await?;
            let mut from = acceptor.accept(from).await?;
            encrypted.fetch_add(1, Ordering::SeqCst);
            copy_bidirectional(&mut from, &mut to).await.map(drop)
        }
        _ => {
            if asked == SSL_REQUEST {
                from.write_all(b"N").await?;
            } else {
                to.write_all(&asked).await?;
            }
            copy_bidirectional(&mut from, &mut to).await.map(drop)
        }
    }
}

/// Host and port of the server named for tests, and the rest of its address.
fn server() -> Option<(String, String, String)> {
    let Ok(url) = std::env::var(PG_VARIABLE) else {
        eprintln!("skipped: {PG_VARIABLE} is not set");
        return None;
    };
    let (head, rest) = url.split_once("://").unwrap();
    let (before, path) = rest.split_once('/').unwrap();
    let (user, host) = before.rsplit_once('@').map_or(("", before), |(u, h)| (u, h));
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    Some((host, format!("{head}://{user}@"), format!("/{path}")))
}

/// Opens the database through the door; the error in words.
fn through(door: &Door, host: &str, options: &str) -> Result<i64, String> {
    let (_, head, path) = server().unwrap();
    let mark = if path.contains('?') { '&' } else { '?' };
    let url = format!("{head}{host}:{}{path}{mark}{options}", door.address.port());
    let mut config = Config::new(url);
    config.readers = 1;
    let db = Db::open(&config).map_err(|e| e.to_string())?;
    let two = Stmt::new("two", "SELECT CAST(1 AS BIGINT) + 1");
    let found = db.read_now(move |tx| tx.scalar::<i64>(&two, &[])).map_err(|e| e.to_string());
    db.close();
    found
}

#[test]
fn each_mode_trusts_whom_it_says() {
    let Some((server, ..)) = server() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (ours, other) = (Authority::new("ours", dir.path()), Authority::new("other", dir.path()));
    let here = Door::open(&server, Some(ours.signs(SanType::DnsName("localhost".try_into().unwrap()))));
    let there = Door::open(&server, Some(ours.signs(SanType::DnsName("db.example".try_into().unwrap()))));
    let with = |mode: &str, file: &str| format!("sslmode={mode}&sslrootcert={file}");
    for (door, options, works) in [
        // Nothing is asked of the certificate.
        (&here, "sslmode=require".to_owned(), true),
        (&there, "sslmode=prefer".to_owned(), true),
        // Whoever signs it has to be trusted.
        (&here, with("require", &ours.file), true),
        (&here, with("require", &other.file), false),
        (&there, with("verify-ca", &ours.file), true),
        (&there, with("verify-ca", &other.file), false),
        (&here, "sslmode=verify-ca".to_owned(), false),
        // And it has to be for this host.
        (&here, with("verify-full", &ours.file), true),
        (&there, with("verify-full", &ours.file), false),
        (&here, with("verify-full", &other.file), false),
        (&here, "sslmode=verify-full".to_owned(), false),
    ] {
        let before = door.encrypted.load(Ordering::SeqCst);
        let said = through(door, "localhost", &options);
        let encrypted = door.encrypted.load(Ordering::SeqCst) - before;
        assert_eq!(said.is_ok(), works, "{options}: {said:?}");
        match said {
            Ok(two) => assert!(two == 2 && encrypted > 0, "{options}"),
            Err(said) => assert!(said.contains("certificate"), "{options}: {said}"),
        }
    }
}

#[test]
fn a_self_made_certificate_that_is_named_itself_is_trusted() {
    let Some((server, ..)) = server() else { return };
    let dir = tempfile::tempdir().unwrap();
    // As `openssl req -x509` makes them: an authority and the server in one.
    let mut params = params("server", 3);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.subject_alt_names.push(SanType::DnsName("localhost".try_into().unwrap()));
    let key = Key::new();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let file = dir.path().join("server.crt");
    std::fs::write(&file, pem(&certificate)).unwrap();
    let other = Authority::new("other", dir.path());
    let door = Door::open(&server, Some((certificate, PrivatePkcs8KeyDer::from(key.pkcs8))));
    let full = |file: &str| format!("sslmode=verify-full&sslrootcert={file}");
    assert_eq!(through(&door, "localhost", &full(&file.display().to_string())), Ok(2));
    assert!(through(&door, "127.0.0.1", &full(&file.display().to_string())).is_err(), "not its name");
    assert!(through(&door, "localhost", &full(&other.file)).is_err());
}

#[test]
fn a_server_without_tls_is_refused_where_it_is_demanded() {
    let Some((server, ..)) = server() else { return };
    let plain = Door::open(&server, None);
    assert_eq!(through(&plain, "127.0.0.1", "sslmode=prefer"), Ok(2));
    assert_eq!(through(&plain, "127.0.0.1", "sslmode=disable"), Ok(2));
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = through(&plain, "127.0.0.1", &format!("sslmode={mode}")).unwrap_err();
        assert!(said.contains("TLS"), "{mode}: {said}");
    }
}
