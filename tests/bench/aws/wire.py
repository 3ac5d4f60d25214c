"""A small HTTP server for this benchmark: threads, kept connections, TLS if wanted. Quick enough not to be what is measured."""
import json
import socket
import ssl
import threading

REASONS = {200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error"}


class Request:
    def __init__(self, method, target, headers, body, arrived):
        self.method, self.target, self.headers, self.body, self.arrived = method, target, headers, body, arrived

    @property
    def action(self):
        """The action of services that name it in a header: `TransactWriteItems`."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    def json(self):
        return json.loads(self.body or b"null")


class Server:
    """Answers with what `handler(request)` returns: status, headers, body. Where it returns nothing the connection is cut."""

    def __init__(self, handler, tls=None):
        self.handler, self.tls = handler, tls
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb", 65536) as stream:
                while (request := read_request(stream)) is not None:
                    answer = self.handler(request)
                    if answer is None:
                        return
                    connection.sendall(written(*answer))
        except (OSError, ssl.SSLError, ValueError):
            return

    def close(self):
        self.socket.close()


def read_request(stream):
    import time
    first = stream.readline()
    arrived = time.perf_counter()
    if not first.strip():
        return None
    method, target, _ = first.decode("latin-1").split(" ", 2)
    headers = read_headers(stream)
    return Request(method, target, headers, read_body(stream, headers), arrived)


def read_headers(stream):
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b"\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def read_body(stream, headers):
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return stream.read(int(headers.get("content-length", 0)))
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    read_headers(stream)
    return body


def written(status, headers, body):
    head = [f"HTTP/1.1 {status} {REASONS.get(status, 'Other')}", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body


def as_json(value, status=200):
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(value).encode()


class Connection:
    """One kept connection to a server of this machine, over which a request is sent as it came."""

    def __init__(self, port):
        self.port, self.socket, self.stream = port, None, None

    def send(self, method, target, headers, body):
        """Status, headers and body of the answer."""
        kept = self.socket is not None
        if not kept:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = self.socket.makefile("rb", 65536)
        lines = [f"{method} {target} HTTP/1.1", f"Content-Length: {len(body)}"]
        lines += [f"{k}: {v}" for k, v in headers.items() if k not in ("content-length", "transfer-encoding", "connection", "expect")]
        try:
            self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
            status = self.stream.readline()
            if not status:
                raise ConnectionError("the connection was closed")
        except OSError:
            self.socket = None
            if kept:  # it had been closed while it was not used
                return self.send(method, target, headers, body)
            raise
        answered = read_headers(self.stream)
        return int(status.split()[1]), answered, read_body(self.stream, answered)
