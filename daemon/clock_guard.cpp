#include "daemon/clock_guard.hpp"

#include <cstdio>

namespace retention {

std::string to_text(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(instant - day)};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

std::optional<std::string> refuse_clock(Instant now, Instant last, bool approved) {
    if (now < last)
        return "the clock says " + to_text(now) + ", but the audit log was already written at " + to_text(last) +
               "; hint: set the clock, or find out who set it back; if it ran ahead before and is right now, disposal "
               "goes on by itself at " +
               to_text(last);
    if (last == Instant{} || now - last <= longest_silence || approved) return std::nullopt;
    return "the clock says " + to_text(now) + ", more than " + std::to_string(longest_silence.count()) +
           " days after the last line of the audit log (" + to_text(last) +
           "); hint: if the clock is right, say so with `retentiond purge --yes`";
}

std::optional<std::string> refuse_store_clock(Instant here, Instant store, const std::string& name) {
    const auto apart = here < store ? store - here : here - store;
    if (apart <= clock_agreement) return std::nullopt;
    return "the clock of store " + name + " says " + to_text(store) + ", this machine's " + to_text(here) +
           ", more than " + std::to_string(clock_agreement.count()) + " s apart; hint: synchronise both clocks";
}

Instant believable(Instant now, Instant last, bool approved) {
    return refuse_clock(now, last, approved) ? last : now;
}

} // namespace retention
