"""The audit file as pydantic sees it: its keys and types. What stands in texts is read by `file.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Text = Annotated[StrictStr, Field(min_length=1)]
Amount = StrictInt | StrictFloat | StrictStr
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Told = Literal["gate failed", "recovered", "run failed", "input missing"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FetchPart(_Part):
    """A command that brings the inputs; it runs because it stands here, and in no other case."""

    command: Annotated[list[Text], Field(min_length=1)]
    timeout: Text = "10 min"


class InputsPart(_Part):
    """Where the exports are: exactly one of `files`, `newest` and `folder`."""

    files: Annotated[list[Text], Field(min_length=1)] | None = None
    newest: Text | None = None
    folder: Text | None = None
    fetch: FetchPart | None = None
    wait: Text | None = None
    settled: Text | None = None
    not_older_than: Text | None = None
    watch: StrictBool = False


class OptionsPart(_Part):
    """What `vsm analyse` takes as options, by the same names."""

    memory_limit: Text | None = None
    threads: StrictInt | None = None
    temp: Text | None = None
    noise: StrictFloat | StrictInt = 0.2
    max_variants: StrictInt = 200_000
    max_rejected: Amount = "1 %"
    max_unpacked: Text = "500GB"
    calendar: Text | None = None
    where: list[Text] = []
    split_by: Text | None = None
    compare: Annotated[list[Text], Field(min_length=2, max_length=2)] | None = None
    cases: Literal["ticket", "follow", "connected"] | None = None
    align_seconds: StrictFloat | StrictInt = 60


class AgainstPart(_Part):
    """What a gate compares with."""

    median_of_last: Annotated[StrictInt, Field(ge=1, le=520)]


class GatePart(_Part):
    """A condition on a figure of `result.json`."""

    name: Text | None = None
    figure: Text
    at_least: Amount | None = None
    at_most: Amount | None = None
    against: AgainstPart | Literal["base line", "last run"] | None = None
    at_most_below: Amount | None = None
    at_most_above: Amount | None = None
    severity: Literal["warn", "fail"] = "fail"
    grace: Annotated[StrictInt, Field(ge=0, le=520)] = 0
    because: Text | None = None


class HistoryPart(_Part):
    """Where the history is kept: a file of SQLite, or the environment variable that holds a database URL."""

    file: Text | None = None
    url_from: Text | None = None


class AlertPart(_Part):
    """Somebody who is told; the address stands in an environment variable."""

    name: Text
    address_from: Text
    about: Annotated[list[Told], Field(min_length=1)] = ["gate failed", "recovered", "run failed", "input missing"]
    timeout: Text = "20 s"


class RetentionPart(_Part):
    """How many reports are kept; the history is never cut."""

    reports: Annotated[StrictInt, Field(ge=1)]


class CachePart(_Part):
    """Where runs keep what they read and mapped, so that the next one need not do it again. It holds tickets."""

    folder: Text
    at_most: Text = "2GB"
    unused_for: Text = "60 days"


class SchedulePart(_Part):
    """When the audit is due, by the clock of `zone`."""

    zone: Text
    at: Text | Annotated[list[Text], Field(min_length=1)]
    days: (
        Literal["every day"] | Annotated[list[Weekday], Field(min_length=1)] | dict[Literal["days_of_month"], list[int]]
    ) = "every day"


class AuditPart(_Part):
    """An audit file."""

    name: Text
    inputs: InputsPart
    mapping: Text | Annotated[list[Text], Field(min_length=1)]
    mappings: Text | None = None
    reference: Text | Annotated[list[Text], Field(min_length=1)] | None = None
    acceptances: Text | None = None
    options: OptionsPart = OptionsPart()
    brand: Text | None = None
    language: Text = "en"
    gates: list[GatePart] = []
    reports: Text = "reports"
    history: HistoryPart = HistoryPart(file="history.db")
    base_line: Annotated[StrictInt, Field(ge=1)] | None = None
    trend: list[Text] = []
    alerts: list[AlertPart] = []
    retention: RetentionPart | None = None
    cache: CachePart | None = None
    schedule: SchedulePart | None = None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an audit file, for editors to complete from."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **AuditPart.model_json_schema()}
