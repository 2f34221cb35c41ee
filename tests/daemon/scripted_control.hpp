#pragma once
// A Control that does nothing, remembers what it was asked, and answers what the test says; and users of a house of
// four: root, olga (1000) who operates, vera (1003) who views, otto (1005) who may nothing.

#include "daemon/control.hpp"
#include "daemon/rights.hpp"

#include <map>
#include <string>
#include <vector>

namespace retention::test {

class ScriptedControl : public Control {
public:
    using Tell = std::function<void(const RunNews&)>;

    ServiceStatus now;
    std::string text = "{\"categories\":[]}"; // of report and explain
    bool answers_later = false;               // then the test calls `answers`
    std::optional<ControlFault> fault;        // of every order and question
    bool refusals_cannot_be_written = false;
    std::vector<RunNews> first_news; // told as soon as someone watches

    std::vector<ReportOrder> reports;
    std::vector<ExplainOrder> explained;
    std::vector<PurgeOrder> purges;
    std::vector<std::string> cancelled, refusals;
    std::vector<Answer> answers;
    std::map<int, Tell> watchers;
    int watched = 0;
    int waited_for = 0; // questions that somebody waits for

    ServiceStatus status() const override { return now; }
    std::unique_ptr<Question> report(const ReportOrder& order, Answer answer) override {
        reports.push_back(order);
        return give(std::move(answer));
    }
    std::unique_ptr<Question> explain(const ExplainOrder& order, Answer answer) override {
        explained.push_back(order);
        return give(std::move(answer));
    }
    OrderedRun purge(const PurgeOrder& order) override {
        if (fault) throw *fault;
        purges.push_back(order);
        return {"2026-11-22 1", purges.size() > 1};
    }
    void cancel(const std::string& run, const std::string& actor) override {
        if (fault) throw *fault;
        cancelled.push_back(run + " by " + actor);
    }
    std::string runs(std::size_t last) const override { return "{\"runs\":[" + std::to_string(last) + "]}"; }
    std::string run(const std::string& name) const override {
        if (fault) throw *fault;
        return "{\"run\":\"" + name + "\"}";
    }
    std::unique_ptr<RunWatch> watch(const std::string& run, Tell tell) override {
        if (fault) throw *fault;
        static_cast<void>(run);
        const int number = ++watched;
        watchers[number] = tell;
        for (const auto& news : first_news) tell(news);
        return std::make_unique<Watch>(*this, number);
    }
    std::string metrics() const override { return "retentiond_up 1\n"; }
    void refused(const std::string& actor, const std::string& verb, const std::string& why) override {
        if (refusals_cannot_be_written) throw std::runtime_error("no space");
        refusals.push_back(actor + " " + verb + ": " + why);
    }

    void tell(const std::string& line, bool last = false) {
        for (const auto& [number, watcher] : std::map(watchers)) watcher({line, last});
    }
    std::size_t orders() const { return purges.size() + cancelled.size(); }

private:
    struct Watch : RunWatch {
        Watch(ScriptedControl& of, int its) : control(of), number(its) {}
        ~Watch() override { control.watchers.erase(number); }
        ScriptedControl& control;
        int number;
    };
    struct Waiting : Question {
        explicit Waiting(ScriptedControl& of) : control(of) { ++control.waited_for; }
        ~Waiting() override { --control.waited_for; }
        ScriptedControl& control;
    };
    std::unique_ptr<Question> give(Answer answer) {
        if (answers_later) return answers.push_back(std::move(answer)), std::make_unique<Waiting>(*this);
        if (fault)
            answer(*fault);
        else
            answer(text);
        return nullptr;
    }
};

class SmallHouse : public UserDatabase {
public:
    std::optional<uid_t> uid_of(const std::string& user) const override {
        if (user == "root") return 0;
        if (user == "olga") return 1000;
        if (user == "vera") return 1003;
        return {};
    }
    std::optional<gid_t> gid_of(const std::string&) const override { return {}; }
    std::optional<std::vector<gid_t>> groups_of(const Peer& peer) const override { return std::vector{peer.gid}; }
};

inline const ControlRights house_rights{{"olga"}, {"vera"}};
constexpr Peer olga{1000, 100}, vera{1003, 100}, otto{1005, 100};

} // namespace retention::test
