#include "daemon/audit_segments.hpp"
#include "daemon/command_audit.hpp"
#include "daemon/table.hpp"

#include <boost/json.hpp>
#include <deque>
#include <ostream>
#include <unordered_set>

namespace retention {
namespace json = boost::json;
namespace {

// What is worth a glance: every member but the line's own and the long lists.
std::string summary(const AuditLine& line) {
    std::string text;
    for (const auto& member : line.members) {
        const std::string_view name = member.key();
        if (name == "seq" || name == "time" || name == "event" || name == "prev" || name == "hash") continue;
        if (name == "keys" || name == "rule") continue;
        text.append(text.empty() ? "" : " ").append(name).append("=");
        text += member.value().is_string() ? std::string(member.value().get_string()) : json::serialize(member.value());
    }
    return text;
}

class Selection {
public:
    explicit Selection(const AuditShowRequest& request) : request_(request) {}

    bool wants(const AuditLine& line) {
        const auto batch = text_member(line.members, "batch");
        const bool category = request_.category.empty() || names_category(line) || batches_.contains(batch);
        if (line.event == "batch.intent" && category) batches_.insert(batch); // its outcome names the batch alone
        return category && (request_.run.empty() || text_member(line.members, "run") == request_.run) &&
               (request_.event.empty() || line.event == request_.event);
    }

private:
    // Its own, or one in a list of names or of objects that have one.
    bool names_category(const AuditLine& line) const {
        if (text_member(line.members, "category") == request_.category) return true;
        for (const char* const name : {"categories", "rules"}) {
            const auto* list = line.members.if_contains(name);
            if (!list || !list->is_array()) continue;
            for (const auto& entry : list->get_array())
                if (entry.is_object() ? text_member(entry.get_object(), "category") == request_.category
                                      : entry.is_string() && entry.get_string() == request_.category)
                    return true;
        }
        return false;
    }

    const AuditShowRequest& request_;
    std::unordered_set<std::string> batches_; // intents of the category
};

struct Shown {
    std::uint64_t seq = 0;
    std::string time, event, summary, text;
};

class Show {
public:
    Show(const AuditShowRequest& request, std::ostream& out, std::ostream& err)
        : request_(request), selection_(request), out_(out), err_(err) {}

    void read(const std::filesystem::path& directory) {
        for (const auto number : segment_numbers(directory)) {
            SegmentLines lines(directory / segment_name(number));
            while (lines.next()) take(lines, segment_name(number));
        }
    }

    void print() {
        if (request_.json) {
            for (const auto& line : shown_) {
                out_ << (begun_ ? ",\n" : "[") << line.text;
                begun_ = true;
            }
            return;
        }
        TextTable table({{"seq", Align::right}, {"time"}, {"event"}, {"what"}});
        for (const auto& line : shown_) table.add({std::to_string(line.seq), line.time, line.event, line.summary});
        table.print(out_, request_.terminal);
    }

    // JSON is one document, a list of lines.
    void finish() {
        print();
        if (request_.json) out_ << (begun_ ? "]\n" : "[]\n");
    }

    bool all_readable() const { return readable_; }

private:
    void take(const SegmentLines& lines, const std::string& segment) {
        std::string why;
        const auto line = read_line(lines.text(), why);
        if (!line) {
            err_ << "error: " << segment << ':' << lines.number() << ": "
                 << (lines.torn() ? "a line without its end" : why) << '\n';
            readable_ = false;
        } else if (selection_.wants(*line)) {
            add(*line, lines.text());
        }
    }

    void add(const AuditLine& line, const std::string& text) {
        if (request_.json)
            shown_.push_back({line.seq, {}, {}, {}, text});
        else
            shown_.push_back({line.seq, audit_time(line.time), line.event, summary(line), {}});
        if (request_.last && shown_.size() > *request_.last) shown_.pop_front();
        if (request_.json && !request_.last) flush(); // a whole log need not fit into memory
    }

    void flush() {
        print();
        shown_.clear();
    }

    const AuditShowRequest& request_;
    Selection selection_;
    std::ostream& out_;
    std::ostream& err_;
    std::deque<Shown> shown_;
    bool readable_ = true;
    bool begun_ = false; // the list, in JSON
};

} // namespace

ExitCode audit_show(const Configuration* configuration, const AuditShowRequest& request, std::ostream& out,
                    std::ostream& err) {
    if (request.directory.empty() && !configuration) {
        err << "error: there is no audit log to read\nhint: name a configuration, or the log's directory\n";
        return ExitCode::usage;
    }
    try {
        Show show(request, out, err);
        const auto directory = request.directory.empty() ? configuration->audit.directory : request.directory;
        if (!std::filesystem::is_directory(directory)) {
            err << "error: there is no audit log in " << directory.string() << "\nhint: name the log's directory\n";
            return ExitCode::usage;
        }
        show.read(directory);
        show.finish();
        if (show.all_readable()) return ExitCode::done;
        err << "hint: `retentiond audit verify` says whether that is a break or the end that a crash left\n";
        return ExitCode::log_broken;
    } catch (const std::exception& failure) {
        err << "error: the audit log could not be read: " << failure.what() << '\n';
        return ExitCode::incomplete;
    }
}

} // namespace retention
