//! TLS to PostgreSQL, in the modes that its own programs have.
//!
//! | `sslmode` | encrypted | the certificate is signed by somebody trusted | and is for this host |
//! | --- | --- | --- | --- |
//! | `disable` | no | | |
//! | `prefer` | where the server can | no | no |
//! | `require` | yes | where `sslrootcert` names a file | no |
//! | `verify-ca` | yes | yes | no |
//! | `verify-full` | yes | yes | yes |
//!
//! Trusted are the certificates in the file that `sslrootcert` names, or else the public authorities
//! that browsers trust.

use kernel::{Error, Result};
use postgres::config::SslMode;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How a connection is encrypted.
#[derive(Clone)]
pub(crate) enum Tls {
    /// Not at all.
    Off,
    /// So.
    On {
        /// Whether it has to be.
        mode: SslMode,
        /// What is trusted.
        how: MakeRustlsConnect,
    },
}

impl Tls {
    /// What `sslmode` and `sslrootcert` ask for.
    ///
    /// # Errors
    /// `Internal`, naming the file, where it cannot be read or holds no certificate.
    pub(crate) fn new(mode: SslMode, asked: &str, roots: Option<&str>) -> Result<Tls> {
        let provider = Arc::new(ring::default_provider());
        let wrong = |e: &dyn std::fmt::Display| Error::internal(format!("TLS to PostgreSQL: {e}"));
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| wrong(&e))?;
        let verify = asked.starts_with("verify") || (asked == "require" && roots.is_some());
        let config = if verify {
            let (listed, store) = trusted(roots)?;
            let strict = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider)
                .build()
                .map_err(|e| wrong(&e))?;
            let trusting = Trusting { strict, listed, named: asked == "verify-full" };
            config.dangerous().with_custom_certificate_verifier(Arc::new(trusting))
        } else {
            config.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        };
        Ok(Tls::On { mode, how: MakeRustlsConnect::new(config.with_no_client_auth()) })
    }

    /// Whether it is encrypted.
    pub(crate) fn mode(&self) -> SslMode {
        match self {
            Tls::Off => SslMode::Disable,
            Tls::On { mode, .. } => *mode,
        }
    }
}

/// The certificates of the file, as they stand there and as authorities; or the public authorities.
fn trusted(file: Option<&str>) -> Result<(Vec<CertificateDer<'static>>, RootCertStore)> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok((Vec::new(), store));
    };
    let wrong = |e: &dyn std::fmt::Display| Error::internal(format!("sslrootcert {file}: {e}"));
    let found = CertificateDer::pem_file_iter(Path::new(file)).map_err(|e| wrong(&e))?;
    let found: Vec<_> = found.collect::<std::result::Result<_, _>>().map_err(|e| wrong(&e))?;
    for certificate in &found {
        store.add(certificate.clone()).map_err(|e| wrong(&e))?;
    }
    if found.is_empty() { Err(wrong(&"no certificate in it")) } else { Ok((found, store)) }
}

/// Whoever has the key of the certificate that is shown: encrypted, against those who only listen.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Whoever shows a certificate signed by somebody trusted, or one that stands in the trusted file itself,
/// as self-made ones do.
#[derive(Debug)]
struct Trusting {
    strict: Arc<WebPkiServerVerifier>,
    listed: Vec<CertificateDer<'static>>,
    /// Whether it has to be for the host that was asked for.
    named: bool,
}

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        if self.listed.iter().any(|known| known == certificate) {
            if self.named {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        // The name is looked at last, when everything else has been found in order.
        match self.strict.verify_server_cert(certificate, between, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }))
                if !self.named =>
            {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
