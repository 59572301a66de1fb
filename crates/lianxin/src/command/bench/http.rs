//! A small HTTP client for measuring: keeps its connection and its cookies, and reads to the end.

use kernel::{Error, Result};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One visitor on one connection.
pub(super) struct Visitor {
    host: String,
    stream: BufReader<TcpStream>,
    cookies: Vec<(String, String)>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Visitor {
    /// Connects to `127.0.0.1:PORT`.
    pub(super) fn new(host: &str) -> Result<Visitor> {
        let stream = TcpStream::connect(host).map_err(Error::internal)?;
        stream.set_nodelay(true).map_err(Error::internal)?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(Error::internal)?;
        Ok(Visitor { host: host.to_owned(), stream: BufReader::new(stream), cookies: Vec::new() })
    }

    pub(super) fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, "", &[], b"")
    }

    pub(super) fn post(
        &mut self,
        path: &str,
        kind: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        self.send("POST", path, kind, headers, body)
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: same-origin\r\n", self.host);
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            head.push_str(&format!("Cookie: {}\r\n", all.join("; ")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" {
            head.push_str(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut all = head.into_bytes();
        all.extend_from_slice(body);
        self.stream.get_mut().write_all(&all).map_err(Error::internal)?;
        self.receive()
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).map_err(Error::internal)? == 0 {
            return Err(Error::internal("the server closed the connection"));
        }
        Ok(line.trim_end().to_owned())
    }

    fn receive(&mut self) -> Result<Answer> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        let (mut length, mut chunked, mut location) = (0usize, false, None);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or(0),
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                "location" => location = Some(value.to_owned()),
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        let body = if chunked { self.chunks()? } else { self.exactly(length)? };
        Ok(Answer { status, location, body })
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(Error::internal)?;
        Ok(body)
    }

    fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(self.line()?.split(';').next().unwrap_or("0"), 16).unwrap_or(0);
            body.extend(self.exactly(size)?);
            self.line()?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn keep(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split(';').next().and_then(|c| c.split_once('=')) else { return };
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }
}

/// Times in milliseconds, sorted.
pub(super) struct Times(Vec<f64>);

impl Times {
    /// The time below which so many percent lie.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.0.len().saturating_sub(1)) * percent / 100;
        self.0.get(at).copied().unwrap_or(0.0)
    }
}

/// Runs `each` from so many threads until together they made `calls`; gives the times and calls a second.
pub(super) fn load<T: Send>(
    threads: usize,
    calls: usize,
    make: impl Fn(usize) -> Result<T> + Sync,
    each: impl Fn(&mut T, usize) -> Result<()> + Sync,
) -> Result<(Times, f64)> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let start = Instant::now();
    let all: Vec<Result<Vec<f64>>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|t| {
                let (next, make, each) = (&next, &make, &each);
                scope.spawn(move || {
                    let mut state = make(t)?;
                    let mut times = Vec::new();
                    loop {
                        let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        if n >= calls {
                            return Ok(times);
                        }
                        let begun = Instant::now();
                        each(&mut state, n)?;
                        times.push(begun.elapsed().as_secs_f64() * 1000.0);
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|w| w.join().unwrap_or_else(|_| Err(Error::internal("a client stopped"))))
            .collect()
    });
    let mut times = Vec::new();
    for part in all {
        times.extend(part?);
    }
    times.sort_by(f64::total_cmp);
    Ok((Times(times), calls as f64 / start.elapsed().as_secs_f64()))
}
