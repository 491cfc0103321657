"""What happened at Harbour Market: incidents told through the real commands, at the times when things happened.

Their entries say when they happened and, truthfully, that they were recorded when the demo was loaded.
"""

from collections.abc import Mapping
from datetime import timedelta

from tocsin.cli.demo.past import remember
from tocsin.cli.demo.reporting import report
from tocsin.cli.demo.story import Cast, Story
from tocsin.cli.demo.telling import PublicPage, open_page
from tocsin.cli.demo.watching import watch
from tocsin.kernel.clock import now


def tell(people: Mapping[str, str]) -> None:
    """All of them, oldest first, so that numbers grow with time."""
    at, cast = now(), Cast(people)
    page = open_page(people)
    remember(cast)
    _card_tokens(Story(cast, at - timedelta(days=6, hours=5)), page)
    _leaked_key(Story(cast, at - timedelta(days=4, hours=2)))
    _search_stale(Story(cast, at - timedelta(days=2, hours=9)))
    _seller_list(Story(cast, at - timedelta(hours=30)))
    _seller_mails(Story(cast, at - timedelta(days=1, hours=3)))
    _delivery_slots(Story(cast, at - timedelta(hours=2, minutes=40)))
    page.upgrade()
    _checkout(Story(cast, at - timedelta(minutes=24)), page)
    watch()


def _card_tokens(story: Story, page: PublicPage) -> None:
    story.declare(
        2,
        "farid.rahimi",
        title="Card tokens rejected, one payment in three fails",
        kind="disruption",
        severity="critical",
        services=("card-payments", "checkout"),
        summary="The card provider refuses tokens made before midnight.",
    )
    story.says(3, "amina.diallo", "acknowledge")
    story.says(5, "farid.rahimi", "assign_role", role="operations", person=story.person("farid.rahimi"))
    story.says(6, "priya.raghunathan", "write", text="Customers write that their card is refused; 41 tickets so far.")
    task = story.says(
        8, "amina.diallo", "add_task", title="Ask the provider's hotline", owner=story.person("farid.rahimi")
    )
    story.says(14, "amina.diallo", "decide", text="Switch to the second provider for new payments.")
    told = story.says(
        16,
        "priya.raghunathan",
        "send_status_update",
        internal="One payment in three fails. Moving to the second provider.",
        public="Some card payments fail at the moment. We are working on it; orders are kept.",
    )
    story.done(21, "farid.rahimi", task)
    story.says(31, "farid.rahimi", "mitigate", note="All new payments go through the second provider.")
    story.says(
        118,
        "farid.rahimi",
        "resolve",
        note="Tokens made again; first provider back at full share.",
        root_cause="A rotated key of the provider was not taken over by our token cache.",
        reason="No alert watches tokens; 400 payments in a row went through by hand count.",
    )
    page.card_payments(story.id, told, story.moment(0))
    report(story)
    story.says(2 * 1440 + 5, "amina.diallo", "close", reason="Reviewed; two follow-ups are tracked.")


def _leaked_key(story: Story) -> None:
    story.declare(
        4,
        "ifeoma.balogun",
        title="Key of the export bucket found in a public repository",
        kind="security",
        severity="high",
        services=("seller-tools",),
        summary="A contractor's repository held a read-only key for 9 days.",
    )
    story.says(5, "ifeoma.balogun", "acknowledge")
    story.says(9, "ifeoma.balogun", "decide", text="Revoke the key before reading the access log.")
    story.says(11, "ifeoma.balogun", "mitigate", note="The key is revoked.")
    story.says(190, "ifeoma.balogun", "write", text="The access log shows our own job and nobody else.")
    story.says(
        200,
        "ifeoma.balogun",
        "resolve",
        note="No foreign access in 9 days of log.",
        root_cause="A key was written into a test file.",
        reason="A key raises no alert; the access log of nine days proves it.",
    )


def _search_stale(story: Story) -> None:
    story.declare(
        6,
        "linh.tran",
        title="Search shows sold-out goods as available",
        kind="user_impact",
        severity="medium",
        services=("search", "search-index"),
        summary="The index is eleven hours behind the shop.",
    )
    story.says(12, "linh.tran", "acknowledge")
    story.says(40, "linh.tran", "write", text="The indexer waits for a lock that a migration left behind.")
    story.says(55, "tomasz.wieczorek", "mitigate", note="Lock released; the index catches up by 9 %/min.")
    story.says(
        70,
        "linh.tran",
        "resolve",
        note="Index up to date.",
        root_cause="A migration kept an advisory lock.",
        reason="Nothing watches the age of the index; the newest goods were found by hand.",
    )


def _seller_list(story: Story) -> None:
    """A breach of personal data: whom the law wants told, decided and under way."""
    ifeoma = "ifeoma.balogun"
    story.declare(
        25,
        ifeoma,
        title="List of sellers with addresses sent to the wrong supplier",
        kind="security",
        severity="high",
        services=("seller-tools",),
        summary="214 sellers: name, address and turnover of October, in one mail to one supplier.",
        restricted=False,
    )
    story.says(26, ifeoma, "acknowledge")
    story.legal(
        31,
        ifeoma,
        "note",
        facts={"personal_data": "yes", "high_risk": "no", "significant": "no"},
        numbers={"people": 214},
        moments={"aware": story.moment(20)},
    )
    story.legal(34, ifeoma, "start", regime="gdpr", reason="Names and addresses of natural persons are in the list.")
    story.legal(36, ifeoma, "set_aside", regime="nis2", reason="No service was disturbed and nothing was lost.")
    story.says(52, ifeoma, "decide", text="Have the supplier delete the mail and confirm it in writing.")
    story.legal(
        55, ifeoma, "decide", regime="gdpr", notify=True, reason="A harm to the sellers cannot be ruled out by Friday."
    )
    story.says(190, ifeoma, "mitigate", note="The supplier deleted the mail and its copies, and has written so.")


def _seller_mails(story: Story) -> None:
    story.declare(
        15,
        "rui.sequeira",
        title="Seller export mails arrive twice",
        kind="user_impact",
        severity="low",
        services=("seller-tools",),
        summary="Sellers get the nightly export twice. No data is wrong.",
    )
    story.says(50, "zeynep.arslan", "acknowledge")
    story.says(64, "zeynep.arslan", "write", text="The mail vendor repeats after its own timeout; asked them to look.")


def _delivery_slots(story: Story) -> None:
    story.declare(
        4,
        "keiko.tanabe",
        title="Delivery slots slow in Lisbon and Porto",
        kind="user_impact",
        severity="medium",
        services=("delivery-slots", "routing"),
        summary="Choosing a slot takes 12 s instead of 1 s for customers in two cities.",
    )
    story.says(6, "keiko.tanabe", "acknowledge")
    story.says(31, "keiko.tanabe", "decide", text="Turn live traffic off for Portugal.")
    story.says(48, "zeynep.arslan", "write", text="Slots in 1.4 s since live traffic is off. Watching.")
    story.says(60, "keiko.tanabe", "mitigate", note="Fast again without live traffic.")


def _checkout(story: Story, page: PublicPage) -> None:
    story.declare(
        1,
        "tomasz.wieczorek",
        title="Checkout fails for two in five orders",
        kind="disruption",
        severity="critical",
        services=("checkout", "pg-main"),
        summary="Payments are taken, then the order is not saved: pg-main refuses writes on its second node.",
    )
    story.says(2.5, "amina.diallo", "acknowledge")
    story.says(4, "mateo.fuentes", "assign_role", role="operations", person=story.person("mateo.fuentes"))
    story.says(5, "priya.raghunathan", "write", text="Care sees about 30 calls a minute; the wording for them is out.")
    story.says(
        6, "amina.diallo", "add_task", title="Fail pg-main over to Frankfurt B", owner=story.person("mateo.fuentes")
    )
    story.says(
        7, "amina.diallo", "add_task", title="List paid orders without a basket", owner=story.person("linh.tran")
    )
    story.says(9, "mateo.fuentes", "write", text="Replication to Frankfurt B is 4 s behind: safe to fail over.")
    story.says(11, "amina.diallo", "decide", text="Fail over to Frankfurt B; accept 30 s without writes.")
    told = story.says(
        13,
        "amina.diallo",
        "send_status_update",
        internal="Two in five orders fail. Failing pg-main over to Frankfurt B now.",
        public="Some orders cannot be completed. We have found the cause and are fixing it.",
    )
    story.says(19, "mateo.fuentes", "write", text="Failover done; 3 % of orders fail, and falling.")
    page.checkout(story.id, told, story.moment(0))
