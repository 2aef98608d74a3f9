"""A port that is taken is one clear sentence, at once."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from app.config import ROOT


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = os.environ | {"INSTANCE_DIR": str(tmp_path), "PORT": str(port), "HOST": "127.0.0.1"}
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"]
        result = subprocess.run(command, cwd=ROOT, env=environ, text=True, capture_output=True, timeout=30)
    assert result.returncode == 1
    assert result.stderr.startswith(f"typecase: PORT: 127.0.0.1:{port} cannot be listened at (Address already in use).")
    assert len(result.stderr.splitlines()) == 1
