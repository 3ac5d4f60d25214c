#!/usr/bin/env python3
"""What changed between two exports, as a data engineer would ask polars: compare_polars.py BEFORE AFTER"""
import json
import resource
import sys
import time

import polars as pl

WATCHED = ["Name", "Title", "Department", "Email", "EmailBouncedDate", "No_Longer_At_Company__c", "Company"]


def read(path):
    return pl.scan_csv(path, infer_schema=False)  # all text: no time goes into guessing types


def contacts(folder):
    people = read(f"{folder}/Contact.csv").select("Id", "AccountId", *WATCHED[:-1])
    accounts = read(f"{folder}/Account.csv").select(AccountId="Id", Company="Name")
    return people.join(accounts, on="AccountId", how="left").drop("AccountId")


def compare(before, after):
    both = contacts(before).join(contacts(after), on="Id", how="full", suffix="_after")
    differs = pl.any_horizontal(pl.col(c).fill_null("") != pl.col(c + "_after").fill_null("") for c in WATCHED)
    in_both = pl.col("Id").is_not_null() & pl.col("Id_after").is_not_null()
    counts = both.select(
        changed=(in_both & differs).sum(),
        new=pl.col("Id").is_null().sum(),
        gone=pl.col("Id_after").is_null().sum(),
    )
    return counts.collect().row(0, named=True)


if __name__ == "__main__":
    start = time.perf_counter()
    result = compare(*sys.argv[1:3])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"seconds": round(seconds, 3), "peak_mib": round(peak)}))
