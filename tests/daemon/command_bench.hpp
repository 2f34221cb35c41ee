#pragma once
// A desk for trying commands: a configuration and a SQLite store in a temporary folder, streams that are kept, a clock
// that stands still at 2026-11-21 12:00 UTC. Not the built program (command_program_test.cpp has that).

#include "daemon/commands.hpp"
#include "daemon/history.hpp"
#include "tests/daemon/clocked_store.hpp"
#include "tests/support/clock.hpp"
#include "tests/support/gated_store.hpp"
#include "tests/support/sqlite_file.hpp"

#include <csignal>
#include <fstream>
#include <future>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace retention::test {

// 8 prospects on 2026-11-21 under 36 months: 1 and 2 are due (2 long overdue), 3 is kept through that very day, 4 is
// young, 5 was called lately, 6 has an open deal, 7 has no date, 8 is done.
constexpr const char* crm_tables = R"sql(
CREATE TABLE contacts (id INTEGER PRIMARY KEY, created_at TEXT, full_name TEXT, kind TEXT NOT NULL);
CREATE TABLE calls (id INTEGER PRIMARY KEY, contact_id INTEGER REFERENCES contacts (id), started_at TEXT);
CREATE TABLE deals (id INTEGER PRIMARY KEY, contact_id INTEGER REFERENCES contacts (id), status TEXT);
CREATE TABLE notes (id INTEGER PRIMARY KEY, contact_id INTEGER REFERENCES contacts (id), body TEXT);
CREATE INDEX calls_contact ON calls (contact_id);
CREATE INDEX deals_contact ON deals (contact_id);
CREATE INDEX notes_contact ON notes (contact_id);
CREATE TABLE logs (host TEXT, line INTEGER, at TEXT, PRIMARY KEY (host, line)) WITHOUT ROWID;
INSERT INTO contacts VALUES
  (1, '2023-11-20', 'Ann Due', 'prospect'), (2, '2019-02-01', 'Bob Due', 'prospect'),
  (3, '2023-11-21', 'Cay Kept', 'prospect'), (4, '2026-01-01', 'Dan Young', 'prospect'),
  (5, '2019-01-01', 'Eve Called', 'prospect'), (6, '2019-01-01', 'Fay Dealing', 'prospect'),
  (7, NULL, 'Gil Undated', 'prospect'), (8, '2018-01-01', 'REDACTED', 'prospect'),
  (9, '2010-01-01', 'Not Ours', 'client');
INSERT INTO calls VALUES (1, 5, '2024-03-01'), (2, 1, '2020-01-01');
INSERT INTO deals VALUES (1, 6, 'open'), (2, 1, 'won');
INSERT INTO notes VALUES (1, 1, 'about Ann'), (2, 1, 'more'), (3, 2, 'about Bob'), (4, 4, 'about Dan');
INSERT INTO logs VALUES ('a', 1, '2026-01-01'), ('a', 2, '2026-11-01'), ('b', 1, '2025-01-01');
)sql";

constexpr const char* crm_rules = R"toml(
[categories.contacts]
store = "crm"
table = "contacts"
where = "kind = 'prospect'"
trigger = ["created_at", { table = "calls", on = "contact_id", column = "started_at" }]
period = "36 months"
action = "anonymise"
elsewhere = ["letters in the cellar"]
[categories.contacts.mask]
full_name = "redact"
[[categories.contacts.unless]]
reason = "open deal"
table = "deals"
on = "contact_id"
where = "status = 'open'"
[[categories.contacts.related]]
table = "notes"
on = "contact_id"
action = "delete"
[categories.contacts.limits]
share = "100%"

[categories.logs]
store = "crm"
table = "logs"
trigger = "at"
period = "6 months"
action = "delete"
[categories.logs.limits]
share = "100%"
)toml";

class Bench {
public:
    explicit Bench(const std::string& rules = crm_rules, const std::string& tables = crm_tables) : store(tables) {
        write("rules.toml", rules);
        write("retentiond.toml", "timezone = \"UTC\"\npolicies = [\"rules.toml\"]\nstate = \"state\"\n"
                                 "[audit]\ndirectory = \"audit\"\nkey = { file = \"audit.key\" }\n"
                                 "[stores.crm]\nurl = \"sqlite:///" +
                                     store.path().string().substr(1) + "\"\n");
    }

    void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }
    std::string read(const std::string& name) const {
        std::ifstream in(file(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::filesystem::path file(const std::string& name) const { return store.folder() / name; }

    // What the state directory remembers, which nobody holds now.
    template <class Look>
    auto remembered(Look look) const {
        const State state = State::acquire(file("state"));
        const Head further{7, std::string(64, 'b')};
        return look(History(state, further, std::chrono::milliseconds(0)));
    }
    std::vector<RunRecord> runs() const {
        return remembered([](const History& history) { return history.last(10); });
    }

    // Runs the command with --config; what it wrote is in `out` and `err`.
    ExitCode operator()(std::vector<std::string> words) {
        words.insert(words.end(), {"--config", file("retentiond.toml").string()});
        return bare(words);
    }
    ExitCode bare(const std::vector<std::string>& words) {
        std::istringstream in(answer);
        std::ostringstream written, told;
        Context context{in, written, told, can_ask, terminal, terminal, clock.reading(), {}, stores};
        context.patience = std::chrono::milliseconds(0);
        const ExitCode code = run_program(words, context);
        out = written.str(), err = told.str();
        return code;
    }

    SqliteFile store;
    Clock clock{"2026-11-21 12:00:00"};
    OpenStore stores = with_clock(clock.reading());
    std::string answer; // to a question
    bool can_ask = false;
    Terminal terminal;
    std::string out, err;
};

// The command, which gets the signal while it counts, and is not let go on before it has ended by itself.
inline ExitCode interrupted_count(Bench& bench, const std::vector<std::string>& words, int signal) {
    std::map<std::string, Gates> gates;
    Gate& counting = gates["crm"].counting;
    const OpenStore before = std::exchange(bench.stores, gated(gates, bench.clock.reading()));
    counting.close();
    auto code = std::async(std::launch::async, [&] { return bench(words); });
    counting.await_visitor();
    ::kill(::getpid(), signal);
    const bool ended = code.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
    counting.open();
    const ExitCode with = code.get();
    bench.stores = before;
    if (!ended) throw std::runtime_error("it goes on counting");
    return with;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
inline int number(ExitCode code) {
    return static_cast<int>(code);
}

} // namespace retention::test
