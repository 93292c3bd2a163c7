"""What a crawl owes to the hosts it asks: their pace, and to leave alone whom somebody stopped or who asked for rest."""

from dataclasses import dataclass, field

from crawler.fetch.night import Night
from crawler.fetch.pace import Pace
from crawler.fetch.stops import StopList
from crawler.items import Reason


@dataclass
class Courtesy:
    """The state of all hosts of one crawl. `floor_s`: our least delay between requests to a host, in seconds."""

    floor_s: float = 0.0
    stops: StopList = field(default_factory=StopList)
    night: Night | None = None
    paces: dict[str, Pace] = field(default_factory=dict)

    def pace(self, hostname: str) -> Pace:
        """The pace of a host; a new one starts at our floor."""
        return self.paces.get(hostname) or Pace(self.floor_s)

    def refuses(self, hostname: str) -> tuple[Reason, str] | None:
        """Why the host is not asked any more, typed and as a sentence; None where it is."""
        if listed := self.stops.lists(hostname):
            return Reason.STOPPED_BY_US, f"{hostname} is stopped by {listed}"
        if rests := self.pace(hostname).rests:
            return Reason.RESTING, rests
        return None
