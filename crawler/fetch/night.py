"""The night window: hours of the country's own clock outside which its hosts are not asked."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pycountry
from babel.core import get_global

from crawler.fetch.pace import MAX_DELAY_S
from crawler.items import EgovError

MARGIN = timedelta(seconds=MAX_DELAY_S)
"""The window closes so much earlier: a request that is given out may wait for its turn so long."""
_WRITTEN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})(?:@(\S+))?")
# Countries with several zones: that of the capital, where the portals of a government are mostly run.
_CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto",
    "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin",
    "EC": "America/Guayaquil", "ES": "Europe/Madrid", "FM": "Pacific/Pohnpei", "GL": "America/Nuuk", "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Night:
    """Hours by the clock of a zone; `start` after `end` spans midnight."""

    start: time
    end: time
    zone: ZoneInfo

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M} {self.zone.key}"

    def is_open(self, moment: datetime) -> bool:
        """May hosts be asked at this moment?"""
        return any(start <= moment < end - MARGIN for start, end in self._windows(moment))

    def opens_at(self, moment: datetime) -> datetime:
        """The next moment at which hosts may be asked, in the zone; the moment itself where they may be asked now."""
        if self.is_open(moment):
            return moment.astimezone(self.zone)
        return min(start for start, _ in self._windows(moment) if start > moment).astimezone(self.zone)

    def _windows(self, moment: datetime) -> list[tuple[datetime, datetime]]:
        """The windows that begin yesterday, today, tomorrow and the day after, in UTC: clocks may change within one."""
        today = moment.astimezone(self.zone).date()
        found = []
        for days in (-1, 0, 1, 2):
            day = today + timedelta(days=days)
            following = day if self.start < self.end else day + timedelta(days=1)
            start, end = datetime.combine(day, self.start, self.zone), datetime.combine(following, self.end, self.zone)
            found.append((start.astimezone(UTC), end.astimezone(UTC)))
        return found


def night(text: str, country: str) -> Night:
    """The window that `22:00-06:00` or `22:00-06:00@Asia/Tokyo` means in a country (alpha-3). Raises EgovError."""
    found = _WRITTEN.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        if start == end:
            raise ValueError
    except ValueError:
        raise EgovError(
            f"--night {text}: no window of time; write it as 22:00-06:00 or 22:00-06:00@Asia/Tokyo"
        ) from None
    name = found[5] or zone_of(country)
    if not name:
        raise EgovError(
            f"--night {text}: the time zone of {country} is not known; write {found[0]}@ZONE, for example @Asia/Tokyo"
        )
    try:
        return Night(start, end, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise EgovError(f"--night {text}: there is no time zone '{name}'; a name is, for example, Asia/Tokyo") from None


def zone_of(country: str) -> str:
    """The zone of a country by alpha-3 code (CLDR), that of its capital where there are several; "" where none is known."""
    known = pycountry.countries.get(alpha_3=country)
    code = str(known.alpha_2) if known else ""
    zones = _zones().get(code, [])
    return _CAPITALS.get(code) or (zones[0] if len(zones) == 1 else "")


@lru_cache(maxsize=1)
def _zones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for zone, territory in get_global("zone_territories").items():
        found.setdefault(territory, []).append(zone)
    return found
