#!/usr/bin/env python3
"""What changed between two exports, as a data engineer would ask pandas: compare_pandas.py BEFORE AFTER"""
import json
import resource
import sys
import time

import pandas as pd

WATCHED = ["Name", "Title", "Department", "Email", "EmailBouncedDate", "No_Longer_At_Company__c", "Company"]


def read(path, columns):
    return pd.read_csv(path, usecols=columns, engine="pyarrow", dtype="str")


def contacts(folder):
    people = read(f"{folder}/Contact.csv", ["Id", "AccountId", *WATCHED[:-1]])
    accounts = read(f"{folder}/Account.csv", ["Id", "Name"]).rename(columns={"Id": "AccountId", "Name": "Company"})
    return people.merge(accounts, on="AccountId", how="left").drop(columns="AccountId")


def compare(before, after):
    both = contacts(before).merge(contacts(after), on="Id", how="outer", suffixes=("", "_after"), indicator=True)
    matched = both[both["_merge"] == "both"]
    differs = pd.Series(False, index=matched.index)
    for column in WATCHED:
        differs |= matched[column].fillna("") != matched[column + "_after"].fillna("")
    counts = both["_merge"].value_counts()
    return {"changed": int(differs.sum()), "new": int(counts["right_only"]), "gone": int(counts["left_only"])}


if __name__ == "__main__":
    start = time.perf_counter()
    result = compare(*sys.argv[1:3])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | {"seconds": round(seconds, 3), "peak_mib": round(peak)}))
