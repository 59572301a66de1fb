"""The calendar of somebody's duties, read with `icalendar`: whole, one entry for each period, revoked when asked for."""

import datetime
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

import icalendar

from _checks import BASE, Checks, require

checks = Checks()
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(path, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    return browser.open(urllib.request.Request(BASE + path, data=data), timeout=30).read().decode()


def token(text):
    found = re.search(r'name="_csrf" value="([^"]+)"', text)
    require(found, "no form token")
    return found.group(1)


def sign_in():
    page("/demo/enter", {"_csrf": token(page("/")), "login": "liaison1", "next": "/duties"})


def calendar():
    shown = page("/duties/feed", {"_csrf": token(page("/duties")), "do": "open"})
    found = re.search(r"/duties/calendar/[0-9a-f]+\.ics", shown)
    require(found, "no address")
    answer = urllib.request.urlopen(BASE + found.group(0), timeout=30)
    require(answer.headers["Content-Type"].startswith("text/calendar"), answer.headers["Content-Type"])
    text = answer.read().decode()
    require("\r\n" in text, "lines end in CR LF")
    require(all(len(line.encode()) <= 75 for line in text.split("\r\n")), "a line is longer than 75 octets")
    return found.group(0), icalendar.Calendar.from_ical(text)


def entries(read):
    require(not read.walk("VTODO"), "a calendar that is subscribed to shows no to-dos")
    found = read.walk("VEVENT")
    require(found, "nothing is owed")
    uids = [str(part["UID"]) for part in found]
    require(len(set(uids)) == len(uids), "an entry for each period")
    for part in found:
        start = part.decoded("DTSTART")
        end = part.decoded("DTEND")
        require(isinstance(start, datetime.date) and end - start == datetime.timedelta(days=1), f"{start} and {end}")
        require("RRULE" not in part, "nothing recurs: due dates would slide")
        require(str(part["SUMMARY"]), "an entry says what it is")


def revoked(address):
    page("/duties/feed", {"_csrf": token(page("/duties")), "do": "revoke"})
    try:
        urllib.request.urlopen(BASE + address, timeout=30)
    except urllib.error.HTTPError as error:
        require(error.code == 404, f"answered {error.code}")
    else:
        require(False, "the address still works")


checks.check("sign in as a liaison officer", sign_in)
address, read = checks.check("read the calendar", calendar) or ("", icalendar.Calendar())
checks.check("an entry for each period, with dates", entries, read)
checks.check("revoke the address", revoked, address)
checks.finish()
