"""The ledger as a spreadsheet, read back with `openpyxl` and held against the ledger as CSV."""

import csv

import openpyxl

from _checks import SITE, Checks, lianxin, require

checks = Checks()


def export(form):
    name = f"ledger.{form}"
    lianxin("export", "ledger", "--dir", SITE, "--format", form, "-o", name)
    return name


def rows_of_csv(name):
    with open(name, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    require(len(rows) > 100, f"only {len(rows)} rows")
    require(len({len(row) for row in rows}) == 1, "rows of different lengths")
    return rows


def rows_of_xlsx(name):
    book = openpyxl.load_workbook(name)
    require(len(book.sheetnames) >= 1, "no sheet")
    cells = list(book.worksheets[0].iter_rows())
    formulas = [cell.coordinate for row in cells for cell in row if cell.data_type == "f"]
    require(not formulas, f"what people wrote became a formula in {formulas[:5]}")
    return [[cell.value for cell in row] for row in cells]


def text(value):
    """A cell as it would stand in CSV, whose mark against formulas is taken off."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\r\n", "\n").lstrip("'")


def same_header(sheet, plain):
    require([text(cell) for cell in sheet[0]] == [text(cell) for cell in plain[0]], f"{sheet[0]} and {plain[0]}")


def same_rows(sheet, plain):
    require(len(sheet) == len(plain), f"{len(sheet)} and {len(plain)} rows")
    for number, (left, right) in enumerate(zip(sheet, plain), start=1):
        # A typed cell (a date, a number) may be shown in another way; text may not.
        wrong = [
            (text(a), text(b))
            for a, b in zip(left, right)
            if (isinstance(a, str) or a is None) and text(a) != text(b)
        ]
        require(not wrong, f"row {number}: {wrong[:3]}")


checks.check("export as XLSX", export, "xlsx")
checks.check("export as CSV", export, "csv")
plain = checks.check("read the CSV", rows_of_csv, "ledger.csv")
sheet = checks.check("read the XLSX", rows_of_xlsx, "ledger.xlsx")
if plain and sheet:
    checks.check("same header", same_header, sheet, plain)
    checks.check("same rows", same_rows, sheet, plain)
checks.finish()
