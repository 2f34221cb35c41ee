#include "policies/zone.hpp"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <array>
#include <string_view>

// Abseil reads the TZif files of the system and extends each zone's last rule into the far future. It is named in this
// file alone. (std::chrono's own zones are not in g++ 12.)

namespace retention {

struct Zone::Rules {
    absl::TimeZone zone;
};

namespace {

// Abseil takes more than names of the IANA database: "libc:localtime", "Fixed/UTC+01:00:00", "UTC0", paths. And its
// folder holds files that mean something else on every machine ("localtime"), or count leap seconds
// ("right/Europe/London").
bool is_iana_name(std::string_view name) {
    constexpr std::string_view characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    constexpr std::array<std::string_view, 3> others{"localtime", "posixrules", "UTC0"};
    constexpr std::array<std::string_view, 3> folders{"Fixed/", "posix/", "right/"};
    if (name.empty() || name.front() == '/' || name.back() == '/') return false;
    if (name.find_first_not_of(characters) != std::string_view::npos) return false; // no dot either, so no ".."
    if (name.find("//") != std::string_view::npos) return false;
    return std::find(others.begin(), others.end(), name) == others.end() &&
           std::none_of(folders.begin(), folders.end(), [&](auto folder) { return name.starts_with(folder); });
}

constexpr absl::CivilDay epoch{1970, 1, 1};

Instant to_instant(absl::Time time) {
    return Instant{std::chrono::microseconds{absl::ToUnixMicros(time)}};
}

absl::Time to_absl(Instant instant) {
    return absl::FromUnixMicros(instant.time_since_epoch().count());
}

Instant first_instant_of(absl::CivilDay day, const absl::TimeZone& zone) {
    const auto midnight = zone.At(absl::CivilSecond{day});
    const bool skipped = midnight.kind == absl::TimeZone::TimeInfo::SKIPPED;
    return to_instant(skipped ? midnight.trans : midnight.pre); // `pre` is the first of two
}

} // namespace

std::optional<Zone> Zone::load(const std::string& name) {
    absl::TimeZone zone;
    if (!is_iana_name(name) || !absl::LoadTimeZone(name, &zone)) return std::nullopt;
    Zone loaded;
    loaded.rules_ = std::make_shared<const Rules>(Rules{zone});
    loaded.name_ = name;
    return loaded;
}

Zone Zone::utc() {
    Zone zone;
    zone.rules_ = std::make_shared<const Rules>(Rules{absl::UTCTimeZone()});
    zone.name_ = "UTC";
    return zone;
}

Instant Zone::first_instant(Date date) const {
    const auto day = std::clamp(date, first_date, last_date);
    return first_instant_of(epoch + day.time_since_epoch().count(), rules_->zone);
}

Date Zone::local_date(Instant instant) const {
    const absl::CivilDay day{rules_->zone.At(to_absl(instant)).cs};
    const bool next_began = first_instant_of(day + 1, rules_->zone) <= instant;
    const Date date{std::chrono::days{day + (next_began ? 1 : 0) - epoch}};
    return std::clamp(date, first_date, last_date);
}

LocalTime Zone::local_time(Instant instant) const {
    const auto second = std::chrono::floor<std::chrono::seconds>(instant);
    const auto read = rules_->zone.At(to_absl(instant)).cs - absl::CivilSecond{epoch};
    return LocalTime{std::chrono::seconds{read}} + (instant - second);
}

Instant Zone::latest_instant(LocalTime time) const {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const auto found = rules_->zone.At(absl::CivilSecond{epoch} + second.time_since_epoch().count());
    if (found.kind == absl::TimeZone::TimeInfo::SKIPPED) return to_instant(found.trans);
    return to_instant(found.post) + (time - second); // `post` is the later of two
}

} // namespace retention
