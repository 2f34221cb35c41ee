#pragma once
// Time zones, from the tzdata of the system: what instant a local day begins at, and which local day an instant falls
// on. Not a calendar (policies/calendar.hpp) and not a clock. A Zone is a cheap handle; all functions are thread-safe.

#include "policies/calendar.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace retention {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;     // on the UTC time line
using LocalTime = std::chrono::local_time<std::chrono::microseconds>; // a reading of some zone's clock on the wall

class Zone {
public:
    // By its IANA name, in its own spelling. Nothing where the system does not know it ("Mars/Olympus", ""), and for
    // what is a zone but no name of one: paths, "localtime", POSIX rules ("GMT0BST,M3.5.0,M10.5.0"), "Fixed/…".
    static std::optional<Zone> load(const std::string& name);
    static Zone utc();

    const std::string& name() const { return name_; }

    // The first instant of a local day. Where midnight is skipped (Beirut, Sao Paulo) it is the moment after the gap;
    // where it comes twice (Havana) it is the first of the two.
    Instant first_instant(Date) const;
    // The last day whose first instant has come: an instant lies before first_instant(D) if and only if its local date
    // is before D. Where the clock goes back over midnight (St John's, 00:01 to 23:01) the day once begun stays.
    Date local_date(Instant) const;
    LocalTime local_time(Instant) const;
    // The instant of a reading of the wall clock. A reading that comes twice is the later instant, one that is skipped
    // the moment after the gap: both err on the side of keeping.
    Instant latest_instant(LocalTime) const;

private:
    Zone() = default;

    struct Rules;
    std::shared_ptr<const Rules> rules_;
    std::string name_;
};

} // namespace retention
