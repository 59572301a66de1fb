"""The Open311 reader `georeport` against our site, once in JSON and once in XML."""

from datetime import datetime, timedelta, timezone

import requests
import xmltodict
from georeport import GeoReport

from _checks import OPEN311, Checks, require

checks = Checks()
PRIVATE = ("first_name", "last_name", "phone", "email", "device_id", "account_id")


def as_list(value):
    """XML does not tell one from a list of one."""
    return value if isinstance(value, list) else [value]


def instant(text):
    """A W3C instant: with a date, a time and a zone."""
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    require(value.tzinfo is not None, f"{text} has no zone")
    return value


def truth(value):
    return value is True or value == "true"


def services(client):
    found = as_list(client.get_service_list())
    require(len(found) >= 10, f"only {len(found)} services")
    for service in found:
        for key in ("service_code", "service_name", "description", "metadata", "type", "keywords", "group"):
            require(key in service, f"{service.get('service_code')} has no {key}")
        require(service["service_code"] and service["service_name"], f"{service} has no code or name")
        require(service["type"] in ("realtime", "batch", "blackbox"), f"type is {service['type']}")
        require(truth(service["metadata"]) or service["metadata"] in (False, "false"), "metadata is no truth value")
    codes = [service["service_code"] for service in found]
    require(len(set(codes)) == len(codes), "a service code appears twice")
    return found


def definition(client, form, found):
    asking = [service for service in found if truth(service["metadata"])]
    require(asking, "no service has questions of its own")
    code = asking[0]["service_code"]
    answer = client.get_service_definition(code)
    require(answer["service_code"] == code, f"asked for {code}, got {answer['service_code']}")
    attributes = answer["attributes"]
    attributes = as_list(attributes["attribute"]) if form == "xml" else attributes
    require(attributes, f"{code} says it has questions and has none")
    kinds = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
    for attribute in attributes:
        for key in ("variable", "code", "datatype", "required", "datatype_description", "order", "description"):
            require(key in attribute, f"the question {attribute.get('code')} has no {key}")
        require(attribute["datatype"] in kinds, f"the datatype {attribute['datatype']} is not of the standard")
        if attribute["datatype"].endswith("list"):
            values = attribute["values"]
            values = as_list(values["value"]) if form == "xml" else values
            require(values and all(value["key"] and value["name"] for value in values), "a choice has no key or name")


def listing(client, codes):
    found = as_list(client.get_service_requests())
    require(found, "no request in the last 90 days")
    for request in found:
        number = request["service_request_id"]
        require(number, "a request has no number")
        require(request["status"] in ("open", "closed"), f"{number} is {request['status']}")
        require(request["service_code"] in codes, f"{number} has the unknown service {request['service_code']}")
        require(request["service_name"], f"{number} has no service name")
        for key in ("status_notes", "description", "agency_responsible", "service_notice", "updated_datetime",
                    "expected_datetime", "address", "lat", "long", "media_url"):
            require(key in request, f"{number} has no {key}")
        asked = instant(request["requested_datetime"])
        require(asked > datetime.now(timezone.utc) - timedelta(days=91), f"{number} is older than 90 days")
        if request["expected_datetime"]:
            require(instant(request["expected_datetime"]) > asked, f"{number} was due before it was asked")
        told = [key for key in PRIVATE if request.get(key)]
        require(not told, f"{number} tells {told} to everybody")
    require(any(request["expected_datetime"] for request in found), "no request says by when")
    return found


def by_status(client):
    for status in ("open", "closed"):
        found = as_list(client.get_service_requests(status=status))
        require(all(request["status"] == status for request in found), f"others among the {status} ones")


def by_service(client, listed):
    code = listed[0]["service_code"]
    found = as_list(client.get_service_requests(service_code=code))
    require(all(request["service_code"] == code for request in found), f"others among those of {code}")


def by_numbers(client, listed):
    wanted = sorted(request["service_request_id"] for request in listed[:2])
    found = as_list(client.get_service_requests(service_request_id=",".join(wanted)))
    require(sorted(request["service_request_id"] for request in found) == wanted, f"asked for {wanted}")


def by_dates(client, listed):
    middle = instant(listed[len(listed) // 2]["requested_datetime"]).astimezone(timezone.utc)
    start, end = middle - timedelta(hours=1), middle + timedelta(hours=1)
    written = [day.strftime("%Y-%m-%dT%H:%M:%SZ") for day in (start, end)]
    found = as_list(client.get_service_requests(start_date=written[0], end_date=written[1]))
    require(found, f"nothing between {written[0]} and {written[1]}")
    for request in found:
        require(start <= instant(request["requested_datetime"]) <= end, "a request from another time")


def single(client, listed):
    wanted = listed[0]
    found = client.get_service_request(wanted["service_request_id"])
    for key in ("service_request_id", "service_code", "requested_datetime", "status"):
        require(found[key] == wanted[key], f"{key} is {found[key]}, listed as {wanted[key]}")


def refusals(form):
    """Unknown things answer 404 with the standard's own error body in the form that was asked for."""
    for path in ("requests/no-such-number", "services/no-such-service"):
        answer = requests.get(f"{OPEN311}/{path}.{form}", timeout=30)
        require(answer.status_code == 404, f"{path} answered {answer.status_code}")
        errors = answer.json() if form == "json" else as_list(xmltodict.parse(answer.content)["errors"]["error"])
        require(str(errors[0]["code"]) == "404" and errors[0]["description"], f"{path}: {errors}")
    answer = requests.get(f"{OPEN311}/requests.{form}", params={"start_date": "yesterday"}, timeout=30)
    require(answer.status_code == 400, f"a date that is none answered {answer.status_code}")


def content_type(form):
    said = requests.get(f"{OPEN311}/services.{form}", timeout=30).headers["content-type"].lower()
    require(said.split(";")[0] in (("application/json",) if form == "json" else ("text/xml", "application/xml")), said)
    require("utf-8" in said, f"{said} does not say utf-8")


seen = {}
for form in ("json", "xml"):
    client = GeoReport(OPEN311, jurisdiction="x", output_format=form)
    found = checks.check(f"service list ({form})", services, client) or []
    checks.check(f"service definition ({form})", definition, client, form, found)
    codes = {service["service_code"] for service in found}
    listed = checks.check(f"requests ({form})", listing, client, codes) or []
    seen[form] = [request["service_request_id"] for request in listed]
    checks.check(f"requests by status ({form})", by_status, client)
    checks.check(f"requests by service ({form})", by_service, client, listed)
    checks.check(f"requests by number ({form})", by_numbers, client, listed)
    checks.check(f"requests by date ({form})", by_dates, client, listed)
    checks.check(f"single request ({form})", single, client, listed)
    checks.check(f"refusals ({form})", refusals, form)
    checks.check(f"content type ({form})", content_type, form)
checks.check("both forms list the same", lambda: require(seen["json"] == seen["xml"], "they differ"))
checks.finish()
