"""What every engine must do: one suite, each engine a parameter."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engines.elastic import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.interface import PAGE_SIZE, EngineUnavailable, Part, Query, WordRule
from search.tests.conftest import ELASTICSEARCH, PATIENCE
from search.tests.factories import EntryFactory

NASTY = ["a", '"', "*", "OR", "NEAR(", "\x00", "{", "}", ":", "^", "+", "-", "x'", "b"]


@pytest.fixture(params=["embedded", "elasticsearch"])
def which(request):
    return request.param


@pytest.fixture
def new_engine(which, request, tmp_path):
    """An engine that nothing was ever put into."""
    if which == "elasticsearch":
        return request.getfixturevalue("unbuilt_elastic")
    return EmbeddedEngine(tmp_path / "contract" / "search.sqlite3")


@pytest.fixture
def engine(which, request):
    """An engine that is built and empty."""
    if which == "elasticsearch":
        return request.getfixturevalue("elastic")
    engine = request.getfixturevalue("new_engine")
    engine.replace_all([])
    return engine


def keys(results):
    return [hit.key for hit in results.hits]


def another(engine):
    """The same, as another process has it."""
    if isinstance(engine, EmbeddedEngine):
        return EmbeddedEngine(engine.file)
    return ElasticsearchEngine(ELASTICSEARCH, engine.name, PATIENCE)


def text(parts):
    """Parts as one string, marked ones in brackets."""
    return "".join(f"[{part.text}]" if part.marked else part.text for part in parts)


def counts(results, facet):
    return {count.value: count.count for count in results.facets[facet]}


# ---- Finding ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("procuring", "procurement"),
        ("procurement", "procures"),
        ("councils", "council"),
        ("CAFE", "café"),
        ("café", "cafe"),
    ],
)
def test_endings_accents_and_case_do_not_matter(engine, asked, written):
    engine.put([EntryFactory(key="a", body=f"About {written} here"), EntryFactory()])
    assert keys(engine.search(Query(asked))) == ["a"]


def test_every_word_must_be_there(engine):
    engine.put([EntryFactory(key="both", body="asset transfer"), EntryFactory(body="asset")])
    results = engine.search(Query("asset transfer", fill=False))
    assert keys(results) == ["both"]
    assert not results.loosened


def test_a_page_is_filled_with_what_holds_some_of_the_words(engine):
    engine.put(
        [
            EntryFactory(key="one", body="asset"),
            EntryFactory(key="two", body="asset transfer somewhere"),
            EntryFactory(key="all", body="asset transfer in kirklees"),
            EntryFactory(key="none", body="zebra"),
            *(EntryFactory(body="asset") for _ in range(PAGE_SIZE)),
        ]
    )
    results = engine.search(Query("asset transfer kirklees"))
    assert keys(results)[:3] == ["all", "two", "one"]
    assert [hit.partly for hit in results.hits] == [False] + [True] * (PAGE_SIZE - 1)
    assert results.count == PAGE_SIZE
    assert not results.loosened


def test_what_is_in_quotation_marks_is_in_what_fills_a_page_too(engine):
    engine.put(
        [
            EntryFactory(key="all", body="asset transfer in kirklees"),
            EntryFactory(key="phrase", body="asset transfer"),
            EntryFactory(key="word", body="kirklees"),
        ]
    )
    assert keys(engine.search(Query('"asset transfer" kirklees'))) == ["all", "phrase"]


def test_some_of_the_words_will_do_where_nothing_has_all(engine):
    engine.put([EntryFactory(key="a", body="asset"), EntryFactory(body="nothing")])
    results = engine.search(Query("asset zebra"))
    assert keys(results) == ["a"]
    assert results.loosened


def test_words_that_only_make_a_question_are_not_asked_for(engine):
    engine.put([EntryFactory(key="a", body="measure spend"), EntryFactory()])
    results = engine.search(Query("How do we measure our spend?"))
    assert keys(results) == ["a"]
    assert not results.loosened


def test_the_last_word_may_be_unfinished(engine):
    engine.put([EntryFactory(key="a", body="local procurement"), EntryFactory()])
    assert keys(engine.search(Query("procureme"))) == ["a"]
    assert keys(engine.search(Query("local procureme"))) == ["a"]
    assert keys(engine.search(Query("procureme local zebra"))) == ["a"]


def test_other_words_may_not_be_unfinished(engine):
    engine.put([EntryFactory(body="local procurement")])
    results = engine.search(Query("procureme local"))
    assert results.loosened


def test_a_phrase_is_meant_letter_by_letter(engine):
    engine.put(
        [
            EntryFactory(key="exact", body="on local spending since"),
            EntryFactory(key="stem", body="on local spend since"),
            EntryFactory(key="apart", body="spending that is local"),
        ]
    )
    assert keys(engine.search(Query('"local spending"'))) == ["exact"]
    assert keys(engine.search(Query("“local spending”"))) == ["exact"]
    assert keys(engine.search(Query('since "local spending"', fill=False))) == ["exact"]
    assert set(keys(engine.search(Query("local spending")))) == {"exact", "stem", "apart"}


@pytest.mark.parametrize("asked", ["", "   ", "\x00", '"', "😀", "-- ()", "\ud800"])
def test_a_question_without_words_finds_nothing(engine, asked):
    engine.put([EntryFactory(title="Something 😀")])
    assert engine.search(Query(asked)).count == 0


def test_operators_are_ordinary_words(engine):
    engine.put([EntryFactory(key="a", body="near the town"), EntryFactory(body="zebra")])
    assert keys(engine.search(Query("NEAR("))) == ["a"]
    assert keys(engine.search(Query("title:near", fill=False))) == ["a"]
    assert engine.search(Query("near NOT town")).count == 1


@pytest.fixture
def one_entry(engine):
    engine.put([EntryFactory(key="a", title="A b c x OR near")])
    return engine


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    asked=st.text(alphabet=st.characters(exclude_categories=[]), max_size=60)
    | st.lists(st.sampled_from(NASTY)).map(" ".join),
    chosen=st.text(alphabet=st.characters(exclude_categories=[]), max_size=5),
    page=st.integers(-(10**20), 10**20),
)
def test_no_question_is_an_error(one_entry, asked, chosen, page):
    engine = one_entry
    results = engine.search(Query(asked, {"type": (chosen,)} if chosen else {}, page=page))
    assert results.count in (0, 1)


def test_ten_thousand_characters_are_answered(engine):
    engine.put([EntryFactory(key="a", body="word")])
    assert keys(engine.search(Query("word " * 2_000))) == ["a"]
    assert engine.search(Query("x" * 10_000)).count == 0


# ---- Ranking ------------------------------------------------------------------------


def test_title_counts_more_than_names_summary_and_body(engine):
    filler = "other words stand here so that all are as long as each other " * 3
    engine.put(
        [
            EntryFactory(key="body", title="First thing", body=f"anchor {filler}"),
            EntryFactory(key="summary", title="Second thing", summary="anchor it is"),
            EntryFactory(key="names", title="Third thing", names=("The anchor",)),
            EntryFactory(key="title", title="Anchor thing", body=filler),
            *(EntryFactory(body=filler) for _ in range(20)),
        ]
    )
    assert keys(engine.search(Query("anchor"))) == ["title", "names", "summary", "body"]


def test_the_thing_that_is_called_so_comes_first(engine):
    engine.put(
        [
            EntryFactory(key="study", title="Bradford, Bradford and the council Bradford"),
            EntryFactory(
                key="council",
                title="Bradford",
                names=("BMDC", "Bradford Council"),
                body="words " * 300,
            ),
        ]
    )
    assert keys(engine.search(Query("bradford council")))[0] == "council"
    assert keys(engine.search(Query("BRADFORD")))[0] == "council"
    assert keys(engine.search(Query("bmdc"))) == ["council"]


def test_words_of_its_own_beat_words_that_people_ask_in(engine):
    engine.put(
        [
            EntryFactory(key="asked", body="wages", asked="nearby, living, where people live"),
            EntryFactory(key="own", body="wages and so much else that is told here, living too"),
            *filler(20),
        ]
    )
    assert keys(engine.search(Query("living wages"))) == ["own", "asked"]


def test_the_word_as_it_was_typed_beats_another_form_of_it(engine):
    engine.put(
        [
            EntryFactory(key="other", title="Procurement thing"),
            EntryFactory(key="typed", title="Procuring thing"),
            *(EntryFactory() for _ in range(20)),
        ]
    )
    assert keys(engine.search(Query("procuring"))) == ["typed", "other"]


def filler(number):
    """Entries of other words, so that few of all hold any that a test asks for."""
    return [EntryFactory(body="nothing of the kind stands here") for _ in range(number)]


@pytest.fixture
def places(engine):
    """Councils whose pages say nothing of buying, and pages that mention them."""
    engine.put(
        [
            EntryFactory(key="kirklees", title="Kirklees", names=("Kirklees Council",)),
            EntryFactory(key="study", title="People and places", names=("Kirklees",)),
            EntryFactory(
                key="passing",
                title="The whole system",
                body="Kirklees thought again. A council may ask: does procurement sit there?",
            ),
            EntryFactory(key="glos", title="Gloucestershire"),
            EntryFactory(key="south", title="South Gloucestershire"),
            EntryFactory(key="cohesion", title="A plan", body="South Gloucestershire: procurement"),
            *filler(20),
        ]
    )
    return engine


def test_what_is_named_in_a_question_comes_before_what_only_mentions_it(places):
    results = places.search(Query("kirklees council procurement"))
    assert keys(results)[0] == "kirklees"
    assert {hit.key for hit in results.hits if not hit.partly} == {"kirklees", "study", "passing"}


def test_a_name_within_the_name_asked_for_is_not_meant(places):
    results = places.search(Query("south gloucestershire procurement"))
    assert {hit.key for hit in results.hits if not hit.partly} == {"south", "cohesion"}
    assert "glos" in keys(results)


def test_where_one_that_is_named_holds_all_words_no_other_is_raised(places):
    places.put([EntryFactory(key="buys", title="Buying", names=("Kirklees",), body="procurement")])
    results = places.search(Query("kirklees procurement"))
    assert keys(results)[:2] == ["buys", "passing"]
    assert {hit.key for hit in results.hits if hit.partly} == {"kirklees", "study", "cohesion"}


def test_of_what_holds_some_words_rarer_ones_count_more(engine):
    engine.put(
        [
            EntryFactory(key="rare", body="warm spaces in winter"),
            *(EntryFactory(body="the cost of living") for _ in range(8)),
            *filler(20),
        ]
    )
    assert keys(engine.search(Query("cost of living in winter")))[0] == "rare"


def test_a_year_is_no_topic_where_there_are_words(engine):
    engine.put(
        [
            EntryFactory(key="ended", title="Chiltern (until 2020)", body="A council once"),
            EntryFactory(key="first", body="Eleven councils signed the pledge in March"),
            *filler(20),
        ]
    )
    assert keys(engine.search(Query("who pledged first in 2020")))[0] == "first"
    assert keys(engine.search(Query("2020"))) == ["ended"]


# ---- What a hit says ----------------------------------------------------------------


def test_a_hit_carries_what_a_page_shows(engine):
    entry = EntryFactory(
        type="case-study",
        title="Anchor",
        url="/a/",
        summary="In short.",
        note="Bradford",
        principles=("local-spend", "neighbourhood"),
        council="bradford",
        region="north-east",
        theme="buying",
        date="2024-02-29",
    )
    engine.put([entry])
    [hit] = engine.search(Query("anchor")).hits
    assert (hit.key, hit.type, hit.url, hit.note) == (
        entry.key,
        "case-study",
        "/a/",
        "Bradford",
    )
    assert set(hit.principles) == {"local-spend", "neighbourhood"}
    assert (hit.council, hit.region, hit.theme) == ("bradford", "north-east", "buying")
    assert hit.date == "2024-02-29"
    assert text(hit.title) == "[Anchor]"
    assert text(hit.summary) == "In short."


def test_words_found_are_marked_where_they_stand(engine):
    engine.put([EntryFactory(key="a", title="Local buying", summary="Buys locally, it is said.")])
    [hit] = engine.search(Query("local buying")).hits
    assert text(hit.title) == "[Local buying]"
    assert "[Buys locally]," in text(hit.summary)


def test_the_body_is_shown_where_the_words_stand_only_there(engine):
    body = f"{'Before it. ' * 60}Here the anchor organisation works. {'After it. ' * 60}"
    engine.put([EntryFactory(summary="In short.", body=body)])
    [hit] = engine.search(Query("anchor")).hits
    assert "[anchor] organisation" in text(hit.summary)
    assert len(text(hit.summary)) < 400


def test_a_name_is_shown_where_the_words_stand_only_there(engine):
    engine.put([EntryFactory(title="Bradford", names=("City of Bradford", "BMDC"))])
    [hit] = engine.search(Query("bmdc")).hits
    assert text(hit.also) == "[BMDC]"
    [hit] = engine.search(Query("bradford")).hits
    assert hit.also == ()


def test_words_people_ask_in_find_an_entry_and_are_never_shown(engine):
    told = EntryFactory(title="Long leases", body="A hall changed hands.", asked="library\nrent")
    other = EntryFactory(title="Rent", body="A library.")
    engine.replace_all([told, other])
    results = engine.search(Query("library handed over"))
    assert [hit.key for hit in engine.search(Query("a library changing hands")).hits] == [
        told.key,
        other.key,
    ]
    assert "library" not in repr([hit for hit in results.hits if hit.key == told.key])
    engine.put([replace(told, asked="")])
    assert [hit.key for hit in engine.search(Query("library")).hits] == [other.key]


def test_an_unfinished_word_is_marked_whole(engine):
    engine.put([EntryFactory(title="Procurement")])
    [hit] = engine.search(Query("procureme")).hits
    assert text(hit.title) == "[Procurement]"


def test_texts_are_never_html_and_controls_cannot_forge_a_mark(engine):
    engine.put([EntryFactory(title="<script>\x02forged\x03</script> anchor")])
    [hit] = engine.search(Query("anchor")).hits
    assert "".join(part.text for part in hit.title) == "<script> forged </script> anchor"
    assert [part for part in hit.title if part.marked] == [Part("anchor", marked=True)]


def test_lone_surrogates_in_a_text_are_dropped(engine):
    engine.put([EntryFactory(key="a", title="anchor \ud800 here")])
    assert keys(engine.search(Query("anchor"))) == ["a"]


# ---- Facets -------------------------------------------------------------------------


@pytest.fixture
def filed(engine):
    engine.put(
        [
            EntryFactory(key="p1", type="principle", title="anchor", principles=("one",)),
            EntryFactory(key="c1", type="case-study", title="anchor", principles=("one",)),
            EntryFactory(key="c2", type="case-study", title="anchor", principles=("one", "two")),
            EntryFactory(key="c3", type="case-study", title="anchor", principles=("two",)),
            EntryFactory(key="x", type="page", title="anchor"),
            EntryFactory(key="y", type="page", title="zebra", principles=("one",)),
        ]
    )
    return engine


def test_facets_count_what_was_found(filed):
    results = filed.search(Query("anchor"))
    assert results.count == 5
    assert counts(results, "type") == {"case-study": 3, "page": 1, "principle": 1}
    assert counts(results, "principle") == {"one": 3, "two": 2}


def test_choices_of_one_facet_mean_or(filed):
    results = filed.search(Query("anchor", {"type": ("principle", "page")}))
    assert set(keys(results)) == {"p1", "x"}


def test_choices_of_two_facets_mean_and(filed):
    results = filed.search(Query("anchor", {"type": ("case-study",), "principle": ("one",)}))
    assert set(keys(results)) == {"c1", "c2"}
    assert results.count == 2


def test_a_facets_counts_lift_its_own_choice_only(filed):
    results = filed.search(Query("anchor", {"type": ("principle",), "principle": ("two",)}))
    assert results.count == 0
    assert counts(results, "type") == {"case-study": 2}
    assert counts(results, "principle") == {"one": 1}


def test_a_chosen_value_is_told(filed):
    results = filed.search(Query("anchor", {"type": ("page",)}))
    assert {c.value: c.chosen for c in results.facets["type"]} == {
        "case-study": False,
        "page": True,
        "principle": False,
    }


def test_other_facets_are_counted_where_asked_for(engine):
    engine.put([EntryFactory(title="anchor", council="bradford", region="london")])
    results = engine.search(Query("anchor", facets=("council", "region")))
    assert counts(results, "council") == {"bradford": 1}
    assert counts(results, "region") == {"london": 1}
    assert "type" not in results.facets


def test_a_value_that_nothing_has_finds_nothing(filed):
    assert filed.search(Query("anchor", {"type": ("nonsense\x00",)})).count == 0


def test_themes_and_years_are_facets(engine):
    engine.put(
        [
            EntryFactory(key="a", title="anchor", theme="buying", date="2019-07"),
            EntryFactory(key="b", title="anchor", theme="buying", date="2024"),
            EntryFactory(key="c", title="anchor"),
        ]
    )
    results = engine.search(Query("anchor", {"year": ("2019",)}, facets=("theme", "year")))
    assert keys(results) == ["a"]
    assert counts(results, "theme") == {"buying": 1}
    assert counts(results, "year") == {"2019": 1, "2024": 1}


# ---- Order --------------------------------------------------------------------------


def test_what_is_found_can_be_put_in_another_order(engine):
    engine.put(
        [
            EntryFactory(key="b", title="Zinc anchor", date="2019-07"),
            EntryFactory(key="a", title="The anchor", date="2019"),
            EntryFactory(key="c", title="anchor", body="long " * 50),
            EntryFactory(key="d", title="Éclair anchor", date="2024-01-02"),
        ]
    )
    assert keys(engine.search(Query("anchor", sort="newest"))) == ["d", "b", "a", "c"]
    assert keys(engine.search(Query("anchor", sort="title"))) == ["c", "d", "a", "b"]
    assert keys(engine.search(Query("anchor", sort="nonsense")))[0] == "c"


# ---- Words of the sector ------------------------------------------------------------


def test_words_that_stand_for_each_other_find_all_of_them(engine):
    engine.put(
        [
            EntryFactory(key="cat", title="A CAT in practice"),
            EntryFactory(key="transfer", title="Transfer of one asset"),
            EntryFactory(key="owned", title="Community ownership"),
            EntryFactory(title="Ownership"),
        ]
    )
    rules = (WordRule(("CAT", "asset transfer", "community ownership")),)
    for asked in ("cat", "Asset Transfers", "community ownership"):
        assert {"cat", "owned"} <= set(keys(engine.search(Query(asked, rules=rules))))
    found = keys(engine.search(Query("asset transfer", rules=rules)))
    assert found[0] == "transfer"
    assert set(found) == {"cat", "transfer", "owned"}
    assert keys(engine.search(Query("cat"))) == ["cat"]


def test_a_word_may_find_another_and_not_be_found_by_it(engine):
    engine.put([EntryFactory(key="c", title="Calderdale"), EntryFactory(key="h", title="Halifax")])
    rules = (WordRule(("Halifax",), also=("Calderdale",)),)
    assert keys(engine.search(Query("halifax", rules=rules))) == ["h", "c"]
    assert keys(engine.search(Query("calderdale", rules=rules))) == ["c"]


def test_a_small_word_counts_within_an_expression_of_a_rule(engine):
    engine.put([EntryFactory(key="a", title="Endorse the principles"), EntryFactory()])
    rules = (WordRule(("become a member", "endorse")),)
    assert keys(engine.search(Query("how to become a member", rules=rules))) == ["a"]


def test_other_words_must_be_there_beside_what_stands_for_one(engine):
    engine.put(
        [
            EntryFactory(key="both", body="The third sector and contracts."),
            EntryFactory(body="third sector"),
            EntryFactory(body="contracts"),
        ]
    )
    rules = (WordRule(("VCSE", "third sector")),)
    results = engine.search(Query("vcse contracts", rules=rules, fill=False))
    assert keys(results) == ["both"]
    assert text(results.hits[0].summary) == "The [third sector] and [contracts]."


def test_what_an_exact_expression_also_finds_is_found_by_stems(engine):
    engine.put(
        EntryFactory(key=key, title=key) for key in ("Locality", "local", "Charities", "Charity")
    )
    rule = WordRule(("Locality",), also=("charity",), as_written=True)
    found = engine.search(Query("locality", rules=(rule,)))
    assert sorted(keys(found)) == ["Charities", "Charity", "Locality"]
    assert keys(found)[0] == "Locality"


def test_as_written_is_side_by_side_and_without_stems(engine):
    engine.put(
        [
            EntryFactory(key="anchor", body="a community anchor in town"),
            EntryFactory(key="apart", body="an anchor institution of the community"),
            EntryFactory(key="charity", body="Locality is a charity."),
            EntryFactory(key="local", body="local charity"),
        ]
    )
    rules = (
        WordRule(("community anchor",), as_written=True),
        WordRule(("Locality",), as_written=True),
    )
    assert keys(engine.search(Query("community anchor", rules=rules))) == ["anchor"]
    assert keys(engine.search(Query("locality", rules=rules))) == ["charity"]
    assert keys(engine.search(Query("charity locality", rules=rules, fill=False))) == ["charity"]


def test_what_means_something_else_comes_last(engine):
    engine.put(
        [
            EntryFactory(key="working", title="Locality working"),
            EntryFactory(key="charity", body="A charity called Locality. " * 9),
        ]
    )
    rule = WordRule(("Locality",), as_written=True, unlike=("locality working",))
    assert keys(engine.search(Query("locality", rules=(rule,)))) == ["charity", "working"]


def test_what_stands_for_a_word_is_never_in_an_answer_that_excludes_it(engine):
    engine.put([EntryFactory(key="a", title="third sector"), EntryFactory(key="b", title="VCSE")])
    query = Query("vcse", rules=(WordRule(("VCSE", "third sector")),), exclude=frozenset({"a"}))
    assert keys(engine.search(query)) == ["b"]


def test_rule_of_small_words_is_found_side_by_side_only(engine):
    engine.put(
        [
            EntryFactory(key="said", body="It did not work."),
            EntryFactory(key="instead", body="What was hard: the roof"),
            EntryFactory(key="neither", body="They did work, and that was not hard."),
        ]
    )
    rule = WordRule(("did not work", "what was hard"))
    assert set(keys(engine.search(Query("what did not work", rules=(rule,))))) == {
        "said",
        "instead",
    }


def test_weight_orders_entries_that_fit_equally(engine):
    engine.put(
        EntryFactory(key=key, title="Council", body=body, weight=weight)
        for key, body, weight in [
            ("former", "in Yorkshire", 0.5),
            ("council", "in Yorkshire", 1.0),
            ("member", "in Yorkshire", 1.5),
            ("other", "elsewhere", 1.5),
        ]
    )
    assert keys(engine.search(Query("council in yorkshire")))[:3] == ["member", "council", "former"]
    assert keys(engine.search(Query("yorkshire zzz"))) == ["member", "council", "former"]


# ---- Spelling -----------------------------------------------------------------------


@pytest.fixture
def spelled(engine):
    engine.put(
        [
            EntryFactory(key="brd", title="Bradford multiplier"),
            EntryFactory(key="proc", body="local procurement, procurement"),
            EntryFactory(key="typo", body="procuremant"),
            EntryFactory(body="procurement once more"),
            EntryFactory(body="Good logs, even an organisation that is a corporation"),
        ]
    )
    return engine


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("bradfrod", "Bradford"),
        ("Bradfrod multiplier", "Bradford multiplier"),
        ("bradfrod multplier", "Bradford multiplier"),
        ("procurememt", "procurement"),
        ("vradford", "Bradford"),
        ("bradfrod zzz", "Bradford zzz"),
    ],
)
def test_a_word_that_nothing_holds_is_spelled_as_entries_spell_it(spelled, asked, meant):
    results = spelled.search(Query(asked))
    assert results.did_you_mean == meant
    assert spelled.search(Query(meant)).count


@pytest.mark.parametrize(
    "asked", ["bradford", "procuring", "bradf", "zzzzzzz", "xyz", "zzzzzzz xyz"]
)
def test_nothing_is_corrected_where_nothing_is_wrong_or_nothing_near(spelled, asked):
    assert spelled.search(Query(asked)).did_you_mean == ""


@pytest.mark.parametrize(
    "asked", ["food", "reorganisation", "logo", "event", "cooperation", "spend file"]
)
def test_an_english_word_is_never_corrected(spelled, asked):
    assert spelled.search(Query(asked)).did_you_mean == ""


def test_correction_is_written_as_most_entries_write_a_name(spelled):
    spelled.put([EntryFactory(body="www.bradford.gov.uk or at@bradford.gov.uk. BRADFORD")])
    spelled.put([EntryFactory(body="In Bradford"), EntryFactory(body="PROCUREMENT")])

    assert spelled.search(Query("bradfrod")).did_you_mean == "Bradford"
    assert spelled.search(Query("procurememt")).did_you_mean == "procurement"


def test_what_is_excluded_spells_nothing(spelled):
    hidden = frozenset({"brd"})
    assert spelled.search(Query("bradfrod", exclude=hidden)).did_you_mean == ""
    spelled.remove(["brd"])
    assert spelled.search(Query("bradfrod")).did_you_mean == ""


def test_nothing_is_corrected_to_what_the_choices_leave_out(spelled):
    assert spelled.search(Query("bradfrod", {"type": ("nonsense",)})).did_you_mean == ""


# ---- Suggestions --------------------------------------------------------------------


@pytest.fixture
def named(engine):
    engine.put(
        [
            EntryFactory(key="brd", type="council", title="Bradford", names=("BMDC",)),
            EntryFactory(key="boa", type="council", title="Bradford on Avon", note="Town"),
            EntryFactory(key="study", type="case-study", title="How Bradford buys"),
            EntryFactory(key="body", title="Other", body="Bradford"),
            EntryFactory(key="cal", type="council", title="Calderdale", names=("Halifax Council",)),
        ]
    )
    return engine


def suggested(engine, prefix, limit=8, **kwargs):
    return [suggestion.key for suggestion in engine.suggest(prefix, limit, **kwargs)]


def test_names_that_go_on_are_suggested_the_thing_itself_first(named):
    assert suggested(named, "brad") == ["brd", "boa", "study"]
    assert suggested(named, "Bradford") == ["brd", "boa", "study"]
    assert suggested(named, "BRADFORD o") == ["boa"]
    assert suggested(named, "buys brad") == ["study"]
    assert suggested(named, "brad", limit=1) == ["brd"]


def test_a_suggestion_tells_the_name_that_was_typed(named):
    [suggestion] = named.suggest("halif", 5)
    assert (suggestion.title, suggestion.name) == ("Calderdale", "Halifax Council")
    [suggestion] = named.suggest("bradford on", 5)
    assert (suggestion.name, suggestion.note, suggestion.type) == ("", "Town", "council")


def test_a_thing_with_hundreds_of_names_is_suggested(engine):
    names = tuple(f"{'An old and very long name' * 8} {n}" for n in range(300))
    engine.put([EntryFactory(key="many", title="Bradford é", names=names)])
    [suggestion] = engine.suggest("brad", 5)
    assert (suggestion.key, suggestion.title, suggestion.name) == ("many", "Bradford é", "")


def test_suggestions_keep_to_types_and_leave_out_what_is_excluded(named):
    assert suggested(named, "brad", types=("case-study",)) == ["study"]
    assert suggested(named, "brad", exclude=frozenset({"brd", "study"})) == ["boa"]


@pytest.mark.parametrize("prefix", ["", " ", "\x00", '"', "zzz", "*", "b* OR c"])
def test_nothing_is_suggested_for_nothing(named, prefix):
    assert named.suggest(prefix, 5) == ()


# ---- Pages --------------------------------------------------------------------------


def test_a_caller_may_want_names_and_no_marks(engine):
    engine.put([EntryFactory(key="a", title="anchor", summary="In short.", body="anchor")])
    [hit] = engine.search(Query("anchor", marks=False)).hits
    assert (text(hit.title), text(hit.summary)) == ("anchor", "In short.")


def test_pages_hold_everything_once(engine):
    engine.put(EntryFactory(key=f"k{n}", title="anchor") for n in range(23))
    pages = [engine.search(Query("anchor", page=n, size=10)) for n in (1, 2, 3)]
    assert [len(page.hits) for page in pages] == [10, 10, 3]
    assert {page.count for page in pages} == {23}
    assert len({key for page in pages for key in keys(page)}) == 23


@pytest.mark.parametrize(("asked", "got"), [(0, "k0"), (-5, "k0"), (10**30, "k2")])
def test_a_page_that_is_not_there_is_the_nearest_that_is(engine, asked, got):
    engine.put(EntryFactory(key=f"k{n}", title="anchor") for n in range(3))
    assert keys(engine.search(Query("anchor", page=asked, size=1))) == [got]


# ---- Writing ------------------------------------------------------------------------


def test_put_replaces_what_has_the_same_key(engine):
    engine.put([EntryFactory(key="a", title="anchor", names=("ropewalk",))])
    engine.put([EntryFactory(key="a", title="buoy")])
    assert engine.count() == 1
    assert engine.search(Query("anchor")).count == 0
    assert engine.search(Query("ropewalk")).count == 0
    assert keys(engine.search(Query("buoy"))) == ["a"]


def test_what_is_removed_leaves_nothing_behind(engine):
    engine.put([EntryFactory(key="a", title="anchor", principles=("one",))])
    engine.put([EntryFactory(key="b", title="anchor", principles=("two",))])
    engine.remove(["a", "unknown"])
    results = engine.search(Query("anchor"))
    assert keys(results) == ["b"]
    assert counts(results, "principle") == {"two": 1}
    assert engine.count() == 1


def test_what_is_excluded_is_in_no_count(filed):
    results = filed.search(Query("anchor", exclude=frozenset({"c1", "x", "unknown"})))
    assert set(keys(results)) == {"p1", "c2", "c3"}
    assert results.count == 3
    assert counts(results, "type") == {"case-study": 2, "principle": 1}


def test_what_is_excluded_is_out_of_loosened_and_unfinished_finds_too(filed):
    out = frozenset({"p1", "c1", "c2", "c3", "x"})
    assert filed.search(Query("anchor unheard", exclude=out)).count == 0
    assert filed.search(Query("anch", exclude=out)).count == 0


def test_replacing_everything_forgets_the_old(engine):
    engine.put([EntryFactory(title="anchor")])
    assert engine.replace_all([EntryFactory(title="buoy"), EntryFactory()]) == 2
    assert engine.search(Query("anchor")).count == 0
    assert engine.count() == 2


def test_the_old_index_answers_until_the_new_one_is_complete(engine):
    engine.put([EntryFactory(key="old", title="anchor")])
    seen = []

    def entries():
        yield EntryFactory(key="new", title="anchor")
        seen.extend(keys(another(engine).search(Query("anchor"))))

    engine.replace_all(entries())
    assert seen == ["old"]
    assert keys(engine.search(Query("anchor"))) == ["new"]


def test_a_build_that_breaks_off_leaves_the_old_index(engine):
    engine.put([EntryFactory(key="old", title="anchor")])

    def entries():
        yield EntryFactory(title="anchor")
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError):
        engine.replace_all(entries())
    assert keys(engine.search(Query("anchor"))) == ["old"]


def test_an_engine_that_was_never_built_says_so(new_engine):
    assert not new_engine.is_current()
    with pytest.raises(EngineUnavailable):
        new_engine.search(Query("anchor"))
    with suppress(EngineUnavailable):
        new_engine.put([EntryFactory(title="anchor")])
    assert not new_engine.is_current()
    with pytest.raises(EngineUnavailable):
        new_engine.search(Query("anchor"))
    assert new_engine.needs_building()
    new_engine.replace_all([])
    assert new_engine.is_current()
    assert not new_engine.needs_building()
