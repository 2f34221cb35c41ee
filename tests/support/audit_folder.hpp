#pragma once
// A throw-away folder with an audit log and its state directory, lines to write into it, and what a forger would do to
// its files: lines removed, moved, and the chain computed anew.

#include "connectors/connector.hpp"
#include "daemon/audit_log.hpp"

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace retention::test {

class AuditFolder {
public:
    AuditFolder();
    ~AuditFolder();
    AuditFolder(const AuditFolder&) = delete;
    AuditFolder& operator=(const AuditFolder&) = delete;

    std::filesystem::path folder, log, state;

    std::filesystem::path segment(unsigned number = 1) const;
    std::string text(unsigned number = 1) const;
    void put(const std::string& text, unsigned number = 1) const;
    std::vector<std::string> lines(unsigned number = 1) const; // without line ends
    void put_lines(const std::vector<std::string>&, unsigned number = 1) const;
};

Instant at(int seconds); // after 2026-11-21T02:30:00Z

boost::json::object intent(const std::string& batch, std::int64_t records = 2, const std::string& store = "crm",
                           const std::string& category = "contacts");
boost::json::object outcome(const std::string& batch, std::int64_t records = 2);

// A run of so many batches, and the witness rows that its store then has.
std::vector<Witness> write_run(AuditLog&, const std::string& run, int batches, int from_second = 0);

// The same lines with seq, prev and hash computed anew: a log that is whole in itself.
std::vector<std::string> rechained(const std::vector<std::string>& lines);

} // namespace retention::test
