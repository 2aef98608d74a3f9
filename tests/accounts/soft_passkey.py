"""A passkey in software, for tests: answers as a browser with a security key would, and wrongly where it is told to."""

import hashlib
import json
import secrets
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftPasskey:
    """One credential of one device. ``count`` is what it says next; ``verifies``: whether it checks who uses it."""

    def __init__(self, origin: str = "http://localhost", *, verifies: bool = True) -> None:
        self.origin, self.verifies, self.count = origin, verifies, 1
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.rp_id, self.handle = "localhost", ""

    def make(self, options: dict[str, Any], **wrong: Any) -> str:
        """The answer to ``create``, as JSON."""
        self.rp_id, self.handle = options["rp"]["id"], options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public_key = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        data = self._data(ATTESTED, wrong.get("count", 0)) + bytes(16) + struct.pack(">H", len(self.id)) + self.id
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data + public_key})
        client = self._client("webauthn.create", options["challenge"], wrong)
        return self._answer(
            clientDataJSON=bytes_to_base64url(client), attestationObject=bytes_to_base64url(attestation),
            transports=["internal", "hybrid", "carrier-pigeon"],
        )  # fmt: skip

    def use(self, options: dict[str, Any], **wrong: Any) -> str:
        """The answer to ``get``, as JSON; ``wrong`` may name an origin, a challenge, a count, a type or a handle."""
        client = self._client("webauthn.get", options["challenge"], wrong)
        data = self._data(0, wrong.get("count", self.count))
        self.count += 1
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=bytes_to_base64url(client), authenticatorData=bytes_to_base64url(data),
            signature=bytes_to_base64url(signature), userHandle=wrong.get("handle", self.handle),
        )  # fmt: skip

    def make_and_use(self, options: dict[str, Any]) -> dict[str, str]:
        """The two fields of the form by which a passkey is added."""
        return {"made": self.make(options["create"]), "used": self.use(options["get"])}

    def _client(self, kind: str, challenge: str, wrong: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(
            said | {name: wrong[name] for name in ("type", "challenge", "origin") if name in wrong}
        ).encode()

    def _data(self, flags: int, count: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", count)

    def _answer(self, **response: Any) -> str:
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})
