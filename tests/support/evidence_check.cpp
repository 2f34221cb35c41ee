#include "tests/support/evidence_check.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fstream>

namespace retention::test {
namespace {

std::string text(const boost::json::object& line, std::string_view member) {
    return std::string(line.at(member).as_string());
}

struct Judge {
    const std::map<std::string, NaiveStore>& stores;
    const Lines& log;
    const AuditKey& key;
    std::vector<std::string> broken = {};

    void expect(bool holds, const std::string& otherwise) {
        if (!holds) broken.push_back(otherwise);
    }
    Lines of_batch(std::string_view event, const std::string& batch) const {
        Lines found = with_event(log, event);
        std::erase_if(found, [&](const auto& line) { return text(line, "batch") != batch; });
        return found;
    }
    const NaiveStore::Batch* truth(const std::string& batch) const {
        for (const auto& [name, store] : stores)
            for (const auto& one : store.committed)
                if (one.witness.batch == batch) return &one;
        return nullptr;
    }

    void judge_disposal(const std::string& name, const NaiveStore::Batch& batch) {
        const auto& id = batch.witness.batch;
        const auto intents = of_batch("batch.intent", id);
        expect(intents.size() == 1, id + " was disposed of with " + std::to_string(intents.size()) + " intents");
        expect(of_batch("batch.committed", id).size() == 1, id + " was disposed of, but is not committed once");
        if (intents.size() != 1) return;
        const auto& intent = intents.front();
        expect(text(intent, "hash") == batch.witness.head, id + " was committed before its intent was in the log");
        expect(text(intent, "category") == batch.category, id + " is told of another category");
        RecordDigest digest(key, name, text(intent, "table"));
        boost::json::array keys;
        for (const auto& one : batch.keys) keys.emplace_back(digest({one}));
        expect(intent.at("keys") == boost::json::value(keys), id + " names other records than it disposed of");
        expect(intent.at("records").to_number<std::size_t>() == batch.keys.size(), id + " counts wrongly");
    }
    void judge_claims() {
        for (const auto& intent : with_event(log, "batch.intent")) {
            const auto id = text(intent, "batch");
            const auto committed = of_batch("batch.committed", id).size();
            const auto rolled_back = of_batch("batch.rolled_back", id).size();
            expect(committed + rolled_back == 1, id + " has not one outcome");
            expect((truth(id) != nullptr) == (committed == 1), id + " is told otherwise than it happened");
        }
        for (const auto* event : {"batch.committed", "batch.rolled_back"})
            for (const auto& outcome : with_event(log, event))
                expect(of_batch("batch.intent", text(outcome, "batch")).size() == 1,
                       text(outcome, "batch") + " has an outcome and no intent");
    }
    void judge_once() {
        std::set<std::string> gone;
        for (const auto& [name, store] : stores)
            for (const auto& batch : store.committed)
                for (const auto& one : batch.keys)
                    expect(gone.insert(name + "/" + batch.category + "/" + one).second, one + " went twice");
    }
};

} // namespace

Lines read_log(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> segments;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.path().extension() == ".jsonl") segments.push_back(entry.path());
    std::ranges::sort(segments);
    Lines lines;
    for (const auto& segment : segments) {
        std::ifstream file(segment);
        for (std::string line; std::getline(file, line);) lines.push_back(boost::json::parse(line).as_object());
    }
    return lines;
}

std::vector<std::string> events(const Lines& lines) {
    std::vector<std::string> names;
    for (const auto& line : lines) names.push_back(text(line, "event"));
    return names;
}

Lines with_event(const Lines& lines, std::string_view event) {
    Lines found;
    std::ranges::copy_if(lines, std::back_inserter(found),
                         [&](const auto& line) { return text(line, "event") == event; });
    return found;
}

std::vector<std::string> broken_promises(const std::map<std::string, NaiveStore>& stores, const Lines& log,
                                         const AuditKey& key) {
    Judge judge{stores, log, key};
    for (const auto& [name, store] : stores)
        for (const auto& batch : store.committed) judge.judge_disposal(name, batch);
    judge.judge_claims();
    judge.judge_once();
    return std::move(judge.broken);
}

} // namespace retention::test
