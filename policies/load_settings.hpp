#pragma once
// What the main file says for all: time zone, schedule, directories, stores. And what a rule takes from there.

#include "policies/configuration.hpp"
#include "policies/load_reader.hpp"
#include "policies/loader.hpp"

namespace retention {

// What categories take from the main file where they do not say it themselves.
struct Defaults {
    bool known = false; // the main file could be read; without it nothing missing below is held against a category
    std::string schedule;
    Place schedule_place;
    Period overdue_after{7, Unit::day};
    std::optional<std::chrono::month_day> financial_year_ends;
    bool financial_year_named = false;
    // By name, with the engine where the url names one. Nothing where they could not be read.
    std::optional<std::map<std::string, std::optional<Engine>>> stores;
};

// Every key of the main file but `categories`.
Defaults read_settings(TableReader& main, const Directories&, Configuration&);
// The keys that stand in the main file only.
const std::vector<std::string>& main_keys();

} // namespace retention
