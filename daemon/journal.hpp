#pragma once
// What the daemon says of its own work, one line each, on the error stream: with systemd's "<6>" priorities where that
// leads to the journal (sd-daemon(3)), with the time where it leads elsewhere. Evidence is not here but in the audit
// log; no key or column value enters either. Thread-safe.

#include <string_view>

namespace retention {

// Once, before the first line. Looks at $JOURNAL_STREAM.
void open_journal();

void tell(std::string_view);  // <6> info
void warn(std::string_view);  // <4> warning: a person should look at it
void alarm(std::string_view); // <3> error: something was not done

} // namespace retention
