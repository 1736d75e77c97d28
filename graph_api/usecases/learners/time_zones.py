"""Time zones by name."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_api.domain.failures import InvalidInput, shown


def zone_of(name: str) -> ZoneInfo:
    """The time zone with a name of the IANA database.

    Raises:
        InvalidInput: no time zone has this name.

    >>> zone_of("Europe/Berlin").key
    'Europe/Berlin'
    >>> zone_of("Mars")
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: timeZone: must name a time zone, as in UTC or Europe/Berlin, got 'Mars'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        rule = "must name a time zone, as in UTC or Europe/Berlin"
        raise InvalidInput("timeZone", rule, shown(name)) from None
