"""Forms in govuk-frontend's markup: labels, hints, errors and dates."""

import re
from datetime import date

import pytest
from django import forms
from django.contrib.auth import get_user_model

from portal.forms import GovukDateWidget, OneLineField


class Meeting(forms.Form):
    name = forms.CharField(label="Your name", help_text="As your council knows you.")
    kind = forms.ChoiceField(
        label="Kind",
        widget=forms.RadioSelect,
        choices=[("a", "Cabinet"), ("b", "Council")],
        help_text="The body that decided.",
    )
    held_on = forms.DateField(label="Date", widget=GovukDateWidget)
    note = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"class": "govuk-input--width-20"}),
    )
    agree = forms.BooleanField(label="I may decide this")
    step = forms.IntegerField(widget=forms.HiddenInput, initial=2)


def typed(**changes):
    data = {
        "name": "Ada",
        "kind": "a",
        "held_on_day": "26",
        "held_on_month": "7",
        "held_on_year": "2022",
        "note": "",
        "agree": "on",
        "step": "2",
    }
    return Meeting(data | changes)


def tag(html, pattern):
    found = re.search(rf"<[^>]*{pattern}[^>]*>", html)
    assert found, f"nothing like {pattern} in {html}"
    return found.group()


@pytest.mark.parametrize("month", ["7", "07", "July", " jul ", "JULY"])
def test_month_can_be_number_or_name(month):
    form = typed(held_on_month=month)
    assert form.is_valid()
    assert form.cleaned_data["held_on"] == date(2022, 7, 26)


@pytest.mark.parametrize("month", ["Juli", "ju", "7th", "", "٧x"])
def test_unknown_month_is_kept_as_typed(month):
    form = typed(held_on_month=month)
    assert not form.is_valid()
    assert f'value="{month}"' in tag(str(form), 'id="id_held_on_month"')


def test_field_has_label_and_described_hint():
    html = str(Meeting())
    assert '<label class="govuk-label" for="id_name">Your name' in html
    control = tag(html, 'id="id_name"')
    assert 'aria-describedby="id_name_helptext"' in control
    assert 'class="govuk-input"' in control
    assert 'id="id_name_helptext"' in html


def test_error_is_described_after_hint():
    html = str(typed(name=""))
    control = tag(html, 'id="id_name"')
    assert 'aria-describedby="id_name_helptext id_name_error"' in control
    assert 'aria-invalid="true"' in control
    assert "govuk-input--error" in control
    assert "Enter your name" in html


def test_choices_are_in_fieldset_with_question_and_error():
    html = str(typed(kind=""))
    assert re.search(r"<legend[^>]*>Kind", html)
    fieldset = tag(html, 'aria-describedby="id_kind_helptext id_kind_error"')
    assert fieldset.startswith("<fieldset")
    assert html.count('class="govuk-radios__input"') == 2
    assert '<label class="govuk-label govuk-radios__label" for="id_kind_1">Council' in html


def test_chosen_option_stays_chosen():
    assert "checked" in tag(str(typed(kind="b")), 'id="id_kind_1"')
    assert "checked" not in tag(str(typed(kind="b")), 'id="id_kind_0"')


def test_widget_keeps_own_class():
    control = tag(str(Meeting()), 'id="id_note"')
    assert 'class="govuk-textarea govuk-input--width-20"' in control


def test_only_optional_fields_say_so():
    html = str(Meeting())
    assert html.count("(optional)") == 1
    assert re.search(r'for="id_note">Note <span class="quiet">\(optional\)', html)


def test_all_optional_form_says_it_nowhere():
    class Filter(forms.Form):
        q = forms.CharField(label="Name", required=False)

    assert "(optional)" not in str(Filter())


def test_checkbox_has_label_and_own_error():
    html = str(typed(agree=""))
    assert '<label class="govuk-label govuk-checkboxes__label" for="id_agree">' in html
    assert "Select “I may decide this” to continue" in html


def test_hidden_field_has_no_group():
    html = str(Meeting())
    assert tag(html, 'name="step"').startswith('<input type="hidden"')
    assert html.count("govuk-form-group") == 5 + 3  # five fields, three parts of a date


def test_date_is_read_from_three_numbers():
    form = typed()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["held_on"].isoformat() == "2022-07-26"


@pytest.mark.parametrize(
    ("day", "month", "year"), [("31", "2", "2022"), ("x", "7", "2022"), ("", "7", "2022")]
)
def test_invalid_date_is_refused_and_kept_as_typed(day, month, year):
    form = typed(held_on_day=day, held_on_month=month, held_on_year=year)
    assert "held_on" in form.errors
    html = str(form)
    assert f'value="{day}"' in tag(html, 'name="held_on_day"')
    assert f'value="{month}"' in tag(html, 'name="held_on_month"')
    assert f'value="{year}"' in tag(html, 'name="held_on_year"')


def test_empty_date_is_missing_not_invalid():
    form = typed(held_on_day="", held_on_month="", held_on_year="")
    assert form["held_on"].govuk_errors == ["Enter the date"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (forms.CharField(label="Your job title"), "Enter your job title"),
        (forms.CharField(label="ONS code"), "Enter the ONS code"),
        (forms.ChoiceField(label="Region", choices=[("a", "A")]), "Select the region"),
        (forms.FileField(label="Minutes"), "Select the minutes"),
        (forms.CharField(label="Who decided?"), "Enter an answer to “Who decided?”"),
        (
            forms.ChoiceField(label="Which body?", choices=[("a", "A")], widget=forms.RadioSelect),
            "Select an answer to “Which body?”",
        ),
    ],
)
def test_a_blank_required_field_says_what_to_enter_or_select(field, message):
    class One(forms.Form):
        asked = field

    assert One({})["asked"].govuk_errors == [message]


def test_error_summary_links_reach_fields():
    form = typed(name="", kind="", held_on_day="", agree="")
    html = str(form)
    for name in ("name", "kind", "held_on", "agree"):
        assert f'id="{form[name].govuk_focus_id}"' in html
        assert tag(html, f'id="{form[name].govuk_focus_id}"').startswith("<input")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/admin/users/new/",
        "/admin/settings/portal/siteoperator/",
        "/admin/redirects/add/",
        "/django-admin/account/emailaddress/add/",
    ],
)
def test_admins_keep_their_markup(client, settings, address):
    settings.DEBUG = True  # no second factor asked
    person = get_user_model().objects.create_superuser("root@example.org", "x" * 20)
    client.force_login(person)
    response = client.get(address, follow=True)
    assert response.status_code == 200
    html = response.content.decode()
    assert "<form" in html
    assert "govuk-" not in html


def test_one_line_keeps_no_hidden_characters():
    assert OneLineField().clean("Ann\u202eeel\u200b\x07 Lee\r\nLeader") == "Anneel Lee Leader"
