"""The Open311 writer `three` against our site: discovery, form, file, token, and what is refused."""

import io
import itertools
import struct
import zlib

# The client was written for an older Python, in which this stood.
itertools.ifilter = filter

from three import Three  # noqa: E402

from _checks import API_KEY, BASE, OPEN311, Checks, require  # noqa: E402

checks = Checks()


def client(key=API_KEY):
    return Three(OPEN311 + "/", api_key=key, jurisdiction="x", discovery=BASE + "/open311/discovery.json")


def picture():
    """A small PNG, made here."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes([200, 30, 40]) * 8 for _ in range(8))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
    file = io.BytesIO(data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    file.name = "lamp.png"
    return file


def discovery():
    found = client().discovery()
    for key in ("changeset", "contact", "key_service", "endpoints"):
        require(key in found, f"discovery has no {key}")
    urls = [endpoint["url"].rstrip("/") for endpoint in found["endpoints"]]
    require(OPEN311 in urls, f"this endpoint is not among {urls}")
    for endpoint in found["endpoints"]:
        for key in ("specification", "url", "changeset", "type", "formats"):
            require(key in endpoint, f"an endpoint has no {key}")
        require({"application/json", "text/xml"} <= set(endpoint["formats"]), f"formats are {endpoint['formats']}")


def answer(attribute):
    """Something that answers one question of a service."""
    kind = attribute["datatype"]
    if kind.endswith("list"):
        return attribute["values"][0]["key"]
    return {"number": "3", "datetime": "2026-03-02T09:30:00+08:00"}.get(kind, "二号楼东侧")


def is_asking(service):
    return service["metadata"] is True or service["metadata"] == "true"


def plain_service():
    found = [service for service in client().services() if not is_asking(service)]
    require(found, "every service has questions")
    return found[0]["service_code"]


def asking_service():
    for service in filter(is_asking, client().services()):
        definition = client().services(service["service_code"])
        if any(str(attribute["required"]).lower() == "true" for attribute in definition["attributes"]):
            return service["service_code"], definition["attributes"]
    return None


def post(writer, code, **more):
    fields = {
        "description": "小区北门路灯三天不亮，老人晚上走路不方便",
        "address": "北门",
        "first_name": "张三",
        "phone": "13800000000",
        **more,
    }
    made = writer.post(code, **fields)
    status = writer.post_response.status_code
    require(status in (200, 201), f"answered {status}: {made}")
    require(isinstance(made, list) and len(made) == 1, f"not a list of one: {made}")
    number, token = made[0].get("service_request_id"), made[0].get("token")
    require(number or token, f"neither number nor token: {made}")
    require("service_notice" in made[0] and "account_id" in made[0], f"no notice or account: {made}")
    return number or numbered(writer, token)


def numbered(writer, token):
    found = writer.token(token)
    require(found[0]["token"] == token, f"asked for {token}: {found}")
    require(found[0]["service_request_id"], f"no number for {token}: {found}")
    return found[0]["service_request_id"]


def read_back(number):
    found = client().request(number)
    require(len(found) == 1 and found[0]["service_request_id"] == number, f"asked for {number}: {found}")
    require(found[0]["status"] == "open", f"{number} is {found[0]['status']}")
    require("张三" not in str(found) and "13800000000" not in str(found), f"{number} tells who asked")
    return found[0]


def form(code):
    found = read_back(post(client(), code))
    require(found["service_code"] == code, f"asked for {code}, got {found['service_code']}")


def two_names(code):
    read_back(post(client(), code, first_name="San", last_name="Zhang", email="a@example.org"))


def point(code):
    read_back(post(client(), code, lat="27.225", long="107.887"))


def file(code):
    read_back(post(client(), code, media=picture()))


def questions(found):
    code, attributes = found
    answers = {f"attribute[{one['code']}]": answer(one) for one in attributes}
    read_back(post(client(), code, **answers))


def unanswered(found):
    refused(client(), 400, found[0], description="x", address="北门")


def token(code):
    writer = client()
    made = writer.post(code, description="楼道灯坏了", address="北门")
    number = made[0].get("service_request_id")
    name = made[0].get("token") or number
    require(numbered(writer, name) == (number or numbered(writer, name)), f"the token {name} leads elsewhere")


def refused(writer, status, code, **fields):
    said = writer.post(code, **fields)
    got = writer.post_response.status_code
    require(got == status, f"answered {got}: {said}")
    require(str(said[0]["code"]) == str(status) and said[0]["description"], f"not the standard's error: {said}")


checks.check("discovery", discovery)
code = checks.check("a service without questions", plain_service)
checks.check("POST form", form, code)
checks.check("POST form with two names", two_names, code)
checks.check("POST form with a point", point, code)
checks.check("POST file", file, code)
asking = checks.check("a service with questions", asking_service)
if asking:
    checks.check("POST with answers", questions, asking)
    checks.check("POST without the answers asked for", unanswered, asking)
checks.check("token", token, code)
checks.check("a wrong key is refused", lambda: refused(client("no-such-key"), 403, code, description="x", address="y"))
checks.check("an unknown service is refused", lambda: refused(client(), 404, "no-such", description="x", address="y"))
checks.check("no description is refused", lambda: refused(client(), 400, code, address="y"))
checks.finish()
