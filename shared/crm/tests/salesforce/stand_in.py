#!/usr/bin/env python3
"""A stand-in for Salesforce: stateful, with its protocol's errors and limits. Prints its port; state is set over /_control/….

It answers OAuth (client credentials, JWT bearer), SOQL (query, queryAll, the rest of an answer), describe, composite, sObject
rows and collections, limits, Bulk API 2.0 queries and getUserInfo, for the fields in FIELDS and no other.
"""
import base64
import calendar
import csv
import datetime
import hashlib
import io
import json
import re
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PREFIX = {"Contact": "003", "Account": "001", "User": "005", "Opportunity": "006", "OpportunityContactRole": "00K",
          "Case": "500", "Task": "00T", "TaskStatus": "01J", "Job": "750"}
AUDIT = "Id:id CreatedDate:datetime LastModifiedDate:datetime LastModifiedById:reference SystemModstamp:datetime IsDeleted:boolean"
FIELDS = {
    "Contact": AUDIT + " MasterRecordId:reference AccountId:reference LastName:string FirstName:string Name:string Title:string "
    "Department:string Email:email Phone:phone MobilePhone:phone ReportsToId:reference IsEmailBounced:boolean "
    "EmailBouncedDate:datetime EmailBouncedReason:string LastActivityDate:date OwnerId:reference No_Longer_At_Company__c:boolean",
    "Account": AUDIT + " MasterRecordId:reference Name:string Type:picklist ParentId:reference OwnerId:reference "
    "Renewal_Date__c:date Annual_Contract_Value__c:currency Health__c:double Status__c:picklist CSM__c:reference",
    "User": "Id:id Name:string Email:email IsActive:boolean TimeZoneSidKey:picklist ManagerId:reference SystemModstamp:datetime",
    "Opportunity": AUDIT + " AccountId:reference Name:string StageName:picklist Amount:currency CloseDate:date IsClosed:boolean",
    "OpportunityContactRole": AUDIT + " OpportunityId:reference ContactId:reference Role:picklist",
    "Case": AUDIT + " AccountId:reference CaseNumber:string Subject:string Priority:picklist IsClosed:boolean",
    "Task": AUDIT + " WhoId:reference WhatId:reference OwnerId:reference Subject:combobox:255 Description:textarea:32000 "
    "ActivityDate:date Status:picklist Priority:picklist IsClosed:boolean",
    "TaskStatus": "Id:id ApiName:string MasterLabel:string SortOrder:int IsDefault:boolean IsClosed:boolean",
}
PARENTS = {"Contact": {"Account": ("AccountId", "Account")}, "Account": {"Parent": ("ParentId", "Account"), "Owner": ("OwnerId", "User")},
           "User": {"Manager": ("ManagerId", "User")}, "Opportunity": {"Account": ("AccountId", "Account")},
           "OpportunityContactRole": {"Opportunity": ("OpportunityId", "Opportunity"), "Contact": ("ContactId", "Contact")},
           "Case": {"Account": ("AccountId", "Account")}}
CHILDREN = {"Contact": {"OpportunityContactRoles": ("OpportunityContactRole", "ContactId")}}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
READ_ONLY = {"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "IsDeleted", "IsClosed", "Name", "MasterRecordId"}


def id18(prefix, number):
    digits = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return with_check(prefix + digits)


def with_check(fifteen):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    bits = [sum(1 << i for i, c in enumerate(fifteen[at:at + 5]) if c.isupper()) for at in (0, 5, 10)]
    return fifteen + "".join(alphabet[b] for b in bits)


class Refusal(Exception):
    def __init__(self, status, code, message="", fields=()):
        super().__init__(code)
        self.status, self.code, self.message, self.fields = status, code, message, list(fields)

    def body(self):
        return [{"errorCode": self.code, "message": self.message or self.code, "fields": self.fields}]


class Org:
    def __init__(self):
        self.lock = threading.RLock()
        self.fields = {o: {} for o in FIELDS}
        for object_, text in FIELDS.items():
            for field in text.split():
                name, kind, *length = field.split(":")
                self.add_field(object_, name, kind, int(length[0]) if length else 0)
        self.records = {o: {} for o in FIELDS}
        self.deleted_objects = set()
        self.next_id = 1
        self.now = calendar.timegm((2026, 11, 2, 7, 0, 0))
        self.tokens, self.next_token, self.signed_in = set(), 1, 0
        self.client, self.secret, self.user, self.modulus = "client", "secret", "baton@example.com", None
        self.instance = None
        self.used, self.limit = 0, 100000
        self.page, self.nested = 2000, 200
        self.locators, self.jobs = {}, {}
        self.faults, self.locks = [], {}
        self.currency = "EUR"
        self.generated = 0
        self.polls = 1
        self.requests = []
        for order, (name, closed) in enumerate([("Not Started", False), ("In Progress", False), ("Completed", True)]):
            self.put("TaskStatus", {"ApiName": name, "MasterLabel": name, "SortOrder": order, "IsClosed": closed, "IsDefault": order == 0})

    def add_field(self, object_, name, kind="string", length=0, **more):
        self.fields[object_][name] = {"name": name, "type": kind, "length": length, "externalId": False, "unique": False,
                                      "filterable": kind != "textarea", "updateable": name not in READ_ONLY,
                                      "createable": name not in READ_ONLY, "custom": name.endswith("__c"), **more}

    def put(self, object_, record):
        id_ = record.get("Id")
        if not id_:
            id_ = id18(PREFIX[object_], self.next_id)
            self.next_id += 1
        full = {name: (False if f["type"] == "boolean" else None) for name, f in self.fields[object_].items()}
        full.update(record, Id=id_)
        stamp = record.get("SystemModstamp") or self.stamp()
        full.update(CreatedDate=record.get("CreatedDate") or stamp, LastModifiedDate=stamp, SystemModstamp=stamp)
        if object_ == "Contact" and not record.get("Name"):
            full["Name"] = " ".join(filter(None, [full.get("FirstName"), full.get("LastName")]))
        self.records[object_][id_] = full
        self.derive(object_, full)
        return id_

    def change(self, object_, id_, fields, by=None):
        record = self.records[object_][id_]
        record.update(fields)
        self.tick()
        record.update(SystemModstamp=self.stamp(), LastModifiedDate=self.stamp())
        if by:
            record["LastModifiedById"] = by
        if object_ == "Contact" and ("LastName" in fields or "FirstName" in fields) and "Name" not in fields:
            record["Name"] = " ".join(filter(None, [record.get("FirstName"), record.get("LastName")]))
        self.derive(object_, record)

    def derive(self, object_, record):
        if object_ == "Task":
            closed = {s["ApiName"] for s in self.records["TaskStatus"].values() if s["IsClosed"]}
            record["IsClosed"] = record.get("Status") in closed

    def tick(self):
        self.now += 1

    def stamp(self):
        return datetime.datetime.fromtimestamp(self.now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def object(self, name):
        found = {o.lower(): o for o in self.fields if o not in self.deleted_objects}.get(name.lower())
        if not found:
            raise Refusal(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found


# SOQL ------------------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"\s*(?:('(?:\\.|[^'\\])*')|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))|(\d{4}-\d\d-\d\d)|([A-Za-z_][\w.]*)|(-?\d+(?:\.\d+)?)"
                   r"|(<=|>=|!=|<>|[=<>(),]))")


class Soql:
    def __init__(self, org, text):
        self.org, self.tokens, at = org, [], 0
        text = text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise Refusal(400, "MALFORMED_QUERY", f"unexpected token at {at}")
            kinds = ("text", "datetime", "date", "word", "number", "sign")
            kind = next(k for k, g in zip(kinds, match.groups()) if g is not None)
            self.tokens.append((kind, match.group(kinds.index(kind) + 1)))
            at = match.end()
        self.at = 0

    def peek(self, *words):
        return self.at < len(self.tokens) and self.tokens[self.at][1].upper() in words

    def take(self, *words):
        if words and not self.peek(*words):
            raise Refusal(400, "MALFORMED_QUERY", f"expected {words}")
        if self.at >= len(self.tokens):
            raise Refusal(400, "MALFORMED_QUERY", "unexpected end")
        self.at += 1
        return self.tokens[self.at - 1]

    def maybe(self, *words):
        return bool(self.peek(*words) and self.take())

    def query(self, parent=None):
        self.take("SELECT")
        fields, children, count = [], [], False
        while True:
            if self.maybe("("):
                start = self.at
                depth = 1
                while depth:
                    token = self.take()[1]
                    depth += (token == "(") - (token == ")")
                children.append((start, self.at))
            else:
                name = self.take()[1]
                if name.upper() == "COUNT" and self.maybe("("):
                    self.take(")")
                    count = True
                else:
                    fields.append(name)
            if not self.maybe(","):
                break
        self.take("FROM")
        source = self.take()[1]
        link = None
        if parent:
            if source not in CHILDREN.get(parent, {}):
                raise Refusal(400, "INVALID_TYPE", f"no relationship {source}")
            source, link = CHILDREN[parent][source]
        object_ = self.org.object(source)
        getters = [(name, self.getter(object_, name)) for name in fields]
        end = self.at
        nested = []
        for start, _ in children:
            self.at = start
            nested.append((self.tokens_name(start), self.query(object_)))
            self.take(")")
        self.at = end
        where = self.condition(object_, True) if self.maybe("WHERE") else (lambda _: True)
        order, limit = [], None
        if self.maybe("ORDER"):
            self.take("BY")
            while True:
                name = self.take()[1]
                getter, down = self.getter(object_, name, True), self.maybe("DESC")
                self.maybe("ASC")
                order.append((getter, down))
                if not self.maybe(","):
                    break
        if self.maybe("LIMIT"):
            limit = int(self.take()[1])
        return {"object": object_, "fields": getters, "nested": nested, "where": where, "order": order, "limit": limit,
                "count": count, "link": link}

    def tokens_name(self, start):
        depth, at = 0, start
        while True:
            token = self.tokens[at][1]
            depth += (token == "(") - (token == ")")
            if depth == 0 and token.upper() == "FROM":
                return self.tokens[at + 1][1]
            at += 1

    def getter(self, object_, path, filtering=False):
        *relations, field = path.split(".")
        if len(relations) > 5:
            raise Refusal(400, "INVALID_FIELD", "only five levels of relationships")
        hops = []
        for relation in relations:
            found = {k.lower(): v for k, v in PARENTS.get(object_, {}).items()}.get(relation.lower())
            if not found:
                raise Refusal(400, "INVALID_FIELD", f"Didn't understand relationship '{relation}'", [path])
            hops.append(found)
            object_ = self.org.object(found[1])
        found = {k.lower(): v for k, v in self.org.fields[object_].items()}.get(field.lower())
        if not found:
            raise Refusal(400, "INVALID_FIELD", f"No such column '{field}' on entity '{object_}'.", [field])
        if filtering and not found["filterable"]:
            raise Refusal(400, "INVALID_FIELD", f"field '{field}' can not be filtered in a query call", [field])
        name, kind, records = found["name"], found["type"], self.org.records

        def get(record):
            for key, target in hops:
                record = records[target].get(record.get(key) or "")
                if record is None:
                    return None
            return record.get(name)
        get.kind = kind
        return get

    def condition(self, object_, top=False):
        first = self.term(object_, top)
        parts, joiner = [first], None
        while self.peek("AND", "OR"):
            word = self.take()[1].upper()
            if joiner and joiner != word:
                raise Refusal(400, "MALFORMED_QUERY", "AND and OR need parentheses")
            joiner = word
            parts.append(self.term(object_, top))
        if joiner == "OR" and any(getattr(p, "semi", False) for p in parts):
            raise Refusal(400, "MALFORMED_QUERY", "Semi join sub-selects are not supported with the OR operator")
        if len(parts) == 1:
            return first
        combined = (lambda r: all(p(r) for p in parts)) if joiner == "AND" else (lambda r: any(p(r) for p in parts))
        combined.semi = any(getattr(p, "semi", False) for p in parts)
        return combined

    def term(self, object_, top):
        if self.maybe("("):
            inner = self.condition(object_)
            self.take(")")
            return inner
        if self.maybe("NOT"):
            inner = self.term(object_, top)
            return lambda r: not inner(r)
        get = self.getter(object_, self.take()[1], True)
        kind = get.kind
        if self.maybe("IN"):
            self.take("(")
            if self.peek("SELECT"):
                inner = self.query()
                self.take(")")
                value = inner["fields"][0][1]
                source = self.org.records[inner["object"]].values()
                keys = {key(value(r)) for r in source if (self.every or not r.get("IsDeleted")) and inner["where"](r)} - {None}
                test = lambda r: key(get(r)) in keys
                test.semi = True
                return test
            values = set()
            while True:
                values.add(folded(kind, self.literal(kind)))
                if not self.maybe(","):
                    break
            self.take(")")
            return lambda r: folded(kind, get(r)) in values
        sign = self.take("=", "!=", "<>", "<", ">", "<=", ">=", "LIKE")[1].upper()
        value = self.literal(kind)
        if sign == "LIKE":
            pattern = re.compile(like(value), re.I | re.S)
            return lambda r: bool(pattern.fullmatch(str(get(r) or "")))
        want = folded(kind, value)
        if sign == "=":
            return lambda r: folded(kind, get(r)) == want
        if sign in ("!=", "<>"):
            return lambda r: folded(kind, get(r)) != want
        compare = {"<": lambda a: a < want, ">": lambda a: a > want, "<=": lambda a: a <= want, ">=": lambda a: a >= want}[sign]
        return lambda r: (v := folded(kind, get(r))) is not None and compare(v)

    def literal(self, kind):
        token, text = self.take()
        if token == "text":
            value = re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[0] if m[1] in "%_" else m[1]), text[1:-1], flags=re.S)
            if kind in ("id", "reference") and value and not re.fullmatch(r"\w{15}|\w{18}", value):
                raise Refusal(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: " + value)
            if kind in ("datetime", "date", "boolean", "double", "currency", "int"):
                raise Refusal(400, "INVALID_FIELD", f"value of filter criterion must be of type {kind} and should not be enclosed in quotes")
            return value
        if token == "word":
            return {"true": True, "false": False, "null": None}[text.lower()]
        if token == "datetime" and kind != "datetime" or token == "date" and kind != "date":
            raise Refusal(400, "INVALID_FIELD", f"a {token} for a {kind}")
        return float(text) if token == "number" else text

    every = False


def key(value):
    return value[:15] if isinstance(value, str) else value


def folded(kind, value):
    if value is None or value == "":
        return None if kind != "boolean" else False
    if kind in ("id", "reference"):
        return value[:15]
    if kind == "datetime":
        return datetime.datetime.fromisoformat(value.replace("+0000", "+00:00").replace("Z", "+00:00")).timestamp()
    if kind in ("boolean", "date"):
        return value
    return value.lower() if isinstance(value, str) else value


def like(value):
    out, at = "", 0
    while at < len(value):
        c = value[at]
        if c == "\\" and at + 1 < len(value):
            at += 1
            out += re.escape(value[at])
        else:
            out += {"%": ".*", "_": "."}.get(c) or re.escape(c)
        at += 1
    return out


def run(org, text, every):
    soql = Soql(org, text)
    soql.every = every
    query = soql.query()
    if soql.at != len(soql.tokens):
        raise Refusal(400, "MALFORMED_QUERY", "unexpected token")
    rows = select(org, query, every)
    return query, rows


def select(org, query, every, parent=None):
    rows = [r for r in org.records[query["object"]].values() if (every or not r.get("IsDeleted")) and
            (parent is None or key(r.get(query["link"])) == key(parent)) and query["where"](r)]
    for getter, down in reversed(query["order"]):
        rows.sort(key=lambda r: (v := folded(getter.kind, getter(r))) is not None and (1, v) or (0, 0), reverse=down)
    return rows[:query["limit"]] if query["limit"] is not None else rows


def render(org, query, record, every):
    out = {"attributes": {"type": query["object"], "url": f"/services/data/v64.0/sobjects/{query['object']}/{record['Id']}"}}
    for path, getter in query["fields"]:
        *relations, field = path.split(".")
        place, at, object_ = out, record, query["object"]
        for relation in relations:
            link, target = PARENTS[object_][relation]
            at = org.records[target].get(at.get(link) or "")
            object_ = target
            if at is None:
                place.setdefault(relation, None)
                break
            place = place.setdefault(relation, {"attributes": {"type": target}})
        else:
            place[field] = getter(record)
    for name, nested in query["nested"]:
        rows = select(org, nested, every, record["Id"])
        out[name] = page(org, nested, rows, every, org.nested) if rows else None
    return out


def page(org, query, rows, every, size, start=0):
    part = rows[start:start + size]
    answer = {"totalSize": len(rows), "done": start + size >= len(rows), "records": [render(org, query, r, every) for r in part]}
    if not answer["done"]:
        name = f"01g{len(org.locators):012d}-{start + size}"
        org.locators[name] = (query, rows, every, size, start + size)
        answer["nextRecordsUrl"] = f"/services/data/v64.0/query/{name}"
    return answer


# Writing ---------------------------------------------------------------------------------------------------------------

def check_write(org, object_, fields, creating):
    for name, value in fields.items():
        known = org.fields[object_].get(name)
        if not known or not known["createable" if creating else "updateable"]:
            raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {name}", [name])
        if known["length"] and isinstance(value, str) and len(value.encode("utf-16-le")) // 2 > known["length"]:
            raise Refusal(400, "STRING_TOO_LONG", f"{name}: data value too large: {value[:20]} (max length={known['length']})", [name])
        if known["type"] == "boolean" and not isinstance(value, bool):
            raise Refusal(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean", [name])
        if known["type"] == "reference" and value:
            target = next((o for o, p in PREFIX.items() if value.startswith(p)), None)
            record = org.records.get(target, {}).get(value)
            if record is None:
                raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
            if record.get("IsDeleted"):
                raise Refusal(400, "ENTITY_IS_DELETED", "entity is deleted")
            if target == "User" and name == "OwnerId" and not record["IsActive"]:
                raise Refusal(400, "INACTIVE_OWNER_OR_USER", "operation performed with inactive user")
    for id_ in [fields.get("WhatId"), fields.get("Id")]:
        locked(org, id_)


def locked(org, id_):
    if id_ and org.locks.get(id_, 0) > 0:
        org.locks[id_] -= 1
        raise Refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


def save(org, object_, fields, id_=None, external=None):
    fields = {k: v for k, v in fields.items() if k not in ("attributes", "Id", "id")}
    if external:
        match = [r["Id"] for r in org.records[object_].values() if r.get(external) == fields.get(external) and not r["IsDeleted"]]
        id_ = match[0] if match else None
    if id_ is not None:
        record = org.records[object_].get(id_)
        if record is None or record["IsDeleted"]:
            raise Refusal(404, "ENTITY_IS_DELETED" if record else "NOT_FOUND", "entity is deleted" if record else "not found")
        check_write(org, object_, fields, False)
        locked(org, id_)
        locked(org, record.get("WhatId"))
        org.change(object_, id_, fields)
        return {"id": id_, "success": True, "errors": [], "created": False}
    check_write(org, object_, fields, True)
    for name, known in org.fields[object_].items():
        if known["unique"] and fields.get(name) and any(r.get(name) == fields[name] and not r["IsDeleted"] for r in org.records[object_].values()):
            raise Refusal(400, "DUPLICATE_VALUE", f"duplicate value found: {name}", [name])
    org.tick()
    return {"id": org.put(object_, fields), "success": True, "errors": [], "created": True}


def collection(org, records, how):
    if len(records) > 200:
        raise Refusal(400, "EXCEEDED_MAX_SIZE_REQUEST", "record limit reached")
    out = []
    for record in records:
        try:
            object_ = org.object(record["attributes"]["type"])
            id_ = record.get("Id") or record.get("id")
            out.append(save(org, object_, record, id_ if how == "update" else None, how[7:] if how.startswith("upsert:") else None))
        except Refusal as refusal:
            out.append({"success": False, "errors": [{"statusCode": refusal.code, "message": refusal.message, "fields": refusal.fields}]})
    return out


# HTTP ------------------------------------------------------------------------------------------------------------------

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def handle_any(self):
        body = self.read_body()
        org = self.server.org
        with org.lock:
            try:
                answer = self.route(org, self.command, self.path, body)
            except Refusal as refusal:
                answer = refusal.status, refusal.body(), {}
        status, content, headers = answer
        if not isinstance(content, (bytes, str)):
            content, headers = json.dumps(content), {"Content-Type": "application/json;charset=UTF-8", **headers}
        content = content.encode() if isinstance(content, str) else content
        if status in (204, 304):
            content = b""
        self.send_response(status)
        if self.path.startswith("/services/data") or self.path.startswith("/services/Soap"):
            headers = {"Sforce-Limit-Info": f"api-usage={org.used}/{org.limit}", **headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any

    def route(self, org, method, path, body):
        if path.startswith("/_control/"):
            return 200, control(org, path[len("/_control/"):], json.loads(body or b"{}")), {}
        plain = urllib.parse.unquote_plus(path)
        org.requests.append(f"{method} {plain}")
        if len(path) > 16384:
            return 414, "URI Too Long", {}
        for fault in org.faults:
            if re.search(fault["path"], f"{method} {plain}") and fault.get("times", 1) > 0:
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                fault["times"] = fault.get("times", 1) - 1
                return fault["status"], fault.get("body", ""), fault.get("headers", {})
        if path == "/services/oauth2/token":
            return token(org, dict(urllib.parse.parse_qsl(body.decode())), f"http://{self.headers['Host']}")
        org.used += 1
        if path.startswith("/services/Soap/u/"):
            return soap(org, body.decode())
        sent = (self.headers.get("Authorization") or "").partition(" ")[2]
        if sent not in org.tokens:
            return 401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], {}
        if org.used > org.limit:
            return 403, [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}], {}
        return self.rest(org, method, path, body)

    def rest(self, org, method, path, body):
        url = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(url.query))
        parts = [urllib.parse.unquote(p) for p in url.path.strip("/").split("/")][2:]
        if not parts or not re.fullmatch(r"v\d+\.0", parts[0]):
            raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
        parts = parts[1:]
        data = json.loads(body) if body else {}
        match [method, *parts]:
            case ["GET", "query" | "queryAll" as which]:
                every = which == "queryAll"
                parsed, rows = run(org, query["q"], every)
                if parsed["count"]:
                    count = org.generated or len(rows)
                    return 200, {"totalSize": count, "done": True, "records": []}, {}
                size = org.page
                option = re.search(r"batchSize=(\d+)", self.headers.get("Sforce-Query-Options") or "")
                return 200, page(org, parsed, rows, every, min(size, int(option[1])) if option else size), {}
            case ["GET", "query", locator]:
                if locator not in org.locators:
                    raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
                parsed, rows, every, size, start = org.locators.pop(locator)
                return 200, page(org, parsed, rows, every, size, start), {}
            case ["GET", "sobjects", object_, "describe"]:
                try:
                    object_ = org.object(object_)
                except Refusal:
                    raise Refusal(404, "NOT_FOUND", "The requested resource does not exist") from None
                fields = [dict(f, label=f["name"], nillable=True) for f in org.fields[object_].values()]
                return 200, {"name": object_, "label": object_, "queryable": True, "fields": fields, "childRelationships": []}, {}
            case ["POST", "composite"]:
                answers = []
                if len(data["compositeRequest"]) > 25 or sum("/query" in p["url"] for p in data["compositeRequest"]) > 5:
                    raise Refusal(400, "PROCESSING_HALTED", "too many subrequests")
                for part in data["compositeRequest"]:
                    try:
                        status, content, headers = self.rest(org, part["method"], part["url"], json.dumps(part["body"]) if "body" in part else b"")
                    except Refusal as refusal:
                        status, content, headers = refusal.status, refusal.body(), {}
                    answers.append({"body": content, "httpHeaders": headers, "httpStatusCode": status, "referenceId": part["referenceId"]})
                return 200, {"compositeResponse": answers}, {}
            case ["POST", "composite", "sobjects"]:
                return 200, collection(org, data["records"], "create"), {}
            case ["PATCH", "composite", "sobjects"]:
                return 200, collection(org, data["records"], "update"), {}
            case ["PATCH", "composite", "sobjects", object_, field]:
                if not org.fields[org.object(object_)].get(field, {}).get("externalId"):
                    raise Refusal(400, "INVALID_FIELD", "Provided external ID field does not exist or is not accessible: " + field)
                return 200, collection(org, data["records"], "upsert:" + field), {}
            case ["POST", "sobjects", object_]:
                return 201, save(org, org.object(object_), data), {}
            case ["GET", "sobjects", object_, id_]:
                record = org.records[org.object(object_)].get(with_check(id_[:15]))
                if record is None or record["IsDeleted"]:
                    raise Refusal(404, "ENTITY_IS_DELETED" if record else "NOT_FOUND")
                names = query["fields"].split(",") if "fields" in query else record
                for name in names:
                    if name not in record:
                        raise Refusal(400, "INVALID_FIELD", f"No such column {name}", [name])
                out = {"attributes": {"type": object_}, "Id": record["Id"], **{name: record[name] for name in names}}
                return 200, out, {"Last-Modified": http_date(record)}
            case ["PATCH", "sobjects", object_, id_]:
                object_ = org.object(object_)
                record = org.records[object_].get(with_check(id_[:15]))
                since = self.headers.get("If-Unmodified-Since")
                if record and since and since != http_date(record):
                    return 412, [{"message": "Precondition Failed", "errorCode": "PRECONDITION_FAILED"}], {}
                save(org, object_, data, with_check(id_[:15]))
                return 204, "", {}
            case ["DELETE", "sobjects", object_, id_]:
                org.change(org.object(object_), with_check(id_[:15]), {"IsDeleted": True})
                return 204, "", {}
            case ["GET", "limits"]:
                return 200, {"DailyApiRequests": {"Max": org.limit, "Remaining": org.limit - org.used}}, {}
            case ["GET", "limits", "recordCount"]:
                count = org.generated or len([r for r in org.records["Contact"].values() if not r["IsDeleted"]])
                return 200, {"sObjects": [{"name": "Contact", "count": count}]}, {}
            case ["GET", "jobs", "query"]:
                return 200, {"done": True, "records": [], "nextRecordsUrl": None}, {}
            case ["POST", "jobs", "query"]:
                if re.search(r"\(\s*SELECT|COUNT\(", data["query"], re.I) and "FROM Account WHERE" not in data["query"]:
                    raise Refusal(400, "API_ERROR", "Bulk API V2 does not support nested queries")
                return 200, start_job(org, data["query"], data["operation"] == "queryAll"), {}
            case ["GET", "jobs", "query", id_]:
                return 200, job_info(org, id_), {}
            case ["DELETE", "jobs", "query", id_]:
                org.jobs.pop(id_, None)
                return 204, "", {}
            case ["GET", "jobs", "query", id_, "results"]:
                return results(org, id_, query)
        raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")


def http_date(record):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(folded("datetime", record["SystemModstamp"])))


def token(org, form, here):
    if form.get("grant_type") == "client_credentials":
        if (form.get("client_id"), form.get("client_secret")) != (org.client, org.secret):
            return 400, {"error": "invalid_client_id", "error_description": "client identifier invalid"}, {}
    elif form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
        wrong = wrong_assertion(org, form.get("assertion", ""), here)
        if wrong:
            return 400, {"error": "invalid_grant", "error_description": wrong}, {}
    else:
        return 400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"}, {}
    name = f"00Dxx!token{org.next_token}"
    org.next_token += 1
    org.signed_in += 1
    org.tokens = {name}
    return 200, {"access_token": name, "instance_url": org.instance or here, "id": f"{here}/id/00D/005", "token_type": "Bearer",
                 "scope": "api", "issued_at": str(org.now * 1000), "signature": "x"}, {}


def wrong_assertion(org, assertion, here):
    """RFC 7515 and 7518: RS256, checked with whole numbers."""
    decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    try:
        head, claims, signature = assertion.split(".")
        number = int.from_bytes(decode(signature), "big")
        claimed = json.loads(decode(claims))
        if json.loads(decode(head))["alg"] != "RS256" or org.modulus is None:
            return "invalid assertion"
    except ValueError:
        return "invalid assertion"
    size = (org.modulus.bit_length() + 7) // 8
    digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(f"{head}.{claims}".encode()).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    if pow(number, 65537, org.modulus).to_bytes(size, "big") != expected:
        return "invalid signature"
    if claimed.get("iss") != org.client or claimed.get("sub") != org.user:
        return "user hasn't approved this consumer"
    if claimed.get("aud") != here:
        return "audience is invalid"
    return "" if 0 < claimed.get("exp", 0) - org.now <= 300 else "assertion expired"


def soap(org, body):
    sent = re.search(r"sessionId>([^<]*)<", body)
    if not sent or sent[1] not in org.tokens:
        return 500, "<faultcode>sf:INVALID_SESSION_ID</faultcode>", {"Content-Type": "text/xml"}
    currency = f"<orgDefaultCurrencyIsoCode>{org.currency}</orgDefaultCurrencyIsoCode>" if org.currency else ""
    return 200, ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                 "xmlns=\"urn:partner.soap.sforce.com\"><soapenv:Body><getUserInfoResponse><result><userId>005000000000001AAA</userId>"
                 f"{currency}</result></getUserInfoResponse></soapenv:Body></soapenv:Envelope>"), {"Content-Type": "text/xml"}


# Bulk API 2.0 ------------------------------------------------------------------------------------------------------------

def start_job(org, query, every):
    id_ = id18("750", len(org.jobs) + 1)
    if org.generated:
        rows = None
    else:
        parsed, rows = run(org, query, every)
        rows = (parsed, rows)
    org.jobs[id_] = {"polls": org.polls, "rows": rows, "query": query}
    return {"id": id_, "operation": "query", "object": "Contact", "state": "UploadComplete", "contentType": "CSV", "apiVersion": 64.0}


def job_info(org, id_):
    job = org.jobs.get(id_)
    if not job:
        raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
    job["polls"] -= 1
    return {"id": id_, "state": job.get("ends") or ("InProgress" if job["polls"] > 0 else "JobComplete"), "operation": "query"}


def results(org, id_, query):
    job = org.jobs.get(id_)
    if not job:
        raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
    start, size = int(query.get("locator", "0")), int(query.get("maxRecords", "50000"))
    if job["rows"] is None:
        total, text = generated(org.generated, job["query"], start, size)
    else:
        parsed, rows = job["rows"]
        total = len(rows)
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([name for name, _ in parsed["fields"]])
        for record in rows[start:start + size]:
            writer.writerow([cell(getter(record)) for _, getter in parsed["fields"]])
        text = out.getvalue()
    following = str(start + size) if start + size < total else "null"
    count = max(0, min(size, total - start))
    return 200, text, {"Content-Type": "text/csv; charset=UTF-8", "Sforce-Locator": following, "Sforce-NumberOfRecords": str(count)}


def cell(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).replace("+0000", "Z")


def generated(contacts, query, start, size):
    """Rows that are made up while they are asked for, in no order: a million of them lie nowhere."""
    names = [name.strip() for name in re.search(r"SELECT (.*) FROM", query, re.S)[1].split(",")]
    roles = "OpportunityContactRole" in query
    total = contacts // 5 if roles else contacts
    lines = [",".join(f'"{name}"' for name in names)]
    for number in range(start, min(start + size, total)):
        # Every number once: the factor shares no divisor with a power of ten.
        n = number * 7919 % contacts
        account = n // 5
        row = {"Id": id18("003", n + 1), "ContactId": id18("003", n + 1), "AccountId": id18("001", account + 1), "Name": f"Dana Fox {n}",
               "Title": "VP Operations", "Department": "Operations", "Email": f"dana.fox.{n}@northwind.example", "Phone": "+1 555 0100",
               "IsEmailBounced": "false", "IsDeleted": "false", "SystemModstamp": "2026-11-02T07:00:00.000Z", "Role": "Champion",
               "LastModifiedById": "005000000000001AAA", "Account.Name": f"Northwind Traders {account}", "Account.Type": "Customer",
               "Account.OwnerId": "005000000000001AAA", "Opportunity.AccountId": id18("001", account + 1)}
        lines.append(",".join(f'"{row.get(name, "")}"' for name in names))
    return total, "\n".join(lines) + "\n"


# Control -----------------------------------------------------------------------------------------------------------------

def control(org, what, data):
    match what:
        case "set":
            for name, value in data.items():
                if name == "key":
                    org.modulus = modulus(value)
                elif not hasattr(org, name):
                    raise SystemExit(f"no such setting: {name}")
                else:
                    setattr(org, name, set(value) if name in ("deleted_objects",) else value)
        case "load":
            return {object_: [org.put(object_, record) for record in records] for object_, records in data.items()}
        case "change":
            org.change(data["object"], data["id"], data["fields"], data.get("by"))
        case "delete":
            org.change(data["object"], data["id"], {"IsDeleted": True})
        case "undelete":
            org.change(data["object"], data["id"], {"IsDeleted": False})
        case "merge":
            object_, loser, winner = data["object"], data["loser"], data["winner"]
            org.change(object_, loser, {"IsDeleted": True, "MasterRecordId": winner})
            org.change(object_, winner, {})
            for child, link in [("Contact", "AccountId"), ("Task", "WhatId"), ("Opportunity", "AccountId")]:
                for record in list(org.records[child].values()):
                    if object_ == "Account" and record.get(link) == loser:
                        org.change(child, record["Id"], {link: winner})
        case "field":
            org.add_field(data.pop("object"), data.pop("name"), **data)
        case "no_field":
            org.fields[data["object"]].pop(data["name"])
        case "sign_out":
            org.tokens = set()
        case "forget":
            org.locators, org.jobs = {}, {}
        case "many":
            contacts = [{"LastName": f"Fox {n}", "FirstName": "Dana", "Title": "VP", "AccountId": data["account"]} for n in range(data["count"])]
            return [org.put("Contact", contact) for contact in contacts]
        case "touch":
            for id_ in data["ids"]:
                org.change("Contact", id_, {"Title": data["title"]})
        case "fields":
            return list(org.fields[data["object"]])
        case "records":
            return list(org.records[data["object"]].values())
        case "state":
            return {"used": org.used, "signed_in": org.signed_in, "requests": org.requests, "now": org.stamp(), "jobs": list(org.jobs)}
        case _:
            raise SystemExit(f"no such control: {what}")
    return {}


def modulus(pem):
    """Of a private key in PKCS#8: the second whole number of the sequence inside."""
    der = base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))

    def element(at):
        length, at = der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at:at + size], "big"), at + size
        return at, at + length
    at, _ = element(0)
    _, at = element(at)
    _, at = element(at)
    at, _ = element(at)
    at, _ = element(at)
    _, at = element(at)
    start, end = element(at)
    return int.from_bytes(der[start:end], "big")


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.org = Org()
    print(server.server_address[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
