"""What runs by itself: what each job did is kept and shown, and a failure is not lost."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.jobs import clock, tick
from portal.models import JobRun, SignOfLife, User
from portal.tests.security.test_doors import give_second_factor

pytestmark = pytest.mark.django_db
PAGE = "/admin/reports/clock/"


@pytest.fixture
def jobs(monkeypatch) -> dict[str, tick.Job]:
    """Only these jobs run: one that does nothing, and what a test adds."""
    only: dict[str, tick.Job] = {"things done": lambda: 0}
    monkeypatch.setattr(tick, "_jobs", only)
    monkeypatch.setattr(tick, "_coming", {})
    return only


def raises():
    raise ValueError("lena@leeming.gov.uk is wrong")


def run_of(job: str) -> JobRun:
    return JobRun.objects.get(job=job)


def test_each_job_keeps_when_it_ran_and_what_it_last_did(jobs):
    jobs["things done"] = lambda: 3
    tick.tick()
    did_at = run_of("things done").did_at
    jobs["things done"] = lambda: 0
    tick.tick()
    run = run_of("things done")
    assert (run.did, run.did_at, run.failures) == (3, did_at, 0)
    assert run.ran_at > did_at
    assert JobRun.objects.filter(job="mails sent").exists()


def test_a_failure_is_kept_without_its_text_and_the_rest_goes_on(jobs):
    jobs["broken"], jobs["after it"] = raises, lambda: 1
    assert tick.tick()["after it"] == 1
    tick.tick()
    run = run_of("broken")
    assert run.failures == 2 and run.failed_at
    assert run.error.startswith("ValueError, test_clock.py line ")
    assert "lena" not in run.error


def test_a_job_that_works_again_keeps_its_last_failure(jobs):
    jobs["broken"] = raises
    tick.tick()
    jobs["broken"] = lambda: 0
    tick.tick()
    assert run_of("broken").failures == 0 and run_of("broken").error


def test_a_row_that_fails_is_kept_too(jobs, officer):
    def act(pk: int) -> bool:
        raise ValueError("olive@leeming.gov.uk")

    jobs["rows"] = lambda: tick.one_by_one(User.objects.filter(pk=officer.pk), act)
    tick.tick()
    assert run_of("rows").failures == 1
    assert f"user {officer.pk}: ValueError" in run_of("rows").error
    assert "olive" not in run_of("rows").error


def test_a_very_long_error_is_cut(jobs):
    for _ in range(3):
        jobs["rows"] = lambda: tick._row_faults.get().extend(["x" * 300] * 3) or 0
    tick.tick()
    assert len(run_of("rows").error) == 500


def test_that_nothing_can_be_kept_does_not_stop_the_tick(jobs, monkeypatch, caplog):
    def no(*args, **kwargs):
        raise RuntimeError("locked")

    monkeypatch.setattr(JobRun.objects, "bulk_create", no)
    assert tick.tick()["things done"] == 0
    assert "How the jobs went was not kept: RuntimeError" in caplog.text


def test_keeping_costs_two_queries(jobs, django_assert_num_queries):
    tick.tick()
    with django_assert_num_queries(2):
        tick._keep({"things done": 1}, {"things done": [], "mails sent": []})


@pytest.fixture
def staff(as_, editor):
    give_second_factor(editor)
    return as_(editor)


def test_staff_see_each_job_with_what_is_coming(jobs, staff):
    jobs["broken"], jobs["then"], jobs["never run"] = raises, lambda: 2, lambda: 0
    tick.tick()
    JobRun.objects.filter(job="never run").delete()
    tick._coming["then"] = lambda: date(2027, 3, 10)
    tick._coming["things done"] = lambda: timezone.now() + timedelta(days=400)
    text = staff.get(PAGE).content.decode()
    assert "Fails: ValueError" in text and "(1 time in a row)" in text
    assert "10 March 2027" in text and "When something is due" in text and "Not yet" in text
    assert text.index("Broken") < text.index("Mails sent")
    assert clock.lines()[0].job == "broken"


def test_a_failing_job_is_on_the_admins_first_page_until_it_works(jobs, staff):
    jobs["broken"] = raises
    tick.tick()
    assert "What runs by itself: broken" in staff.get("/admin/").content.decode()
    jobs["broken"] = lambda: 0
    tick.tick()
    assert "What runs by itself: broken" not in staff.get("/admin/").content.decode()


def test_only_staff_see_it(as_, officer):
    assert as_(officer).get(PAGE).status_code in (302, 403)
    assert as_().get(PAGE).status_code == 302


def test_what_is_coming_can_be_asked_of_every_job(db):
    for job in tick.due_jobs():
        assert tick.next_of(job) is None


def test_jobs_of_a_set_minute_run_apart_and_do_not_hide_that_the_others_hang(jobs, monkeypatch):
    monkeypatch.setattr(tick, "_on_time", set())
    tick.register({"at its minute": lambda: 2, "slow": raises}, on_time={"at its minute"})
    assert tick.tick(only_on_time=True) == {"at its minute": 2}
    assert not SignOfLife.objects.filter(name="worker").exists()
    assert run_of("at its minute").did == 2
    assert tick.tick()["at its minute"] == 2
    assert run_of("slow").failures == 1


def test_announcements_and_scheduled_pages_wait_for_no_other_job():
    expected = {"members announced", "pages published or taken down on schedule"}
    assert expected <= tick._on_time <= set(tick.due_jobs())
