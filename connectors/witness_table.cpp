#include "connectors/witness_table.hpp"

#include "policies/stored_date.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace retention {
namespace {

constexpr std::string_view marks = "database ";

} // namespace

std::string mark_row(const std::string& name) {
    return std::string(marks) + name;
}

bool is_mark(std::string_view row) {
    return row.starts_with(marks);
}

std::string create_witness_table(Engine engine) {
    switch (engine) {
    case Engine::sqlite:
        return "CREATE TABLE IF NOT EXISTS main.retentiond_batches (batch TEXT NOT NULL PRIMARY KEY, "
               "records INTEGER NOT NULL, at TEXT NOT NULL, head TEXT NOT NULL)";
    case Engine::postgresql:
        return "CREATE TABLE IF NOT EXISTS retentiond_batches (batch text PRIMARY KEY, records bigint NOT NULL, "
               "at timestamptz NOT NULL, head text NOT NULL)";
    case Engine::mariadb:
        return "CREATE TABLE IF NOT EXISTS retentiond_batches (batch VARCHAR(190) CHARACTER SET ascii COLLATE "
               "ascii_bin PRIMARY KEY, records BIGINT NOT NULL, at DATETIME(6) NOT NULL, head CHAR(64) CHARACTER SET "
               "ascii NOT NULL) ENGINE=InnoDB";
    }
    return "";
}

std::string utc_text(Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::hh_mm_ss time{at - day};
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), " %02d:%02d:%02d.%06d", static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return to_string(Date{day.time_since_epoch()}) + text.data();
}

Instant utc_instant(std::string_view text) {
    auto date = read_iso_offset(text);
    if (!date) date = read_iso(text);
    if (!date) return {};
    if (const auto* instant = std::get_if<Instant>(&*date)) return *instant;
    if (const auto* reading = std::get_if<LocalTime>(&*date)) return Instant{reading->time_since_epoch()};
    return {};
}

// `identity`: the number by which InnoDB knows the partition; no other one ever has it, also not the emptied one.
std::string create_pending_table() {
    return "CREATE TABLE IF NOT EXISTS retentiond_partitions (batch VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin "
           "PRIMARY KEY, records BIGINT NOT NULL, at DATETIME(6) NOT NULL, head CHAR(64) CHARACTER SET ascii NOT NULL, "
           "schema_name VARCHAR(64) CHARACTER SET ascii NOT NULL, table_name VARCHAR(64) CHARACTER SET ascii NOT NULL, "
           "partition_name VARCHAR(64) CHARACTER SET ascii NOT NULL, identity BIGINT NOT NULL) ENGINE=InnoDB";
}

} // namespace retention
