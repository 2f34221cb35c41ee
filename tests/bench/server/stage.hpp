#pragma once
// A throw-away server with tables that are made once and copied, file by file, before each measurement: whoever comes
// second finds what the first one found.

#include "tests/bench/server/load.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace retention::bench {

// The table `events`: a key, a date in one of the six years before 2026-01-01, five personal columns and a payload. Due
// is what is older than 2023-01-01.
struct Shape {
    long rows = 0;
    bool following = false;  // dates that rise with the key; then half of them are due
    int due_per_mille = 500; // else scattered over the key
    bool indexed = false;    // on the date
    long partition_rows = 0; // partitions by date with so many rows each, in the order of the key
    long due_partitions = 0; // the first of these
};

class Stage {
public:
    virtual ~Stage() = default;
    virtual std::string name() const = 0;

    virtual void fresh_copy(const Shape&) = 0; // the database that all else is about
    virtual std::string url() const = 0;
    virtual double run(const std::string& sql) = 0;        // seconds, without those of connecting
    virtual std::string value(const std::string& sql) = 0; // of the only row and column
    // While it lives, a transaction at REPEATABLE READ has a snapshot and does nothing.
    virtual std::shared_ptr<void> hold_snapshot() = 0;

    virtual std::string cutoff() const = 0;   // as a literal
    virtual std::string masking() const = 0;  // the assignments of an UPDATE that does what the rule's masks do
    virtual std::string counting() const = 0; // a SELECT that counts in one scan what a report does

    // Other people's work on other rows of the same server: reads and writes at `rate` a second, or as fast as they go
    // where it is 0. Meanwhile, after a stretch without it, `work` is done.
    virtual Load load(double rate, const std::function<void()>& work) = 0;
};

std::unique_ptr<Stage> postgres_stage(const std::string& folder); // throws where there is no server
std::unique_ptr<Stage> mariadb_stage(const std::string& folder);
std::string archive_words(const Stage&); // pt-archiver's --source

// The 13 months that a report looks ahead, as sums over the first and the next day of each.
std::vector<std::pair<std::string, std::string>> months_ahead();
std::string file_name(const Shape&);
// The number of a day since 2020-01-01, from the row's number `i`; `divide` is the engine's whole division.
std::string day_number(const Shape&, const std::string& i, const std::string& divide);

} // namespace retention::bench
