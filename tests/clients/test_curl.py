"""`examples/curl/first-mail.sh` against a standalone emulator: a stranger's path to the first mail."""

import json
import os
import subprocess

from outlook365_emulator.config import Settings
from outlook365_emulator.emulator import Emulator


def test_the_first_mail(repository):
    with Emulator(Settings(world="contoso")) as emulator:
        script = repository / "examples/curl/first-mail.sh"
        environment = {**os.environ, "ROOT": emulator.http_url, "NO_PROXY": "*"}
        found = subprocess.run([str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert found.returncode == 0, found.stderr
        assert next(message["subject"] for message in json.loads(found.stdout)["value"])


def test_it_ends_with_a_failure_where_nobody_answers(repository):
    script = repository / "examples/curl/first-mail.sh"
    environment = {**os.environ, "ROOT": "http://127.0.0.1:1", "RETRIES": "0", "NO_PROXY": "*"}
    found = subprocess.run([str(script)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode != 0
