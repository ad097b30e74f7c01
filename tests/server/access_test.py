#!/usr/bin/env python3
"""Who may come in, in the real binary: secrets and where they are kept, JSON Web Tokens of another signer, reloading, the unit.

    access_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import server_scene
from server_scene import ADMIN, READ, server_case

ROOT = pathlib.Path(__file__).resolve().parents[2]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def run_sluice(*words, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
    return subprocess.run(
        [server_scene.SLUICE, *words], env={**clean, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )


class signer:
    """An RSA key and its signatures, by the openssl command."""

    def __init__(self, folder, name):
        self.name = name
        self.key = folder / f"{name}.pem"
        subprocess.run(["openssl", "genrsa", "-out", str(self.key), "2048"], check=True, capture_output=True)

    def jwk(self):
        shown = subprocess.run(["openssl", "rsa", "-in", str(self.key), "-noout", "-modulus"], check=True, capture_output=True, text=True)
        modulus = bytes.fromhex(shown.stdout.strip().split("=")[1])
        return {"kty": "RSA", "use": "sig", "kid": self.name, "n": base64url(modulus), "e": "AQAB"}

    def token(self, **claims):
        header = {"alg": "RS256", "typ": "JWT", "kid": self.name}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", str(self.key)], input=text.encode(), check=True, capture_output=True
        )
        return f"{text}.{base64url(signature.stdout)}"


class secrets(server_case):
    settings = ""

    def serve(self, settings, **environment):
        return super().serve(settings, SLUICE_ADMIN_TOKEN=ADMIN, SLUICE_READ_TOKEN=READ, **environment)

    def test_tokens_of_the_environment_work_and_are_gone_from_it(self):
        self.get("/api/v1/health", token=ADMIN)
        self.get("/api/v1/health", token=READ)
        seen = pathlib.Path(f"/proc/{self.server.process.pid}/environ").read_bytes()
        self.assertNotIn(ADMIN.encode(), seen)
        self.assertNotIn(READ.encode(), seen)
        self.assertIn(b"PATH=", seen)

    def test_a_program_that_a_step_starts_does_not_see_them(self):
        graph = {
  "version" : 1, "steps" : {
    "env" : {
      "kind" : "exec", "params" : {
        "argv" : ["env"]
      }
    }
  }}
        run = self.submit(graph)
        self.tick()
        events = json.dumps(self.get(f"/api/v1/runs/{run}/events"))
        self.assertIn("SLUICE_RUN_ID", events)
        self.assertNotIn("TOKEN=" + ADMIN, events)
        self.assertNotIn(READ, events)


class web_tokens(server_case):
    """Keys of one signer are replaced by those of another while the server runs."""

    def serve(self, _settings, **environment):
        self.ann = signer(self.folder, "ann")
        self.bob = signer(self.folder, "bob")
        self.keys = self.folder / "keys.json"
        self.write_keys(self.ann)
        return super().serve(
            f"security: {{ jwt: {{ jwks_file: '{self.keys}', issuer: test, audience: sluice }} }}\n", **environment
        )

    def write_keys(self, *signers):
        self.keys.write_text(json.dumps({"keys": [one.jwk() for one in signers]}))

    def claims(self, **more):
        return {"sub": "ann@example.org", "iss": "test", "aud": "sluice", "exp": int(time.time()) + 600, **more}

    def test_the_role_of_a_token_counts_and_its_subject_is_in_the_audit_log(self):
        run = self.submit_as(self.ann.token(**self.claims(role="admin")))
        self.assertEqual(
            self.rows("SELECT actor FROM audit_log WHERE action = 'run.create' AND subject = ?", run), [("ann@example.org",)]
        )
        reader = self.ann.token(**self.claims(role="read"))
        self.get("/api/v1/runs", token=reader)
        self.expect_error("POST", "/api/v1/worker/tick-once", 403, "forbidden", body={}, token=reader)
        self.expect_error("GET", "/api/v1/runs", 403, "forbidden", token=self.ann.token(**self.claims()))

    def submit_as(self, token):
        return self.expect("POST", "/api/v1/runs", 201, body={"run_graph": server_scene.NOOP}, token=token)["id"]

    def test_expired_foreign_and_unsigned_tokens_are_401(self):
        good = self.claims(role="admin")
        for claims in ({**good, "exp": int(time.time()) - 61}, {**good, "iss": "other"}, {**good, "aud": "other"}):
            self.expect_error("GET", "/api/v1/runs", 401, "bad_token", token=self.ann.token(**claims))
        self.expect_error("GET", "/api/v1/runs", 401, "bad_token", token=self.bob.token(**good))
        unsigned = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "none"}, good)) + "."
        self.expect_error("GET", "/api/v1/runs", 401, "bad_token", token=unsigned)

    def test_new_keys_are_taken_at_sighup_and_broken_ones_change_nothing(self):
        old = self.ann.token(**self.claims(role="read"))
        new = self.bob.token(**self.claims(role="read"))
        self.keys.write_text("{}")
        self.reload("reload_refused")
        self.get("/api/v1/runs", token=old)
        self.write_keys(self.bob)
        self.reload("reloaded")
        self.get("/api/v1/runs", token=new)
        self.expect_error("GET", "/api/v1/runs", 401, "bad_token", token=old)

    def reload(self, event):
        self.server.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: any(line.get("event") == event for line in self.server.log()), event)


class refusals(unittest.TestCase):
    """What keeps a server from starting: exit status 78, and why."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-access-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def expect_refusal(self, text, part, **environment):
        file = self.folder / "server.yaml"
        file.write_text(f"store: {{ database: '{self.folder / 'runs.db'}' }}\n" + text)
        for words in (["serve", "--config", str(file)], ["config", "validate", str(file)]):
            found = run_sluice(*words, **environment)
            self.assertEqual(found.returncode, 78, found)
            self.assertIn(part, found.stdout + found.stderr)
        self.assertFalse((self.folder / "runs.db").exists())
        return found.stdout

    def test_an_address_for_others_without_a_token(self):
        self.expect_refusal("http: { listen: '0.0.0.0:0' }\n", "will not listen on '0.0.0.0:0'")
        self.expect_refusal("", "SLUICE_HTTP_LISTEN: will not listen on", SLUICE_HTTP_LISTEN="[::]:0")

    def test_a_token_file_that_others_can_read(self):
        token = self.folder / "token"
        token.write_text(ADMIN + "\n")
        token.chmod(0o644)
        said = self.expect_refusal(f"security: {{ admin_token_file: '{token}' }}\n", f"chmod g-w,o= {token}")
        self.assertNotIn(ADMIN, said)

    def test_a_token_that_is_too_short_and_is_not_shown(self):
        said = self.expect_refusal("", "SLUICE_ADMIN_TOKEN: this secret is not fit", SLUICE_ADMIN_TOKEN="hunter2")
        self.assertNotIn("hunter2", said)

    def test_a_key_set_that_is_none(self):
        keys = self.folder / "keys.json"
        keys.write_text('{"keys": []}')
        self.expect_refusal(f"security: {{ jwt: {{ jwks_file: '{keys}' }} }}\n", "no RSA key for RS256")


class shown(unittest.TestCase):
    def test_what_is_shown_is_what_is_served_with(self):
        found = run_sluice("config", "show", SLUICE_ADMIN_TOKEN=ADMIN, SLUICE_THREADS="3")
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertNotIn(ADMIN, found.stdout)
        self.assertIn("# admin_token: ********\n", found.stdout)
        self.assertIn("From: SLUICE_THREADS.\nthreads: 3\n", found.stdout)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd here")
    def test_the_unit_is_one(self):
        with tempfile.TemporaryDirectory(prefix="sluice-unit-") as folder:
            unit = pathlib.Path(folder) / "sluice.service"
            text = (ROOT / "packaging" / "systemd" / "sluice.service").read_text()
            unit.write_text(text.replace("/usr/bin/sluice", os.path.realpath(server_scene.SLUICE)))
            found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60)
            self.assertEqual((found.returncode, found.stderr), (0, ""))


if __name__ == "__main__":
    server_scene.main(__doc__)
