"""Fetches a bundle from the web: within bounds, over http and https alone, leaving nothing behind.

An address may carry secrets: a user and password in front of the host, which are sent as Basic
authorisation to that host only, or a signature behind the path. Neither is ever shown.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import IO
from urllib.parse import unquote, urlsplit

from flakecore.bundle.sources.spool import CutShortError, Spool, Spooled
from flakecore.errors import BundleError

TIMEOUT = 30.0
"""Seconds without a byte after which the other side counts as dead."""
_PIECE = 256 << 10
_NEEDS_LOGIN = (401, 403, 404)
# GitHub answers 404 to whoever may not see something.


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirections within the web, and never from https to http."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme.lower()
        if scheme not in ("http", "https") or (req.type == "https" and scheme != "https"):
            raise urllib.error.URLError(f"it redirects to {scheme}, which is not followed")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(
    address: str, shown: str, spool: Spool, most: int, progress: Callable[[float], None] | None
) -> Spooled:
    """Return what an address gives; as much as came where the connection breaks.

    Args:
        address: an http or https address.
        shown: the same as it may be shown.
        spool: where it is stored.
        most: bytes that it may have.
        progress: called with the share that is done, if the server states the size.

    Raises:
        BundleError: if nothing can be had.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    try:
        with opener.open(_request(address), timeout=TIMEOUT) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            if total > most:
                raise BundleError(
                    f"{shown} has {total:,} bytes, more than are fetched ({most:,})",
                    remedy="download it with another program, and open the file",
                )
            kept = spool.store(_body(answer, total, progress), most)
            is_page = answer.headers.get_content_type() == "text/html"
    except urllib.error.HTTPError as error:
        error.close()
        raise BundleError(
            f"{shown} cannot be fetched: the server says {error.code} {error.reason}",
            remedy=_remedy(error.code),
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise BundleError(
            f"{shown} cannot be fetched ({_one_line(reason, address, shown)})",
            remedy="check the address and the network",
        ) from None
    if is_page:
        raise BundleError(
            f"{shown} is a web page and no bundle",
            remedy="it may need a login: download it with a browser or gh run download",
        )
    return kept


def _remedy(code: int) -> str:
    if code in _NEEDS_LOGIN:
        return "check the address; if it needs a login, download it first and open the file"
    return "try again later"


def _request(address: str) -> urllib.request.Request:
    parts = urlsplit(address)
    account, at, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(
        parts._replace(netloc=host, fragment="").geturl(), headers={"User-Agent": "flaketui"}
    )
    if at:
        user, _, password = account.partition(":")
        secret = f"{unquote(user)}:{unquote(password)}".encode()
        # Not repeated to where a redirection leads.
        request.add_unredirected_header(
            "Authorization", f"Basic {base64.b64encode(secret).decode()}"
        )
    return request


def _body(
    answer: http.client.HTTPResponse, total: int, progress: Callable[[float], None] | None
) -> Iterator[bytes]:
    size = 0
    try:
        while piece := answer.read1(_PIECE):
            size += len(piece)
            yield piece
            if progress is not None and total:
                progress(size / total)
    except (OSError, http.client.HTTPException) as error:
        raise CutShortError(f"the connection broke after {size:,} bytes") from error
    if size < total:
        raise CutShortError(f"only {size:,} of {total:,} bytes came")


def _one_line(reason: object, address: str, shown: str) -> str:
    """Return a reason on one line; what quotes the address quotes it without its secrets."""
    return " ".join(str(reason).replace(address, shown).split())
