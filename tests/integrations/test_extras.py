import pytest

from archgraph.integrations.extras import needs


def test_what_is_missing_is_named_with_its_cure() -> None:
    with (
        pytest.raises(ImportError, match=r"^here\.ours needs no-such; install archgraph\[nothing\]$") as caught,
        needs("no-such", "nothing", "here.ours"),
    ):
        import no_such_library  # noqa: F401  # that it is missing is what is tested
    assert caught.value.name == "no_such_library"


def test_other_errors_pass_through() -> None:
    with pytest.raises(ZeroDivisionError), needs("no-such", "nothing", "here.ours"):
        1 / 0  # noqa: B018
