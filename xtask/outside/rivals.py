"""Registers requests over HTTP with many clients at once, and times them: in our program, in RT 5, in django-helpdesk.

    rivals.py lianxin  http://127.0.0.1:8080 --key KEY
    rivals.py rt       http://127.0.0.1:8971 --token TOKEN | --login NAME:PASSWORD
    rivals.py helpdesk http://127.0.0.1:8973 [--login NAME:PASSWORD]

Each program is given the same words by the way it offers: ours its JSON interface with a key, RT its REST 2 with a
token or the cookie of a session, django-helpdesk its public form, or its REST interface where a login is given.
A connection is kept for as long as the server keeps it. `--count` takes a command that prints how many the database
holds: it is asked before and after, and must have grown by as many as were answered with success.

Without arguments, as the test command runs it, it registers a few in the demo site and reads each of them back.
"""

import argparse
import http.cookiejar
import json
import multiprocessing
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from _checks import API_KEY, BASE, Checks, require

TITLE = "村口水渠堵了"
PLACE = "村口"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def words(n):
    """What the person says; no two say the same, as repeats are found and joined."""
    return f"村口水渠堵了，第 {n} 次反映，请派人清理。"


class Target:
    """One program at one address: what to send, and which answer means that it is registered."""

    success = 201

    def __init__(self, base):
        self.base = base.rstrip("/")
        parts = urllib.parse.urlsplit(self.base)
        self.host, self.port, self.root = parts.hostname, parts.port or 80, parts.path
        self.path, self.kind, self.headers = "/", JSON, {}

    def body(self, n):
        raise NotImplementedError

    def registered(self, status, headers, body):
        return status == self.success

    def request(self, n):
        """The bytes of the n-th request."""
        body = self.body(n)
        head = {"Host": f"{self.host}:{self.port}", "Content-Type": self.kind, "Content-Length": len(body)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, **self.headers}.items())
        return f"POST {self.root}{self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


class Lianxin(Target):
    def __init__(self, base, key):
        super().__init__(base)
        self.path, self.headers = "/api/v1/requests", {"X-Api-Key": key}

    def body(self, n):
        return json.dumps({"class": "04.01.01", "description": words(n), "address": PLACE}).encode()


class Rt(Target):
    """REST 2. Where `person` is `same` or `new`, one resident asks everything, or each request is a new resident's."""

    def __init__(self, base, token, login, queue, person):
        super().__init__(base)
        self.path, self.queue, self.person = "/REST/2.0/ticket", queue, person
        if login:
            # Signed in once: with a token or a password RT computes bcrypt anew for each request.
            name, password = login.split(":", 1)
            visit = Visit(self.base)
            visit.open("/")
            visit.open("/NoAuth/Login.html", {"user": name, "pass": password})
            self.headers = {"Cookie": visit.cookies(), "Referer": self.base + "/"}
        else:
            self.headers = {"Authorization": f"token {token}"}

    def body(self, n):
        ticket = {"Queue": self.queue, "Subject": TITLE, "Content": words(n), "ContentType": "text/plain"}
        if self.person != "none":
            ticket["Requestor"] = f"resident{n if self.person == 'new' else ''}@example.org"
        return json.dumps(ticket).encode()


class Form(Target):
    """django-helpdesk's form for the public. Its cookie against forged requests is fetched once."""

    success = 302

    def __init__(self, base, queue):
        super().__init__(base)
        self.path, self.kind = "/tickets/submit/", FORM
        visit = Visit(self.base)
        visit.open(self.path)
        self.guard = visit.named("csrftoken")
        self.headers = {"Cookie": visit.cookies()}
        self.queue = queue

    def body(self, n):
        fields = {"csrfmiddlewaretoken": self.guard, "queue": self.queue, "title": TITLE, "body": words(n)}
        return urllib.parse.urlencode({**fields, "priority": 3, "submitter_email": "resident@example.org"}).encode()

    def registered(self, status, headers, body):
        return status == self.success and b"?ticket=" in headers


class Rest(Target):
    """django-helpdesk's REST interface, signed in once."""

    def __init__(self, base, login, queue):
        super().__init__(base)
        self.path, self.queue = "/api/tickets/", queue
        name, password = login.split(":", 1)
        visit = Visit(self.base)
        visit.open("/login/")
        visit.open(
            "/login/", {"username": name, "password": password, "csrfmiddlewaretoken": visit.named("csrftoken")}
        )
        self.headers = {"Cookie": visit.cookies(), "X-CSRFToken": visit.named("csrftoken")}

    def body(self, n):
        ticket = {"queue": self.queue, "title": TITLE, "description": words(n), "priority": 3}
        return json.dumps({**ticket, "submitter_email": "resident@example.org"}).encode()


class Visit:
    """A browser's first steps: pages and cookies, before anything is timed."""

    def __init__(self, base):
        self.base, self.jar = base, http.cookiejar.CookieJar()
        processor = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), processor)

    def open(self, path, fields=None):
        data = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(self.base + path, data, {"Referer": self.base + path})
        with self.opener.open(request, timeout=60) as answer:
            return answer.read()

    def named(self, name):
        value = next((cookie.value for cookie in self.jar if cookie.name == name), None)
        require(value, f"{self.base} sets no cookie {name}: is it the program meant?")
        return value

    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


class Line:
    """A connection, made again whenever the server has closed it."""

    def __init__(self, target):
        self.address, self.socket = (target.host, target.port), None

    def send(self, request):
        """Status, head and body of the answer."""
        kept = self.socket is not None
        try:
            return self.exchange(request)
        except (BrokenPipeError, ConnectionResetError, EOFError):
            self.close()
            # A kept connection may have been closed while it was idle; a new one has no such excuse.
            # Were a request taken in twice that way, the count of the database would tell.
            if not kept:
                raise
        return self.exchange(request)

    def exchange(self, request):
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=300)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        return self.answer()

    def answer(self):
        data = self.more(b"")
        while b"\r\n\r\n" not in data:
            data = self.more(data)
        head, body = data.split(b"\r\n\r\n", 1)
        lower = head.lower()
        status = int(head[9:12])
        if b"\r\ncontent-length:" in lower:
            length = int(lower.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
            while len(body) < length:
                body = self.more(body)
        elif b"\r\ntransfer-encoding: chunked" in lower:
            while not body.endswith(b"0\r\n\r\n"):
                body = self.more(body)
        else:
            while chunk := self.socket.recv(65536):
                body += chunk
            self.close()
        if b"\r\nconnection: close" in lower:
            self.close()
        return status, head, body

    def more(self, data):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise EOFError("the server hung up")
        return data + chunk

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def client(target, numbers, gate, keep, out):
    """One client: the next number, the next request, until none is left."""
    line, times, bodies, wrong = Line(target), [], [], []
    gate.wait()
    began = time.monotonic()
    while True:
        with numbers.get_lock():
            n = numbers.value
            if n <= 0:
                break
            numbers.value = n - 1
        # The clock's count keeps the words of two runs apart.
        request = target.request(f"{n}-{time.monotonic_ns()}")
        sent = time.monotonic()
        try:
            status, head, body = line.send(request)
        except (OSError, EOFError) as error:
            wrong.append(f"{type(error).__name__}: {error}")
            continue
        if target.registered(status, head, body):
            times.append(time.monotonic() - sent)
            if keep:
                bodies.append(body)
        else:
            said = " ".join(body[:400].decode(errors="replace").split())
            wrong.append(f"{status}: {said}")
    out.append((began, time.monotonic(), times, bodies, wrong))
    line.close()


def process(target, clients, numbers, gate, keep, results):
    """A share of the clients, each a thread; Python runs one thread of a process at a time, so there are processes."""
    out = []
    threads = [threading.Thread(target=client, args=(target, numbers, gate, keep, out)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(out)


def run(target, clients, requests, processes=1, keep=False):
    """Seconds it took, the time of each success, their bodies if kept, and what went wrong."""
    numbers, gate = multiprocessing.Value("l", requests), multiprocessing.Barrier(clients)
    results = multiprocessing.Queue()
    shares = [clients // processes + (i < clients % processes) for i in range(min(processes, clients))]
    works = [
        multiprocessing.Process(target=process, args=(target, share, numbers, gate, keep, results)) for share in shares
    ]
    for work in works:
        work.start()
    out = [one for _ in works for one in results.get()]
    for work in works:
        work.join()
    took = max(end for _, end, *_ in out) - min(began for began, *_ in out)
    times = sorted(t for one in out for t in one[2])
    return took, times, [body for one in out for body in one[3]], [text for one in out for text in one[4]]


def at(times, share):
    """The value below which this share of the sorted times lies, in milliseconds."""
    return 1000 * times[min(len(times) - 1, int(len(times) * share))] if times else float("nan")


def counted(command):
    """What the database says, or nothing where no command was given."""
    if not command:
        return None
    return int(subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout.split()[0])


def measure(target, options):
    failed = False
    run(target, 4, options.warm, 1)
    print("| clients | registered | failed | a second | p50 ms | p99 ms | in the database |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for clients in options.clients:
        before = counted(options.count)
        took, times, _, wrong = run(target, clients, options.requests, options.processes)
        after = counted(options.count)
        grew = "not asked" if after is None else f"+{after - before}"
        figures = f"{len(times) / took:,.1f} | {at(times, 0.5):,.0f} | {at(times, 0.99):,.0f}"
        print(f"| {clients} | {len(times)} | {len(wrong)} | {figures} | {grew} |", flush=True)
        for text in sorted(set(wrong))[:3]:
            print(f"  failed: {text}", file=sys.stderr)
        failed |= len(times) != options.requests or (after is not None and after - before != len(times))
    return 1 if failed else 0


def target_of(options):
    if options.program == "lianxin":
        return Lianxin(options.base, options.key)
    if options.program == "rt":
        return Rt(options.base, options.token, options.login, options.queue or "General", options.person)
    queue = int(options.queue or 1)
    return Rest(options.base, options.login, queue) if options.login else Form(options.base, queue)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", choices=["lianxin", "rt", "helpdesk"])
    parser.add_argument("base", help="address, such as http://127.0.0.1:8080")
    parser.add_argument("--key", help="lianxin: the key the demo prints")
    parser.add_argument("--token", help="rt: an authentication token")
    parser.add_argument("--login", help="NAME:PASSWORD, signed in once: the cookie of the session is used")
    parser.add_argument("--queue", help="rt: name of the queue; helpdesk: its number")
    parser.add_argument("--person", choices=["none", "same", "new"], default="none", help="rt: who asks")
    parser.add_argument("--clients", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--requests", type=int, default=400, help="for each number of clients")
    parser.add_argument("--warm", type=int, default=20, help="registered before anything is timed")
    parser.add_argument("--processes", type=int, default=2, help="that the clients are spread over")
    parser.add_argument("--count", help="a command that prints how many requests the database holds")
    return parser.parse_args()


def few():
    """The test command's part: what this script counts as registered can be read back."""
    target = Lianxin(BASE, API_KEY)
    _, times, bodies, wrong = run(target, 8, 40, 2, keep=True)
    require(not wrong, f"{len(wrong)} failed, the first: {wrong[:1]}")
    numbers = {json.loads(body)["number"] for body in bodies}
    require(len(times) == 40 and len(numbers) == 40, f"{len(times)} answers, {len(numbers)} numbers")
    for number in numbers:
        request = urllib.request.Request(f"{BASE}/api/v1/requests/{number}", headers={"X-Api-Key": API_KEY})
        with urllib.request.urlopen(request, timeout=60) as answer:
            require(json.load(answer)["number"] == number, f"{number} is another")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        given = arguments()
        try:
            target = target_of(given)
        except (OSError, AssertionError) as error:
            sys.exit(f"{given.base}: {error}")
        sys.exit(measure(target, given))
    checks = Checks()
    checks.check("many clients register at once", few)
    checks.finish()
