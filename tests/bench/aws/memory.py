"""Peak memory of each function over the shipped sample: three exports, each scanned, and all that follows from them."""
from pathlib import Path

from deployment import Deployment
from services import dynamodb_local, moto

SAMPLE = Path(__file__).resolve().parents[3] / "events/crm"


def peaks():
    deployment = Deployment("memory", dynamodb_local("512m"), moto())
    for export in sorted(path for path in SAMPLE.iterdir() if path.is_dir()):
        deployment.upload(export, export.name)
        deployment.tick(f"scan-{export.name}", False)
        deployment.settle()
        deployment.steward(f"steward-{export.name}")
    found = deployment.peaks()
    deployment.end()
    return found
