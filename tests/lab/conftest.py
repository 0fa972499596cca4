"""A server without a network: requests go straight to the application."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from steepest.page import document
from steepest.server.application import application
from steepest.server.site import Site, local_site, public_site

testclient = pytest.importorskip("starlette.testclient")

Ask = Callable[..., Any]
PUBLIC = "https://lab.example.org"


@pytest.fixture(scope="session")
def site() -> Site:
    return local_site("127.0.0.1", 8000)


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[Any]:
    """A program on the same machine that knows the token."""
    app = application(site, document({}))
    headers = {"x-steepest-token": site.token}
    with testclient.TestClient(app, site.origins[0], raise_server_exceptions=False, headers=headers) as opened:
        yield opened


@pytest.fixture(scope="session")
def stranger(client: Any, site: Site) -> Any:
    """A program that does not know the token."""
    return testclient.TestClient(client.app, site.origins[0], raise_server_exceptions=False)


@pytest.fixture(scope="session")
def public() -> Iterator[Any]:
    """Somebody at a public site."""
    app = application(public_site((PUBLIC,)), document({}))
    with testclient.TestClient(app, PUBLIC, raise_server_exceptions=False) as opened:
        yield opened
