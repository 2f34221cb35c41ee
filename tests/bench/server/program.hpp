#pragma once
// The built program, run as an administrator would: a configuration of one category, an audit log with all digests and
// fsync. Its time is that of the process, from fork to exit.

#include <filesystem>
#include <string>
#include <vector>

namespace retention::bench {

struct Measured {
    double seconds = 0;
    long resident_kib = 0; // the highest of any process
};

// Waits for the end; throws where it is no success. Standard output goes to `output`.
Measured run_program(const std::vector<std::string>& words, const std::filesystem::path& output = "/dev/null");

class Program {
public:
    Program(std::filesystem::path program, std::filesystem::path folder);

    // One category, `events`, with what a rule has beside its store, table, trigger and period (36 months).
    void configure(const std::string& url, const std::string& rest_of_rule);
    Measured purge() const; // as of `as_of`, with the approval that --yes is
    Measured report() const;

    static constexpr const char* as_of = "2026-01-01";

private:
    std::filesystem::path program_, folder_;
};

} // namespace retention::bench
