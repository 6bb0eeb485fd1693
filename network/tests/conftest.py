import pytest

from network.tests.factories import Story


@pytest.fixture
def story(council, officer) -> Story:
    """Leeming's sign-up, led by the officer."""
    return Story(council, officer)
