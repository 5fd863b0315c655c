import pytest

from worker.errors import Reason, Refused
from worker.github.tokens import SourcedAuth, StaticToken

TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"


def test_a_static_token_reaches_everything_and_asks_github_for_its_login() -> None:
    source = StaticToken(TOKEN)
    assert source.token("acme/shop") == source.token(None) == TOKEN
    assert source.login() is None


@pytest.mark.parametrize("token", ["", f"{TOKEN}\n", f" {TOKEN}", "ghp_tökén", "a b"])
def test_what_cannot_be_a_token_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(Refused) as refused:
        StaticToken(token)
    assert refused.value.reason is Reason.CREDENTIALS
    assert not token or token not in str(refused.value)


def test_no_representation_shows_the_token() -> None:
    source = StaticToken(TOKEN)
    auth = SourcedAuth(source, "acme/shop")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    auth.mask_authentication(headers)
    assert TOKEN not in f"{source} {source!r} {auth} {auth!r} {vars(auth)} {headers}"


def test_every_request_asks_the_source_anew_for_its_repository() -> None:
    class Renewing:
        asked: list[str | None] = []  # noqa: RUF012

        def login(self) -> str | None:
            return "app[bot]"

        def token(self, repository: str | None) -> str:
            self.asked.append(repository)
            return f"ghs_{len(self.asked)}"

    auth = SourcedAuth(Renewing(), "acme/shop")
    seen = []
    for _ in range(2):
        headers: dict[str, str] = {}
        auth.authentication(headers)
        seen.append(headers["Authorization"])
    assert seen == ["Bearer ghs_1", "Bearer ghs_2"]
    assert Renewing.asked == ["acme/shop", "acme/shop"]
