"""A web server on loopback that can be told to misbehave, for tests of downloads."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.data.downloads import Source


class Site:
    """What is served, how, and what was asked for.

    Attributes
    ----------
    files : dict of str to bytes
        What there is.
    takes_ranges, says_length : bool
        Whether parts can be asked for, and whether the size is said.
    stop_after : int or None
        Bytes after which each answer breaks off.
    trickle : str or None
        Send the ``"header"`` or the ``"body"`` byte by byte, and never end.
    asked : list of (str, str or None)
        Name and range of every request.
    """

    def __init__(self, address):
        self.address = address
        self.files = {}
        self.takes_ranges = self.says_length = True
        self.stop_after = self.trickle = None
        self.hold = threading.Event()  # an answer that breaks off waits for this to do so
        self.hold.set()
        self.ended = threading.Event()
        self.asked = []

    def source(self, name, content, checksum=None, megabytes=None):
        """Serve a file and return how it is published."""
        self.files[name] = content
        checksum = checksum or f"sha256:{hashlib.sha256(content).hexdigest()}"
        url = f"{self.address}/{name}"
        return Source(name, url, checksum, megabytes or max(len(content), 1) / 1e6)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server.site
        name, asked = self.path.lstrip("/"), self.headers.get("Range")
        site.asked.append((name, asked))
        if name not in site.files:
            self.send_error(404)
            return
        if site.trickle == "header":
            self._trickle(b"HTTP/1.1 200 OK\r\n" + b"X" * 10_000)
            return
        content, start = site.files[name], 0
        if asked and site.takes_ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        if site.says_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if site.trickle == "body":
            self._trickle(content[start:])
            return
        self.wfile.write(content[start:][: site.stop_after])
        if site.stop_after is not None:
            self.wfile.flush()
            site.hold.wait(30)

    def _trickle(self, content):
        try:
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.server.site.ended.wait(0.05):
                    return
        except OSError:  # given up, as it should be
            return

    def log_message(self, *arguments):
        """Say nothing: what was asked for is in the site."""


@contextmanager
def serve():
    """Serve a site while the context lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.site = Site(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.site
        finally:
            server.site.hold.set()
            server.site.ended.set()
            server.shutdown()
            thread.join()
