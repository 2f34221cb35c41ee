#pragma once
// A wrong clock stops disposal (design.md section 7, promise 6). Pure: what the clocks say comes in, the reason to
// refuse comes out. Evidence that it happens: notes of the U.S. Naval Observatory's time service, which told the year
// 2000 for 52 minutes on 2012-11-19.

#include "policies/zone.hpp"

#include <optional>
#include <string>

namespace retention {

constexpr std::chrono::seconds clock_agreement{60};
constexpr std::chrono::days longest_silence{14};

// Against the audit log: `last` is the time of its last line, the epoch for a log without one. Backwards is refused
// whoever asks; a leap of more than 14 days goes on only with a person's approval.
std::optional<std::string> refuse_clock(Instant now, Instant last, bool approved);
// Against the store's own clock.
std::optional<std::string> refuse_store_clock(Instant here, Instant store, const std::string& name);
// The time to write into the log: the clock's where it can be believed, otherwise the last line's. A line with a wrong
// time would move the mark that the next look at the clock is compared with.
Instant believable(Instant now, Instant last, bool approved);

std::string to_text(Instant); // "2026-11-21T02:30:00Z", whole seconds

} // namespace retention
