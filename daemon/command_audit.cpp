#include "daemon/command_audit.hpp"

#include "daemon/audit_key.hpp"
#include "daemon/audit_log.hpp"
#include "daemon/audit_verify.hpp"
#include "daemon/checkpoint.hpp"
#include "daemon/json_text.hpp"
#include "daemon/wording.hpp"

#include <boost/json.hpp>
#include <ostream>

namespace retention {
namespace json = boost::json;
namespace {

std::string counted_lines(std::uint64_t lines) {
    return counted(static_cast<std::int64_t>(lines), "line");
}

// A log's directory, or usage told on `err`.
std::filesystem::path directory_of(const Configuration* configuration, const std::filesystem::path& asked,
                                   std::ostream& err) {
    if (!asked.empty()) return asked;
    if (configuration) return configuration->audit.directory;
    err << "error: there is no audit log to read\nhint: name a configuration, or the log's directory\n";
    return {};
}

StoreWitnesses witnesses_of(const StoreSettings& store, const Zone& here, const OpenStore& open_store) {
    try {
        return {store.name, true, {}, open_store(store, here)->open(Access::read_only)->witnesses()};
    } catch (const std::exception& failure) { // out of reach is an answer: the log's end is then not confirmed by it
        return {store.name, false, failure.what(), {}};
    }
}

struct Gathered {
    AuditEvidence evidence;
    std::vector<std::string> notes;
};

void read_state(const std::filesystem::path& state, Gathered& gathered) {
    try {
        gathered.evidence.kept = kept_head(state);
        gathered.evidence.being_written = state_holder(state).has_value();
    } catch (const std::exception& failure) {
        gathered.notes.push_back("the state directory could not be compared: " + std::string(failure.what()));
    }
}

Gathered gather(const Configuration* configuration, const AuditVerifyRequest& request) {
    Gathered gathered;
    if (!configuration) return gathered;
    gathered.evidence.configuration_read = true;
    read_state(configuration->state, gathered);
    const auto key = known_audit_key(configuration->audit.key,
                                     {request.credentials, configuration->state, configuration->audit.directory});
    if (key) gathered.evidence.checkpoint_key = checkpoint_key(*key);
    for (const auto& [name, store] : configuration->stores)
        gathered.evidence.stores.push_back(witnesses_of(store, configuration->zone, request.open_store));
    return gathered;
}

json::array strings(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::value as_json(const AuditReport& report) {
    json::value problem;
    if (report.problem)
        problem = {{"segment", report.problem->place.segment},
                   {"line", report.problem->place.line},
                   {"seq", report.problem->place.seq},
                   {"what", report.problem->what}};
    return {{"verdict", to_string(report.verdict)}, {"lines", report.lines},
            {"segments", report.segments},          {"anchored_to", report.anchored_to},
            {"anchors", strings(report.anchors)},   {"problem", std::move(problem)},
            {"notes", strings(report.notes)}};
}

std::string place_text(const AuditPlace& place) {
    const auto seq = "line " + std::to_string(place.seq);
    return place.segment.empty() ? seq : seq + " (" + place.segment + ":" + std::to_string(place.line) + ")";
}

std::string headline(const AuditReport& report) {
    const auto size =
        counted_lines(report.lines) + " in " + counted(static_cast<std::int64_t>(report.segments), "segment");
    switch (report.verdict) {
    case AuditVerdict::whole:
        return "whole, " + size + ", anchored by " + joined(report.anchors, " and ") +
               (report.left_stores.empty() ? "" : "; not asked: " + joined(report.left_stores));
    case AuditVerdict::broken:
        return "broken at " + place_text(report.problem->place) + ": " + report.problem->what;
    case AuditVerdict::unanchored:
        return "whole as far as it goes, " + size + ", but unanchored after line " +
               grouped(static_cast<std::int64_t>(report.anchored_to));
    }
    return {};
}

void print(const AuditReport& report, std::ostream& out) {
    out << "audit log: " << headline(report) << '\n';
    for (const auto& note : report.notes) out << "note: " << note << '\n';
    if (report.verdict == AuditVerdict::broken)
        out << "hint: copy the directory as it is before anything else; lines up to " << report.anchored_to
            << " are confirmed from outside\n";
    if (report.verdict == AuditVerdict::unanchored)
        out << "hint: verify it where its state directory and its stores can be read: lines after that could be "
               "missing or altered\n";
}

ExitCode exit_code_of(AuditVerdict verdict) {
    switch (verdict) {
    case AuditVerdict::whole:
        return ExitCode::done;
    case AuditVerdict::broken:
        return ExitCode::log_broken;
    case AuditVerdict::unanchored:
        return ExitCode::unanchored;
    }
    return ExitCode::log_broken;
}

} // namespace

ExitCode audit_verify(const Configuration* configuration, const AuditVerifyRequest& request, std::ostream& out,
                      std::ostream& err) {
    const auto directory = directory_of(configuration, request.directory, err);
    if (directory.empty()) return ExitCode::usage;
    try {
        const auto gathered = gather(configuration, request);
        auto report = verify_audit_log(directory, gathered.evidence);
        report.notes.insert(report.notes.end(), gathered.notes.begin(), gathered.notes.end());
        if (request.json)
            out << json_text(as_json(report));
        else
            print(report, out);
        return exit_code_of(report.verdict);
    } catch (const std::exception& failure) {
        err << "error: the audit log could not be verified: " << failure.what() << '\n';
        return ExitCode::incomplete;
    }
}

} // namespace retention
