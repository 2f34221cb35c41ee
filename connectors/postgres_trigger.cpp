#include "connectors/postgres_trigger.hpp"

#include "connectors/check_words.hpp"
#include "connectors/sql.hpp"

#include <algorithm>
#include <array>

namespace retention {
namespace {

// pg_trigger.tgtype, as catalog/pg_trigger.h has it.
constexpr unsigned each_row = 1, before = 2, instead = 64;
constexpr std::array<std::pair<unsigned, TriggerEvent>, 3> events = {
    {{4, TriggerEvent::insert}, {8, TriggerEvent::erase}, {16, TriggerEvent::update}}};

using Words = std::vector<SqlWord>;

std::string assignment(std::string_view column) {
    return "\n; NEW." + quoted(column) + " := ;";
}

// What a plpgsql body returns, and which columns of NEW it sets in ways that are no `NEW.column := …`.
class Body {
public:
    Body(const std::string& code, const Table& table) : table_(table) {
        for (SqlWord& word : words_of(code)) words_.push_back(std::move(word));
        for (std::size_t i = 0; i < words_.size(); ++i) look(i);
    }

    bool ignores(TriggerEvent event) const {
        if (returns_null_) return true;
        if (event == TriggerEvent::erase) return returns_new_ && !(returns_old_ && tells_events_);
        return event == TriggerEvent::update && returns_old_ && !(returns_new_ && tells_events_);
    }
    const std::string& assignments() const { return assignments_; }

private:
    bool is(std::size_t i, std::string_view word) const { return i < words_.size() && words_[i].is(word); }

    void look(std::size_t i) {
        if (is(i, "tg_op")) tells_events_ = true;
        if (is(i, "return")) look_at_return(i + 1);
        if (is(i, "into")) look_at_targets(i + (is(i + 1, "strict") ? 2 : 1));
        if (is(i, "new") && (is(i + 1, "=") || is(i + 1, ":")) && (i == 0 || begins_statement(i - 1))) sets_all();
    }
    bool follows(std::size_t i, std::initializer_list<const char*> expected) const {
        return std::all_of(expected.begin(), expected.end(), [&](const char* word) { return is(i++, word); });
    }
    bool begins_statement(std::size_t i) const {
        const auto starts = {";", "begin", "then", "else", "loop"};
        return std::any_of(starts.begin(), starts.end(), [&](const char* word) { return is(i, word); });
    }

    // RETURN expression; a NULL in it may be what comes back, but for IS [NOT] NULL. Another record than NEW and OLD
    // may have any date in it.
    void look_at_return(std::size_t i) {
        if (follows(i, {"coalesce", "(", "new", ",", "old", ")", ";"})) return; // whichever there is
        std::size_t others = 0;
        const std::size_t first = i;
        for (; i < words_.size() && !is(i, ";"); ++i) {
            if (is(i, "null") && !is(i - 1, "is") && !is(i - 1, "not")) returns_null_ = true;
            if (is(i, "new") && !is(i + 1, ".")) returns_new_ = true;
            if (is(i, "old") && !is(i + 1, ".")) returns_old_ = true;
            const auto harmless = {"new", "old", "null", "coalesce", "(", ")", ","};
            others += std::none_of(harmless.begin(), harmless.end(), [&](const char* word) { return is(i, word); });
        }
        if (i > first && others > 0) sets_all();
    }

    // INTO a, NEW.b, NEW
    void look_at_targets(std::size_t i) {
        for (;;) {
            const bool of_new = is(i, "new");
            if (of_new && !is(i + 1, ".")) sets_all();
            if (of_new && is(i + 1, ".") && i + 2 < words_.size()) assignments_ += assignment(spelled(words_[i + 2]));
            while (i < words_.size() && (words_[i].is_name() || is(i, ".")) && !is(i, "from")) ++i;
            if (!is(i, ",")) return;
            ++i;
        }
    }

    std::string spelled(const SqlWord& word) const {
        const Column* column = table_.find(word.text);
        return column ? column->name : word.text;
    }
    void sets_all() {
        for (const Column& column : table_.columns)
            if (assignments_.find(assignment(column.name)) == std::string::npos)
                assignments_ += assignment(column.name);
    }

    const Table& table_;
    Words words_;
    std::string assignments_;
    bool returns_null_ = false, returns_new_ = false, returns_old_ = false, tells_events_ = false;
};

// moddatetime(column) sets the column to now (postgresql.org/docs/15/contrib-spi.html).
std::string code_of_c(const PostgresTrigger& trigger) {
    if (trigger.body == "moddatetime")
        return "BEGIN" + assignment(trigger.arguments.substr(0, trigger.arguments.find("\\000")));
    return "BEGIN -- a function in C may do anything\nINSERT ; UPDATE ; DELETE ; END";
}

std::string code_of(const PostgresTrigger& trigger, const Body& body) {
    if (trigger.language == "plpgsql") return postgres_code(trigger.body) + body.assignments();
    if (trigger.language == "internal") return "";
    if (trigger.language == "c") return code_of_c(trigger);
    return "BEGIN -- " + trigger.language + " is not read\nINSERT ; UPDATE ; DELETE ; END\n" + trigger.body;
}

TriggerTiming timing_of(unsigned type) {
    if (type & instead) return TriggerTiming::instead_of;
    return type & before ? TriggerTiming::before : TriggerTiming::after;
}

} // namespace

std::vector<DatabaseTrigger> read_postgres_trigger(const PostgresTrigger& trigger, const Table& table) {
    const Body body(trigger.language == "plpgsql" ? postgres_code(trigger.body) : "", table);
    DatabaseTrigger like;
    like.name = trigger.name;
    like.timing = timing_of(trigger.type);
    like.text = "CREATE TRIGGER " + quoted(trigger.name) + " ON " + quoted(table.schema) + "." + quoted(table.name) +
                " EXECUTE FUNCTION " + quoted(trigger.function) + "()\n" + code_of(trigger, body);
    std::vector<DatabaseTrigger> triggers;
    for (const auto& [bit, event] : events) {
        if (!(trigger.type & bit)) continue;
        triggers.push_back(like);
        triggers.back().event = event;
        if (event == TriggerEvent::update) triggers.back().columns = trigger.columns;
        const bool may_ignore = (trigger.type & each_row) && like.timing == TriggerTiming::before;
        triggers.back().ignores_row = may_ignore && body.ignores(event);
    }
    return triggers;
}

} // namespace retention
