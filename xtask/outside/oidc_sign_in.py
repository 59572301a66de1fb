"""Staff sign in through `oidc-provider`, a certified provider that is not ours: there and back, in and out."""

import html
import http.cookiejar
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from _checks import Checks, Skip, lianxin, require

checks = Checks()
MODULE = os.environ.get("OIDC_PROVIDER", "")
HERE = os.path.dirname(os.path.abspath(__file__))
ALGORITHMS = ["RS256", "ES256"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url):
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


class Browser:
    """Keeps cookies, follows redirections, sends forms as they stand."""

    def __init__(self):
        self.open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        ).open
        self.at, self.page, self.status = "", "", 0

    def go(self, url, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(urllib.parse.urljoin(self.at, url), data=data)
        try:
            answer = self.open(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            self.at, self.status = answer.geturl(), answer.status
            self.page = answer.read().decode("utf-8", "replace")

    def send(self, action, **fields):
        """Sends the form whose action holds these words, with what it holds itself."""
        forms = re.findall(r"<form\b.*?</form>", self.page, re.S)
        form = next((f for f in forms if action in attribute(f, "action")), None)
        require(form, f"no form to {action} at {self.at}")
        known = {}
        for field in re.findall(r"<input\b[^>]*>", form):
            if attribute(field, "name") and 'type="checkbox"' not in field:
                known[attribute(field, "name")] = attribute(field, "value")
        self.go(attribute(form, "action"), {**known, **fields})


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""


def settings(alg, port):
    return f"""
[[oidc]]
id = "{alg.lower()}"
issuer = "http://127.0.0.1:{port}"
client-id = "lianxin"
client-secret-env = "OIDC_TEST_SECRET"
label-zh = "外部身份系统"
label-en = "somebody else's sign-in"
link = "first-sign-in"
"""


def sign_in(browser, base, alg, login):
    browser.go(f"{base}/sign-in")
    require(f"/sign-in/with/{alg.lower()}" in browser.page, "the sign-in page has the button")
    browser.go(f"{base}/sign-in/with/{alg.lower()}?next=%2Faccount")
    require(not browser.at.startswith(base), f"still at {browser.at}: {browser.status}")
    browser.send("/interaction/", login=login, password="any")
    for _ in range(3):
        if browser.at.startswith(base):
            return
        browser.send("/interaction/")
    raise AssertionError(f"the provider keeps us at {browser.at}")


def comes_in(base, alg):
    browser = Browser()
    sign_in(browser, base, alg, "chen")
    require(browser.status == 200 and browser.at == f"{base}/account", f"at {browser.at}: {browser.status}")
    require("陈明" in browser.page, "the account's page names whose it is")
    return browser


def goes_out(base, browser, port):
    browser.send("/sign-out")
    require("/signed-out/" in browser.at, f"at {browser.at}")
    out = html.unescape(re.search(rf'href="(http://127\.0\.0\.1:{port}/[^"]*)"', browser.page).group(1))
    browser.go(out)
    browser.send("session/end/confirm", logout="yes")
    require(browser.at == f"{base}/sign-in", f"back at {browser.at}: {browser.page[:300]}")
    browser.go(f"{base}/account")
    require("/sign-in" in browser.at or browser.status in (401, 403), f"signed out, yet at {browser.at}")


def stays_out(base, alg):
    browser = Browser()
    sign_in(browser, base, alg, "nobody-here")
    require(browser.status == 422, f"{browser.status} at {browser.at}")
    require("没有与之关联的账号" in browser.page or "no account here is linked" in browser.page, "it says why")


def is_down(base, alg, password):
    browser = Browser()
    browser.go(f"{base}/sign-in")
    browser.go(f"{base}/sign-in/with/{alg.lower()}")
    require(browser.status == 422, f"{browser.status} at {browser.at}")
    require("暂时连不上" in browser.page or "cannot be reached" in browser.page, "it says so")
    browser.send("/sign-in", login="chen", password=password)
    require(browser.status == 200 and "/account" in browser.at, f"{browser.status} at {browser.at}")


def run():
    if not MODULE:
        raise Skip(os.environ.get("OIDC_PROVIDER_MISSING", "oidc-provider is not there"))
    running, secret = [], "only for the test"
    environment = {**os.environ, "OIDC_TEST_SECRET": secret}
    with tempfile.TemporaryDirectory() as folder:
        try:
            site = os.path.join(folder, "site")
            lianxin("init", "--pack", "county", "--dir", site)
            port = free_port()
            base = f"http://127.0.0.1:{port}"
            ports = {alg: free_port() for alg in ALGORITHMS}
            file = os.path.join(site, "lianxin.toml")
            with open(file, encoding="utf-8") as f:
                text = f.read()
            # A demonstration answers to the address by which it is reached.
            text = "demo = true\n" + text + "".join(settings(alg, ports[alg]) for alg in ALGORITHMS)
            with open(file, "w", encoding="utf-8") as f:
                f.write(text)
            os.environ["OIDC_TEST_SECRET"] = secret
            said = lianxin("user", "add", "chen", "--name", "陈明", "--role", "auditor", "--dir", site)
            password = re.search(r"((?:[a-z0-9]{4}-){3}[a-z0-9]{4})", said)
            require(password, f"no password in {said!r}")
            for alg in ALGORITHMS:
                command = ["node", os.path.join(HERE, "oidc_provider.mjs")]
                known = {**environment, "PORT": str(ports[alg]), "SITE": base, "ALG": alg}
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                running.append(subprocess.Popen(command, env=known, **quiet))
            serve = [os.environ["LIANXIN"], "serve", "--dir", site, "--listen", f"127.0.0.1:{port}"]
            running.append(subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL))
            for one in [*ports.values(), port]:
                wait_for(f"http://127.0.0.1:{one}/.well-known/openid-configuration")
            for alg in ALGORITHMS:
                browser = checks.check(f"{alg}: there, back and in", comes_in, base, alg)
                if browser:
                    checks.check(f"{alg}: out here and there", goes_out, base, browser, ports[alg])
                checks.check(f"{alg}: somebody unknown stays out", stays_out, base, alg)
            # What a provider offers is remembered for an hour, but not by a site that starts anew.
            for process in running:
                process.terminate()
                process.wait()
            running = [subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL)]
            wait_for(base)
            checks.check("while it is down passwords work", is_down, base, "RS256", password.group(1))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


checks.check("a site with two providers", run)
checks.finish()
