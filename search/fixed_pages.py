"""The pages that no editor made and people look for: the calculator, joining, the register.

Their words are those of their templates, shortened; who changes one changes the other.
"""

from search.engines import Entry

FIXED: tuple[tuple[str, Entry], ...] = (
    (
        "multiplier:calculator",
        Entry(
            key="fixed:multiplier",
            type="page",
            title="Local multiplier calculator",
            url="",
            names=("Multiplier", "LM3", "Local Multiplier 3", "LM3 calculator"),
            summary="How far does your money go, locally? Follow one income through three rounds "
            "of spending: how much is spent again in the area, and how much leaks away.",
            body="Work out a local multiplier (LM3, LM2) for a provider, a council or a household. "
            "Income, staff, suppliers, subcontractors, premises, tax and surplus; what share is "
            "local and what is spent again locally. Leave blank what you do not know: the answer "
            "shows the range. How many times is a pound spent again? Compare two bids, shift "
            "spending from far away to local suppliers, check a figure that somebody claims. "
            "What £2.52 means: each £1 of Bradford Trident’s income, and £1.52 spent again, as "
            "Tony Armstrong, Locality’s chief executive, wrote in July 2019. "
            "Nothing that you type is stored.",
        ),
    ),
    (
        "multiplier:method",
        Entry(
            key="fixed:multiplier-method",
            type="page",
            title="How the multiplier is worked out",
            url="",
            names=("LM3 method", "Multiplier method"),
            summary="Formula, conventions, limits and sources of the local multiplier, and what "
            "must be true for Bradford Trident’s £2.52.",
            body="LM3 and LM2, standard and extended. Whose money is round 1: provider, council, "
            "household. What counts as local. Unknown shares and their ranges, surveys. Published "
            "figures: Esh Group, Halifax, Barcelona. Leakage, the Keynesian series, displacement, "
            "deadweight. How it is misread, what critics say, literature, NEF, The Money Trail.",
        ),
    ),
    (
        "network:join",
        Entry(
            key="fixed:join",
            type="page",
            title="Join as a council",
            url="",
            names=("Join the network", "Sign up your council", "How a council joins"),
            summary="Any English council can join. It endorses six principles in public, names two "
            "champions and opens a conversation with its community. There is no fee.",
            body="What your council commits to. Who signs: the leader, elected mayor or committee "
            "chair, and the chief executive or head of paid service, each by an emailed link. "
            "What membership costs: nothing. Champions: a lead councillor and a senior officer "
            "who speak up for it. What to have ready, and what happens next. Save and come back.",
        ),
    ),
    (
        "network:councils",
        Entry(
            key="fixed:councils",
            type="page",
            title="Councils: which are members?",
            url="",
            names=("Members", "Directory of councils", "Map of members"),
            summary="Every council in England, and whether it is a member of the Keep it Local "
            "Network. List and map, by region and kind.",
            body="Is your council a member? Which councils are members of the network, as a list "
            "and as a map. Find a council by name, other name or code.",
        ),
    ),
)
