"""The HTTP side of the shop's API. The handlers are read again when their file changes."""
import http.server
import importlib
import json
import os
import signal
import sys

import handlers

loaded_at = os.stat(handlers.__file__).st_mtime_ns


def current_handlers():
    global loaded_at
    changed_at = os.stat(handlers.__file__).st_mtime_ns
    if changed_at != loaded_at:
        importlib.reload(handlers)
        loaded_at = changed_at
        print("api: handlers.py changed, loaded again")
    return handlers


class Api(http.server.BaseHTTPRequestHandler):
    def answer(self, body):
        try:
            status, result = current_handlers().handle(self.command, self.path, body)
        except Exception as problem:  # the person who edits handlers.py wants to see it, not a closed connection
            status, result = 500, {"error": f"{type(problem).__name__}: {problem}"}
        data = json.dumps(result).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer(None)

    def do_POST(self):
        self.answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0)))))

    def log_message(self, form, *arguments):
        if self.path != "/api/health":
            print("api:", form % arguments)


# The first process of a container gets only the signals that it asks for.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
print("api: listening on port 8000")
http.server.ThreadingHTTPServer(("", 8000), Api).serve_forever()
