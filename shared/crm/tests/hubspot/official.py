"""HubSpot's own client against the portal of the tests: `drive ADDRESS TOKEN` works with it, `check` reads requests from standard
input, one a line, and holds their bodies against the client's models, field by field."""

import json
import sys

import hubspot
from hubspot.crm import companies, contacts
from hubspot.crm.associations import v4
from hubspot.crm.objects import notes, tasks


def drive(address, token):
    client = hubspot.Client.create(access_token=token, host=address)

    # All contacts, by the client's own paging.
    everybody = client.crm.contacts.get_all(properties=["lastname", "associatedcompanyid"])
    assert len(everybody) == 250, len(everybody)
    assert everybody[0].properties["lastname"] == "Fox 0"

    # A search in the order of ids, as Baton makes it, and the page behind it.
    by_id = contacts.Filter(property_name="hs_object_id", operator="GT", value="0")
    request = contacts.PublicObjectSearchRequest(
        filter_groups=[contacts.FilterGroup(filters=[by_id])],
        properties=["email"],
        sorts=[json.dumps({"propertyName": "hs_object_id", "direction": "ASCENDING"})],
        limit=200,
    )
    found = client.crm.contacts.search_api.do_search(public_object_search_request=request)
    assert (found.total, len(found.results)) == (250, 200)
    assert [int(one.id) for one in found.results] == sorted(int(one.id) for one in found.results)
    request.after = found.paging.next.after
    assert len(client.crm.contacts.search_api.do_search(public_object_search_request=request).results) == 50
    request.limit = 201
    refused(400, lambda: client.crm.contacts.search_api.do_search(public_object_search_request=request), contacts)

    # Batches, of which a part is missing.
    person = everybody[0]
    company = person.properties["associatedcompanyid"]
    ids = [contacts.SimplePublicObjectId(id=id) for id in (person.id, "1")]
    batch = contacts.BatchReadInputSimplePublicObjectId(inputs=ids, properties=["email"], properties_with_history=[])
    answer = client.crm.contacts.batch_api.read(batch_read_input_simple_public_object_id=batch)
    assert [one.id for one in answer.results] == [person.id]
    assert answer.errors[0].category == "OBJECT_NOT_FOUND"

    # Owners, properties, pipelines, associations.
    assert client.crm.owners.get_all()[0].email == "maya@baton.example"
    assert any(one.name == "jobtitle" for one in client.crm.properties.core_api.get_all("contacts").results)
    stages = client.crm.pipelines.pipelines_api.get_all("deals").results[0].stages
    assert {one.id: one.metadata["isClosed"] for one in stages}["closedwon"] == "true"
    inputs = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[v4.PublicFetchAssociationsBatchRequest(id=company)])
    linked = client.crm.associations.v4.batch_api.get_page("companies", "contacts", inputs)
    assert str(linked.results[0].to[0].to_object_id) == person.id

    # A note under a contact, found again by the association.
    types = [notes.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=202)]
    to = notes.PublicObjectId(id=person.id)
    written = notes.SimplePublicObjectInputForCreate(
        properties={"hs_note_body": "<p>Dana</p>", "hs_timestamp": "2026-11-02T09:00:00Z"},
        associations=[notes.PublicAssociationsForObject(types=types, to=to)],
    )
    made = client.crm.objects.notes.basic_api.create(simple_public_object_input_for_create=written)
    inputs = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[v4.PublicFetchAssociationsBatchRequest(id=person.id)])
    linked = client.crm.associations.v4.batch_api.get_page("contacts", "notes", inputs)
    assert str(linked.results[0].to[0].to_object_id) == made.id

    # A change, a property that does not exist, an address that is taken.
    change = contacts.SimplePublicObjectInput(properties={"jobtitle": "COO"})
    changed = client.crm.contacts.basic_api.update(person.id, simple_public_object_input=change)
    assert changed.properties["jobtitle"] == "COO"
    unknown = contacts.SimplePublicObjectInput(properties={"no_such": "x"})
    refused(400, lambda: client.crm.contacts.basic_api.update(person.id, simple_public_object_input=unknown), contacts)
    twice = contacts.SimplePublicObjectInputForCreate(properties={"email": "dana0@company0.example"}, associations=[])
    error = refused(409, lambda: client.crm.contacts.basic_api.create(simple_public_object_input_for_create=twice), contacts)
    assert json.loads(error.body)["message"] == f"Contact already exists. Existing ID: {person.id}"
    stranger = hubspot.Client.create(access_token="pat-wrong", host=address)
    refused(401, lambda: stranger.crm.contacts.basic_api.get_page(), contacts)


def refused(status, call, package):
    try:
        call()
    except package.ApiException as error:
        assert error.status == status, error
        return error
    raise AssertionError(f"not refused with {status}")


# The model of a body, by the end of its path; the first that fits.
MODELS = [
    ("/search", contacts, "PublicObjectSearchRequest"),
    ("notes/batch/read", notes, "BatchReadInputSimplePublicObjectId"),
    ("tasks/batch/read", tasks, "BatchReadInputSimplePublicObjectId"),
    ("objects/notes", notes, "SimplePublicObjectInputForCreate"),
    ("tasks/batch/create", tasks, "BatchInputSimplePublicObjectBatchInputForCreate"),
    ("tasks/batch/update", tasks, "BatchInputSimplePublicObjectBatchInput"),
]


def check(lines):
    kinds = set()
    for line in lines:
        method, path, body = line.rstrip("\n").split(" ", 2)
        package, name = model(method, path)
        value(package, name, json.loads(body), f"{method} {path}")
        kinds.add((package.__name__, name))
    assert len(kinds) >= 8, kinds
    print(f"{len(lines)} bodies of {len(kinds)} kinds hold against the models of hubspot-api-client")


def model(method, path):
    for end, package, name in MODELS:
        if path.endswith(end) and method == "POST":
            return package, name
    if "/associations/" in path:
        return v4, "BatchInputPublicFetchAssociationsBatchRequest"
    if path.endswith("batch/read"):
        return companies if "companies" in path else contacts, "BatchReadInputSimplePublicObjectId"
    return notes if "notes" in path else contacts, "SimplePublicObjectInput"


def value(package, kind, held, where):
    if kind.startswith("list["):
        assert isinstance(held, list), f"{where}: {held!r} is no list"
        for number, one in enumerate(held):
            # The documentation writes a sort as an object, and the models as a text that holds it.
            text = isinstance(one, dict) and where.endswith(".sorts")
            value(package, kind[5:-1], json.dumps(one) if text else one, f"{where}[{number}]")
    elif kind.startswith("dict["):
        inner = kind[5:-1].split(",", 1)[1].strip()
        for key, one in held.items():
            value(package, inner, one, f"{where}.{key}")
    elif kind in ("str", "int", "bool", "float"):
        assert isinstance(held, {"str": str, "int": int, "bool": bool, "float": float}[kind]), f"{where}: {held!r} is no {kind}"
    else:
        known = getattr(package, kind)
        names = {json_name: name for name, json_name in known.attribute_map.items()}
        fields = {}
        for key, one in held.items():
            assert key in names, f"{where}: {kind} has no field {key}"
            value(package, known.openapi_types[names[key]], one, f"{where}.{key}")
            fields[names[key]] = one
        # The model refuses values outside its lists, and fields that are missing.
        known(**fields)


if __name__ == "__main__":
    if sys.argv[1] == "drive":
        drive(*sys.argv[2:])
    else:
        check(sys.stdin.readlines())
