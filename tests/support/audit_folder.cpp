#include "tests/support/audit_folder.hpp"

#include "daemon/audit_line.hpp"
#include "daemon/audit_segments.hpp"

#include <boost/json.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace retention::test {
namespace json = boost::json;

// In memory where the system has such a place: a disk's fsync takes milliseconds, and these tests do thousands.
AuditFolder::AuditFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "retentiond-audit-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder like " + name);
    folder = name;
    log = folder / "log";
    state = folder / "state";
}

AuditFolder::~AuditFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::filesystem::path AuditFolder::segment(unsigned number) const {
    return log / segment_name(number);
}

std::string AuditFolder::text(unsigned number) const {
    std::ifstream file(segment(number), std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

void AuditFolder::put(const std::string& text, unsigned number) const {
    std::ofstream(segment(number), std::ios::binary | std::ios::trunc) << text;
}

std::vector<std::string> AuditFolder::lines(unsigned number) const {
    std::vector<std::string> lines;
    std::istringstream all(text(number));
    for (std::string line; std::getline(all, line);) lines.push_back(line);
    return lines;
}

void AuditFolder::put_lines(const std::vector<std::string>& lines, unsigned number) const {
    std::string all;
    for (const auto& line : lines) all += line + '\n';
    put(all, number);
}

Instant at(int seconds) {
    using namespace std::chrono;
    return sys_days(year{2026} / 11 / 21) + hours(2) + minutes(30) + std::chrono::seconds(seconds);
}

json::object intent(const std::string& batch, std::int64_t records, const std::string& store,
                    const std::string& category) {
    json::array keys;
    for (std::int64_t i = 0; i < records; ++i) keys.emplace_back("00112233445566778899aabbccddeeff");
    return {{"run", "r1"},  {"batch", batch},     {"category", category}, {"store", store},
            {"table", "c"}, {"records", records}, {"keys", keys}};
}

json::object outcome(const std::string& batch, std::int64_t records) {
    return {{"run", "r1"}, {"batch", batch}, {"records", records}};
}

std::vector<Witness> write_run(AuditLog& log, const std::string& run, int batches, int from_second) {
    std::vector<Witness> witnesses;
    int second = from_second;
    log.append("run.started", {{"run", run}, {"actor", "schedule"}, {"categories", {"contacts"}}}, at(second));
    for (int i = 1; i <= batches; ++i) {
        const auto batch = run + "-" + std::to_string(i);
        const auto head = log.append("batch.intent", intent(batch), at(++second));
        witnesses.push_back({batch, 2, at(second), head.hash});
        log.append_lazily("batch.committed", outcome(batch), at(++second));
    }
    log.append("run.finished", {{"run", run}, {"outcome", "completed"}}, at(++second));
    return witnesses;
}

std::vector<std::string> rechained(const std::vector<std::string>& lines) {
    std::vector<std::string> chained;
    Head head;
    for (const auto& text : lines) {
        auto members = json::parse(text).get_object();
        const auto time = parse_audit_time(text_member(members, "time"));
        const auto event = text_member(members, "event");
        json::object own;
        for (const auto& member : members)
            if (const auto name = std::string_view(member.key());
                name != "seq" && name != "time" && name != "event" && name != "prev" && name != "hash")
                own[member.key()] = member.value();
        const auto line = write_line(head.seq + 1, time.value(), event, own, head.hash);
        head = {head.seq + 1, line.hash};
        chained.push_back(line.text.substr(0, line.text.size() - 1));
    }
    return chained;
}

} // namespace retention::test
