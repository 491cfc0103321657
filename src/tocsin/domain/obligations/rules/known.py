"""Edition 1 of the legal clocks: what the texts say, each with its citation and the day it was checked.

Data in the form that administrators edit. Checked against the texts; no legal advice.
"""

from typing import Any

CHECKED = "2026-11-01"
AUTHORITY_MONTH = {"amount": 1, "unit": "months"}
_US = "federal_us"


def _hours(key: str, owed: str, to: str, amount: int, citation: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "owed": owed,
        "to": to,
        "trigger": "aware",
        "amount": amount,
        "unit": "hours",
        "citation": citation,
        **more,
    }


def _gdpr(key: str, name: str, law: str, link: str, authority: str, version: str) -> dict[str, Any]:
    note = "Without undue delay; not with data made unintelligible (art. 34(3))."
    people = {"when": "high_risk", "note": note}
    return {
        "key": key,
        "name": name,
        "citation": law,
        "text_version": version,
        "checked_on": CHECKED,
        "link": link,
        "who": ["controller", "processor"],
        "kinds": ["security"],
        "facts": ["personal_data"],
        "register": "Art. 33(5): facts, effects and remedial action are kept for every breach, reported or not.",
        "clocks": [
            _hours(
                "authority",
                "Notification of the breach",
                authority,
                72,
                "Art. 33(1)",
                note="Not if a risk to people is unlikely; later than 72 h with the reasons. A processor only tells "
                "its controller.",
            ),
            _hours("controller", "Notice to the controller", "The controller", 0, "Art. 33(2)", only_for=["processor"]),
            _hours("people", "Communication to those concerned", "People concerned", 0, "Art. 34(1)", **people),
        ],
    }


def _nis2() -> dict[str, Any]:
    to = "CSIRT or competent authority"
    one = {"trigger": "submitted", "after": "notification", **AUTHORITY_MONTH}
    return {
        "key": "nis2",
        "name": "NIS2",
        "citation": "Directive (EU) 2022/2555, art. 23(4)",
        "text_version": "OJ L 333, 27.12.2022; national law may add to it",
        "checked_on": CHECKED,
        "link": "https://eur-lex.europa.eu/eli/dir/2022/2555/oj",
        "who": ["nis2", "trust_service"],
        "kinds": ["security", "disruption"],
        "facts": ["significant"],
        "clocks": [
            _hours("early_warning", "Early warning", to, 24, "Art. 23(4)(a)"),
            _hours(
                "notification",
                "Incident notification",
                to,
                72,
                "Art. 23(4)(b) and second subparagraph",
                amount_for={"trust_service": 24},
            ),
            {
                "key": "progress",
                "owed": "Progress report, if it is still handled then",
                "to": to,
                "citation": "Art. 23(4)(e)",
                "ongoing": True,
                **one,
            },
            {
                "key": "final",
                "owed": "Final report",
                "to": to,
                "citation": "Art. 23(4)(d), (e)",
                "displaced_by": "progress",
                "displaced_trigger": "ended",
                "note": "After a progress report: one month after its handling ended.",
                **one,
            },
        ],
    }


def _report(key: str, owed: str, citation: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "owed": owed, "to": "Competent authority", "citation": f"2025/301 art. 5{citation}", **more}


def _dora() -> dict[str, Any]:
    off = {"weekend": True, "weekend_not_for": ["credit_institution", "nis2"]}
    capped = {"trigger": "classified", "amount": 4, "cap_trigger": "aware", "cap_hours": 24}
    after = {"trigger": "submitted", "after": "initial", "amount": 72}
    last = {"trigger": "submitted", "after": "intermediate, updated", "weekend": True, **AUTHORITY_MONTH}
    recovered = "Without undue delay, in any case once regular activities are recovered."
    return {
        "key": "dora",
        "name": "DORA",
        "citation": "Regulation (EU) 2022/2554 art. 19(4), Delegated Regulation (EU) 2025/301 art. 5",
        "text_version": "OJ L, 2025/301, 20.2.2025",
        "checked_on": CHECKED,
        "link": "https://eur-lex.europa.eu/eli/reg_del/2025/301/oj",
        "who": ["financial", "credit_institution"],
        "kinds": ["security", "disruption"],
        "facts": ["critical_function"],
        "clocks": [
            _report("initial", "Initial notification", "(1)(a), (2)", **capped, **off),
            _report("intermediate", "Intermediate report", "(1)(b)", **after, **off),
            _report("updated", "Updated intermediate report", "(1)(b)", trigger="recovered", amount=0, note=recovered),
            _report("final", "Final report", "(1)(c)", **last),
        ],
    }


def _cra(key: str, name: str, fact: str, last: dict[str, Any], cited: str) -> dict[str, Any]:
    to = "CSIRT and ENISA, by the single reporting platform"
    return {
        "key": key,
        "name": name,
        "citation": f"Regulation (EU) 2024/2847, art. 14({cited})",
        "text_version": "OJ L, 2024/2847, 20.11.2024; applies from 11 September 2026",
        "checked_on": CHECKED,
        "link": "https://eur-lex.europa.eu/eli/reg/2024/2847/oj",
        "who": ["manufacturer"],
        "kinds": ["security"],
        "facts": [fact],
        "clocks": [
            _hours("early_warning", "Early warning", to, 24, f"Art. 14({cited})(a)"),
            _hours("notification", "Notification", to, 72, f"Art. 14({cited})(b)"),
            {"key": "final", "owed": "Final report", "to": to, "citation": f"Art. 14({cited})(c)", **last},
            _hours("users", "Information of the users", "Impacted users", 0, "Art. 14(8)"),
        ],
    }


def _hipaa() -> dict[str, Any]:
    sixty = {"trigger": "aware", "amount": 60, "unit": "calendar_days", "calendar": _US, "hold": True}
    return {
        "key": "hipaa",
        "name": "HIPAA",
        "citation": "45 CFR 164.404 to 164.412",
        "text_version": "78 FR 5695, 25 January 2013",
        "checked_on": CHECKED,
        "link": "https://www.ecfr.gov/current/title-45/part-164/subpart-D",
        "who": ["hipaa"],
        "kinds": ["security"],
        "facts": ["health_data"],
        "clocks": [
            {"key": "people", "owed": "Notice to individuals", "to": "Each individual", "citation": "164.404", **sixty},
            {
                "key": "department",
                "owed": "Notice to the Secretary",
                "to": "Department of Health and Human Services",
                "citation": "164.408(b)",
                "counts": "people",
                "at_least": 500,
                **sixty,
            },
            {
                "key": "department_yearly",
                "owed": "Notice to the Secretary, yearly",
                "to": "Department of Health and Human Services",
                "citation": "164.408(c)",
                "counts": "people",
                "below": 500,
                "year_end": True,
                **sixty,
            },
            {
                "key": "media",
                "owed": "Notice to the media",
                "to": "Prominent media of the State",
                "citation": "164.406",
                "counts": "residents",
                "at_least": 501,
                **sixty,
            },
        ],
    }


def _sec() -> dict[str, Any]:
    return {
        "key": "sec",
        "name": "SEC Form 8-K",
        "citation": "Form 8-K, item 1.05",
        "text_version": "88 FR 51896, 4 August 2023",
        "checked_on": CHECKED,
        "link": "https://www.sec.gov/files/form8-k.pdf",
        "who": ["sec"],
        "kinds": ["security"],
        "clocks": [
            {
                "key": "form_8k",
                "owed": "Form 8-K, item 1.05",
                "to": "SEC",
                "trigger": "material",
                "amount": 4,
                "unit": "business_days",
                "calendar": "sec",
                "hold": True,
                "citation": "Item 1.05(a), (c); general instruction B.1",
                "note": "The Attorney General may delay it: 30 days, then 30, then 60.",
            }
        ],
    }


def _california() -> dict[str, Any]:
    days = {"unit": "calendar_days", "calendar": "california", "hold": True}
    people = {"key": "people", "owed": "Notice to residents", "to": "Each resident concerned", "citation": "1798.82(a)"}
    sample = {"key": "attorney_general", "owed": "Sample of the notice", "to": "Attorney General"}
    return {
        "key": "california",
        "name": "California",
        "citation": "Civil Code 1798.82",
        "text_version": "As amended by SB 446, from 1 January 2026",
        "checked_on": CHECKED,
        "link": "https://leginfo.legislature.ca.gov/",
        "who": ["california"],
        "kinds": ["security"],
        "facts": ["personal_data"],
        "clocks": [
            {**people, "trigger": "aware", "amount": 30, **days},
            {
                **sample,
                "citation": "1798.82(f)",
                "trigger": "submitted",
                "after": "people",
                "amount": 15,
                "counts": "residents",
                "at_least": 501,
                **days,
            },
        ],
    }


def _nydfs() -> dict[str, Any]:
    days = {"unit": "calendar_days", "calendar": _US}
    return {
        "key": "nydfs",
        "name": "NYDFS",
        "citation": "23 NYCRR 500.17",
        "text_version": "Second amendment, 1 November 2023",
        "checked_on": CHECKED,
        "link": "https://www.dfs.ny.gov/industry_guidance/cybersecurity",
        "who": ["nydfs"],
        "kinds": ["security"],
        "clocks": [
            _hours("notice", "Notice of a cybersecurity incident", "NYDFS", 72, "500.17(a)", trigger="determined"),
            _hours("payment", "Notice of the payment", "NYDFS", 24, "500.17(c)(1)", trigger="paid"),
            _hours("explanation", "Explanation of the payment", "NYDFS", 30, "500.17(c)(2)", trigger="paid", **days),
        ],
    }


def _others() -> list[dict[str, Any]]:
    cards = {"trigger": "aware", "unit": "business_days"}
    return [
        {
            "key": "pci",
            "name": "Card brands (PCI)",
            "citation": "Visa, What To Do If Compromised; Mastercard, Account Data Compromise User Guide",
            "text_version": "As the contract with the acquirer has them",
            "checked_on": CHECKED,
            "who": ["cards"],
            "kinds": ["security"],
            "facts": ["card_data"],
            "clocks": [
                {"key": "acquirer", "owed": "Word to the acquirer", "to": "Acquiring bank", "amount": 0, **cards},
                {"key": "report", "owed": "Incident report", "to": "Acquiring bank, card brands", "amount": 3, **cards},
                {"key": "numbers", "owed": "Card numbers at risk", "to": "Card brands", "amount": 10, **cards},
            ],
        }
    ]


BUILT_IN: dict[str, Any] = {
    "who": [],
    "calendars": {
        _US: {"zone": "America/New_York", "holidays": "US"},
        "sec": {"zone": "America/New_York", "opens": "06:00", "closes": "17:30", "holidays": "US"},
        "california": {"zone": "America/Los_Angeles", "holidays": "US-CA"},
    },
    "regimes": [
        _gdpr(
            "gdpr",
            "GDPR",
            "Regulation (EU) 2016/679, art. 33 and 34",
            "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
            "Supervisory authority",
            "OJ L 119, 4.5.2016",
        ),
        _gdpr(
            "uk_gdpr",
            "UK GDPR",
            "UK GDPR, art. 33 and 34",
            "https://www.legislation.gov.uk/eur/2016/679",
            "Information Commissioner",
            "As retained and amended, Data (Use and Access) Act 2025",
        ),
        _nis2(),
        _dora(),
        _cra(
            "cra_vulnerability",
            "CRA, exploited vulnerability",
            "exploited",
            {"trigger": "fix", "amount": 14, "unit": "calendar_days"},
            "2",
        ),
        _cra(
            "cra_incident",
            "CRA, severe incident",
            "product",
            {"trigger": "submitted", "after": "notification", **AUTHORITY_MONTH},
            "4",
        ),
        _hipaa(),
        _sec(),
        _california(),
        _nydfs(),
        *_others(),
    ],
}
