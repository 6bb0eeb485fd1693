"""The context processor for every template."""

from portal.models import SiteOperator


def test_reading_page_writes_no_operator(client, db):
    text = client.get("/multiplier/").content.decode()

    assert "Demonstration: not run by Locality" in text
    assert not SiteOperator.objects.exists()


def test_footer_names_operator(client, db):
    SiteOperator.objects.create(name="The Network", email="hello@network.example")

    text = client.get("/multiplier/").content.decode()
    assert "Run by The Network, hello@network.example" in text


def test_operator_is_read_once_for_many_pages(
    client, db, django_assert_num_queries, django_capture_on_commit_callbacks
):
    client.get("/multiplier/")
    with django_assert_num_queries(0):
        client.get("/multiplier/")

    with django_capture_on_commit_callbacks(execute=True):
        SiteOperator.objects.create(name="The Network")
    assert "Run by The Network" in client.get("/multiplier/").content.decode()
