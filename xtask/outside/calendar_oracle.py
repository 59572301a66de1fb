"""Our working days against `chinesecalendar`, day by day, one check a year."""

import csv
import datetime
import io

import chinese_calendar

from _checks import Checks, lianxin, require

checks = Checks()
FIRST, LAST = 2004, 2026


def ours():
    text = lianxin("calendar", "--from", f"{FIRST}-01-01", "--to", f"{LAST}-12-31")
    rows = [row for row in csv.reader(io.StringIO(text)) if row and row[0] != "date"]
    days = {row[0]: row[1] for row in rows}
    require(len(days) == len(rows), "a day stands twice")
    return days


def year(days, number):
    day = datetime.date(number, 1, 1)
    wrong = []
    while day.year == number:
        expected = "1" if chinese_calendar.is_workday(day) else "0"
        got = days.get(day.isoformat(), "missing")
        if got != expected:
            wrong.append(f"{day} is {got}, there {expected}")
        day += datetime.timedelta(days=1)
    require(not wrong, f"{len(wrong)} days differ: {', '.join(wrong[:8])}")


days = checks.check("the program prints its calendar", ours) or {}
for number in range(FIRST, LAST + 1):
    checks.check(f"working days of {number}", year, days, number)
checks.finish()
