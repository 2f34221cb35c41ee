#include "connectors/mariadb_trigger.hpp"

#include "connectors/check_words.hpp"
#include "connectors/mariadb_type.hpp"

#include <algorithm>
#include <utility>

namespace retention {

namespace {

// For the check that asks whether a trigger changes rows, which reads comments too.
constexpr char unknown[] = " /* it may INSERT , UPDATE or DELETE : what it calls is not known */ ";

bool has_word(const std::vector<SqlWord>& words, const char* wanted) {
    return std::ranges::any_of(words, [&](const SqlWord& word) { return word.is(wanted); });
}

std::string body(const MariadbTrigger& trigger) {
    if (trigger.hidden) return unknown;
    const std::string plain = mariadb_plain(trigger.statement, false);
    return has_word(words_of(plain), "call") ? plain + unknown : plain;
}

} // namespace

std::vector<DatabaseTrigger> read_mariadb_trigger(const Table& table, const MariadbTrigger& from) {
    constexpr std::pair<const char*, TriggerEvent> events[] = {
        {"INSERT", TriggerEvent::insert}, {"UPDATE", TriggerEvent::update}, {"DELETE", TriggerEvent::erase}};
    std::vector<DatabaseTrigger> triggers;
    for (const auto& [word, event] : events) {
        if (from.event.find(word) == std::string::npos) continue;
        DatabaseTrigger& trigger = triggers.emplace_back();
        trigger.name = from.name;
        trigger.timing = from.timing == "AFTER" ? TriggerTiming::after : TriggerTiming::before;
        trigger.event = event;
        trigger.text = "CREATE TRIGGER " + mariadb_quoted(from.name) + " " + from.timing + " " + word + " ON " +
                       mariadb_quoted(table.name) + " FOR EACH ROW BEGIN " + body(from) + " END";
    }
    return triggers;
}

} // namespace retention
