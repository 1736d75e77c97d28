"""What uvicorn answers by itself, before there is a request that the application could serve."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph_api.schema.http_errors import JSON, error_body


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, whose answer to bytes that are not HTTP has the shape of every other error."""

    def send_400_response(self, msg: str) -> None:
        """Refuse, and end the connection."""
        body = error_body(400, msg)
        head = (
            "HTTP/1.1 400 Bad Request",
            f"content-type: {JSON}",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*head, "", "")).encode() + body)
        self.transport.close()
