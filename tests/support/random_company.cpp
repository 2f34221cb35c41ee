#include "tests/support/random_company.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <random>
#include <stdexcept>

namespace retention::test {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

// Every table begins with these.
enum { tag_at, kind_at, n_at };

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::int64_t between(std::int64_t from, std::int64_t to) {
        return std::uniform_int_distribution<std::int64_t>(from, to)(engine_);
    }
    bool chance(int percent) { return between(1, 100) <= percent; }
    template <typename T>
    const T& one_of(const std::vector<T>& choices) {
        return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(choices.size()) - 1))];
    }

private:
    std::mt19937_64 engine_;
};

std::string name_in_sql(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? 2 : 1, c);
    return text + '"';
}

std::string toml_text(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return result + '"';
}

std::string toml_list(const Texts& names) {
    if (names.size() == 1) return toml_text(names[0]);
    std::string result = "[";
    for (const auto& name : names) result += (result.size() > 1 ? ", " : "") + toml_text(name);
    return result + "]";
}

std::string literal(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&value)) {
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "%.17e", *real);
        return text.data();
    }
    if (const auto* blob = std::get_if<Blob>(&value)) return "x'" + key_text(*blob) + "'";
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return "NULL";
    std::string result = "'";
    for (const char c : *text) result.append(c == '\'' ? 2 : 1, c);
    return result + "'";
}

// As SQLite sorts: NULL, numbers, text, bytes.
bool sorts_before(const Value& a, const Value& b) {
    const auto rank = [](const Value& v) { return v.index() == 0 ? 0 : v.index() <= 2 ? 1 : v.index() == 3 ? 2 : 3; };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const auto real = [](const Value& v) {
        const auto* whole = std::get_if<std::int64_t>(&v);
        return whole ? static_cast<double>(*whole) : std::get<double>(v);
    };
    if (rank(a) == 1) return a.index() == b.index() ? a < b : real(a) < real(b);
    return a < b;
}

std::string clock_text(LocalTime time, const std::string& between, int precision) {
    const auto day = std::chrono::floor<days>(time);
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()));
    std::string result = to_string(day) + between + text.data();
    if (precision == 0) return result;
    std::snprintf(text.data(), text.size(), ":%02d", static_cast<int>(clock.seconds().count()));
    result += text.data();
    if (precision == 1) return result;
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(clock.subseconds().count()));
    return result + text.data();
}

struct DateColumn {
    std::string type, format; // declared type; format in the rule, may be empty
};
const std::vector<DateColumn> date_columns{
    {"TEXT", ""},           {"TEXT", ""},        {"DATETIME", ""},       {"", ""},         {"VARCHAR(40)", "iso"},
    {"TEXT", "iso-offset"}, {"INTEGER", "unix"}, {"INTEGER", "unix-ms"}, {"TEXT", "unix"}, {"DATETIME", "unix"},
};

class Maker {
public:
    Maker(RandomCompany& company, std::uint64_t seed) : to_(company), dice_(seed) {}

    void make() {
        choose_time();
        choose_keys();
        choose_rule();
        make_schema();
        fill();
    }

private:
    // When -----------------------------------------------------------------------------------------------------------
    void choose_time() {
        const Texts zones{"UTC", "Europe/London", "America/New_York", "Asia/Kolkata"};
        to_.zones = {dice_.one_of(zones), dice_.one_of(zones)};
        to_.store.here = Zone::load(to_.zones.here).value();
        to_.store.store = Zone::load(to_.zones.store).value();
        to_.as_of = day(dice_.one_of<std::string>({"2024-02-29", "2025-03-31", "2026-02-28", "2026-03-01", "2026-03-30",
                                                   "2026-11-21", "2023-12-31", "2025-10-26"}));
        if (dice_.chance(40)) to_.as_of -= days{dice_.between(0, 900)};
        const Texts starts{"end of month", "end of year", "end of financial year"};
        if (dice_.chance(25)) {
            starts_ = dice_.one_of(starts);
            counting_.starts = starts_ == starts[0]   ? Starts::end_of_month
                               : starts_ == starts[1] ? Starts::end_of_year
                                                      : Starts::end_of_financial_year;
            counting_.financial_year_ends = std::chrono::March / 31;
        }
        choose_period();
    }

    void choose_period() {
        const int form = static_cast<int>(dice_.between(0, 9));
        const std::vector<std::pair<std::string, Period>> periods{
            {"6 months", {6, Unit::month}}, {"36 months", {36, Unit::month}}, {"150 days", {150, Unit::day}},
            {"1 year", {1, Unit::year}},    {"P2W", {2, Unit::week}},         {"1 month", {1, Unit::month}}};
        const auto& [text, period] = dice_.one_of(periods);
        period_ = period;
        if (form < 5) {
            period_toml_ = toml_text(text);
        } else if (form < 7) {
            period_toml_ = "{ at_least = " + toml_text(text) + ", at_most = \"" +
                           dice_.one_of<std::string>({"37 months", "4 years"}) + "\" }";
        } else if (form < 9) {
            period_ = {12, Unit::month};
            stored_ = true;
            period_toml_ = form == 7 ? "{ column = \"months\", unit = \"month\" }"
                                     : "{ table = \"terms\", via = \"term\", column = \"months\", unit = \"month\" }";
        } else {
            none_ = true;
            period_toml_ = "\"none\"";
        }
    }

    // Names and keys -------------------------------------------------------------------------------------------------
    void choose_keys() {
        records_ = dice_.one_of<std::string>({"people", "order details", "we\"ird", "a.b", "group", "other", "Ünï"});
        notes_ = dice_.one_of<std::string>({"notes", "line items", "x.y", "select", "no\"te"});
        files_ = dice_.one_of<std::string>({"files", "note files"});
        const std::string k = dice_.one_of<std::string>({"id", "Id No", "k.1"});
        switch (dice_.between(0, 7)) {
        case 0:
        case 1:
            key_ = {{k, "INTEGER"}};
            break;
        case 2:
            key_ = {{k, "TEXT"}};
            break;
        case 3:
            key_ = {{k, "TEXT COLLATE NOCASE"}};
            break;
        case 4:
            key_ = {{k, "INTEGER"}, {"part two", "TEXT"}};
            break;
        case 5:
            key_ = {{k, "BLOB"}};
            break;
        case 6:
            key_ = {{k, "REAL"}};
            break;
        default:
            key_ = {{k, "VARCHAR(30)"}, {"b", "INTEGER"}};
        }
        without_rowid_ = dice_.chance(35);
        note_key_ = dice_.one_of<std::string>({"INTEGER", "TEXT"});
        at_ = dice_.one_of(date_columns), at2_ = dice_.one_of(date_columns), note_at_ = dice_.one_of(date_columns);
        file_at_ = dice_.one_of(date_columns);
    }
    bool single() const { return key_.size() == 1; }
    Texts key_names() const {
        Texts names;
        for (const auto& [name, type] : key_) names.push_back(name);
        return names;
    }
    Texts refs() const { return single() ? Texts{"ref"} : Texts{"ref", "ref2"}; }

    // The rule -------------------------------------------------------------------------------------------------------
    std::string where(const std::string& sql, Condition condition) {
        to_.store.conditions[sql] = std::move(condition);
        return toml_text(sql);
    }
    // About a row of any table.
    std::string some_where() {
        switch (dice_.between(0, 5)) {
        case 0:
            return where("kind = 'x'", [](auto&, auto*, auto* row) { return (*row)[kind_at] == Value("x"); });
        case 1:
            return where("kind <> 'y' -- not y: 'why'\n", [](auto&, auto*, auto* row) {
                return (*row)[kind_at].index() != 0 && (*row)[kind_at] != Value("y");
            });
        case 2:
            return where("n >= 2 AND n < 6", [](auto&, auto*, auto* row) {
                const auto* n = std::get_if<std::int64_t>(&(*row)[n_at]);
                return n && *n >= 2 && *n < 6;
            });
        case 3:
            return where("kind IS NULL OR n > 3", [](auto&, auto*, auto* row) {
                const auto* n = std::get_if<std::int64_t>(&(*row)[n_at]);
                return (*row)[kind_at].index() == 0 || (n && *n > 3);
            });
        case 4:
            return where("kind = 'y' OR kind = 'a:b'", [](auto&, auto*, auto* row) {
                return (*row)[kind_at] == Value("y") || (*row)[kind_at] == Value("a:b");
            });
        default: {
            const std::string limit = to_string(minus(to_.as_of, {13, Unit::year}));
            return where("kind < {as_of - 13 years}", [limit](auto&, auto*, auto* row) {
                const auto* text = std::get_if<std::string>(&(*row)[kind_at]);
                return text && *text < limit;
            });
        }
        }
    }
    std::string linked_sql(const std::string& table, const std::string& record) {
        return where(name_in_sql(table) + ".n > " + name_in_sql(record) + ".n /* both: */", [](auto&, auto* row,
                                                                                               auto* linked) {
            const auto *a = std::get_if<std::int64_t>(&(*linked)[n_at]), *b = std::get_if<std::int64_t>(&(*row)[n_at]);
            return a && b && *a > *b;
        });
    }
    std::string to_notes() const { return "table = " + toml_text(notes_) + ", on = " + toml_list(refs()); }
    std::string to_files() const {
        return "table = " + toml_text(files_) + ", on = \"note\", through = { " + to_notes();
    }

    std::string date_keys(const DateColumn& column) {
        std::string text = column.format.empty() ? "" : ", format = \"" + column.format + "\"";
        if (dice_.chance(15))
            text += ", earliest = \"" + dice_.one_of<std::string>({"1990-01-01", "2021-06-01"}) + "\"";
        return text;
    }
    std::string trigger() {
        const std::int64_t forms = evidence_in_notes_ ? 7 : 2;
        switch (const auto form = dice_.between(0, forms); form) {
        case 0:
        case 2:
            return "{ column = \"happened at\"" + date_keys(at_) + " }";
        case 1: {
            return "{ column = \"at2\"" + date_keys(at2_) + " }";
        }
        case 3:
        case 4: {
            std::string text = "{ " + to_notes() + ", column = \"at\"" + date_keys(note_at_);
            if (dice_.chance(40)) text += ", where = " + some_where();
            if (dice_.chance(20)) text += ", sql = " + linked_sql(notes_, records_);
            if (dice_.chance(50)) text += ", open = \"ignore\"";
            return text + " }";
        }
        case 5: {
            std::string text = "{ " + to_files();
            if (dice_.chance(40)) text += ", where = " + some_where();
            text += " }, column = \"at\"" + date_keys(file_at_);
            if (dice_.chance(30)) text += ", where = " + some_where();
            return text + (dice_.chance(60) ? ", open = \"ignore\" }" : " }");
        }
        case 6:
            if (single() && !deletes_)
                return "{ table = " + toml_text(records_) + ", on = \"parent\", column = \"happened at\"" +
                       date_keys(at_) + ", open = \"ignore\" }";
            return "{ table = \"terms\", via = \"term\", column = \"ends\" }";
        default:
            return "{ sql = " + query() + date_keys(note_at_) + " }";
        }
    }
    std::string query() {
        std::string sql = "SELECT max(c.at) FROM " + name_in_sql(notes_) + " c WHERE c.n > 2";
        for (std::size_t i = 0; i < key_.size(); ++i)
            sql += " AND c." + refs()[i] + " = " + name_in_sql(records_) + "." + name_in_sql(key_[i].first);
        const auto names = key_names(), on = refs();
        to_.store.queries[sql] = [=, notes = notes_, records = records_](const ModelStore& store, const Cells& record) {
            Value latest;
            const ModelTable &from = store.tables.at(notes), &of = store.tables.at(records);
            for (const auto& [tag, row] : from.rows) {
                const auto* n = std::get_if<std::int64_t>(&row[n_at]);
                bool matches = n && *n > 2;
                for (std::size_t i = 0; i < names.size(); ++i) {
                    const auto column = of.at(names[i]);
                    matches = matches && same(row[from.at(on[i])], record[column], of.columns[column].nocase);
                }
                if (matches && sorts_before(latest, row[from.at("at")])) latest = row[from.at("at")];
            }
            return latest;
        };
        return toml_text(sql);
    }

    std::string unless() {
        std::string text = "[[categories.records.unless]]\nreason = \"" +
                           dice_.one_of<std::string>({"open deal", "kept", "law suit"}) + "\"\n";
        const auto form = dice_.between(0, evidence_in_notes_ ? 5 : 1);
        if (form == 0) return text + "where = " + some_where() + "\n";
        if (form == 1) {
            const std::string limit = to_string(to_.as_of);
            return text + "sql = " +
                   where(name_in_sql(records_) + ".n = 7 OR " + name_in_sql(records_) + ".kind > {as_of}",
                         [limit](auto&, auto* row, auto*) {
                             const auto* kind = std::get_if<std::string>(&(*row)[kind_at]);
                             return (*row)[n_at] == Value(std::int64_t{7}) || (kind && *kind > limit);
                         }) +
                   "\n";
        }
        if (form == 2 && single())
            return text + "sql = " +
                   where("EXISTS (SELECT 1 FROM " + name_in_sql(notes_) + " q WHERE q.ref = " + name_in_sql(records_) +
                             "." + name_in_sql(key_[0].first) + " AND q.n = " + name_in_sql(records_) + ".n)",
                         [this_notes = notes_, this_records = records_, key = key_[0].first](const ModelStore& store,
                                                                                             auto* row, auto*) {
                             const ModelTable &from = store.tables.at(this_notes), &of = store.tables.at(this_records);
                             const auto column = of.at(key);
                             for (const auto& [tag, note] : from.rows)
                                 if (same(note[from.at("ref")], (*row)[column], of.columns[column].nocase) &&
                                     same(note[n_at], (*row)[n_at], false))
                                     return true;
                             return false;
                         }) +
                   "\n";
        if (form == 3)
            return text + "table = " + toml_text(files_) + "\non = \"note\"\nwhere = " + some_where() +
                   "\nthrough = { " + to_notes() + " }\n";
        text += "table = " + toml_text(notes_) + "\non = " + toml_list(refs()) + "\n";
        if (form != 4 || dice_.chance(70)) text += "where = " + some_where() + "\n";
        if (form == 4) text += "sql = " + linked_sql(notes_, records_) + "\n";
        return text;
    }

    std::string mask_of(const std::string& column, const Texts& choices) {
        return name_in_sql(column) + " = " + toml_text(dice_.one_of(choices));
    }
    std::string related_entry(const std::string& link, const std::string& action, const std::string& masks,
                              const std::string& extra = "") {
        return "[[categories.records.related]]\n" + link + extra + "action = \"" + action + "\"\n" +
               (action == "anonymise" ? "mask = { " + masks + " }\n" : "");
    }
    std::string note_masks() {
        std::string masks = mask_of("secret", {"redact", "null", "random", "fixed gone", "keep 3"});
        if (dice_.chance(50)) masks += ", " + mask_of("code", {"random", "keep 3", "redact"});
        return masks;
    }

    // A chain of entries for one link; the last takes all the rest. `firm`: only what answers a foreign key.
    std::string chain(const std::string& link, const std::string& table, const std::string& record, bool firm,
                      const std::string& masks_column, std::vector<std::string>& actions) {
        const Texts all = firm ? Texts{"delete", "detach"} : Texts{"delete", "delete", "anonymise", "detach", "keep"};
        std::string text;
        const auto masks = [&] {
            return masks_column.empty() ? note_masks() : mask_of(masks_column, {"redact", "random", "null"});
        };
        if (dice_.chance(40)) {
            actions.push_back(dice_.one_of(all));
            text += related_entry(link, actions.back(), masks(), "where = " + some_where() + "\n");
        }
        if (dice_.chance(20)) {
            actions.push_back(dice_.one_of(all));
            text += related_entry(link, actions.back(), masks(), "sql = " + linked_sql(table, record) + "\n");
        }
        actions.push_back(dice_.one_of(all));
        return text + related_entry(link, actions.back(), masks());
    }

    std::string related() {
        std::string text;
        std::vector<std::string> actions;
        if (dice_.chance(65)) {
            const bool firm = dice_.chance(40);
            text += chain("table = " + toml_text(notes_) + "\non = " + toml_list(refs()) + "\n", notes_, records_, firm,
                          "", actions);
            note_key_answered_ = firm;
        }
        if (!evidence_in_notes_ && single()) {
            actions.push_back(dice_.one_of<std::string>({"delete", "anonymise", "detach", "keep"}));
            text += related_entry("table = " + toml_text(notes_) + "\non = \"ref_b\"\n", actions.back(), note_masks());
            to_.shared_rows = true;
            if (actions.back() != "delete") note_key_answered_ = false; // what it keeps would still point at the record
        }
        const auto takes = [&](const char* word) { return std::ranges::find(actions, word) != actions.end(); };
        notes_deleted_ = takes("delete");
        if (takes("delete") || takes("anonymise") || takes("detach")) {
            std::vector<std::string> below;
            if (dice_.chance(60)) {
                const bool firm = dice_.chance(50);
                text += chain("of = " + toml_text(notes_) + "\ntable = " + toml_text(files_) + "\non = \"note\"\n",
                              files_, notes_, firm, "body", below);
                file_key_answered_ = firm;
            }
        } else if (dice_.chance(40)) {
            text += related_entry(
                "table = " + toml_text(files_) + "\non = \"note\"\nthrough = { " + to_notes() + " }\n",
                dice_.one_of<std::string>({"delete", "anonymise", "detach"}), mask_of("body", {"redact"}));
        }
        if (deletes_ && single() && dice_.chance(25)) {
            self_ = dice_.chance(50) ? "delete" : "detach";
            text += related_entry("table = " + toml_text(records_) + "\non = \"parent\"\n", self_, "");
        }
        return text;
    }

    std::string masks() {
        std::string text =
            "[categories.records.mask]\n" + mask_of("full name", {"redact", "fixed N.N.", "random", "keep 1"}) + "\n";
        marker_ = dice_.chance(30);
        const auto optional = [&](const std::string& column, const Texts& choices) {
            if (dice_.chance(50)) text += mask_of(column, choices) + "\n";
        };
        optional("email", marker_ ? Texts{"random email", "pseudonym"} : Texts{"random email", "null"});
        optional("phone", {"null", "keep 2", "random"});
        optional("born", {"year", "month", "day"});
        optional("ip", {"ip"});
        optional("label", {"redact", "fixed anonymous", "keep 2"});
        return text;
    }

    void choose_rule() {
        deletes_ = dice_.chance(50);
        evidence_in_notes_ = dice_.chance(75);
        std::string head = "[categories.records]\nstore = \"shop\"\ntable = " + toml_text(records_) +
                           "\nperiod = " + period_toml_ + "\n";
        if (none_ || dice_.chance(45)) head += "where = " + some_where() + "\n";
        if (none_) head += "limits = { share = \"100%\", records = 1000 }\n";
        if (!none_) {
            std::string own; // each own column once
            Texts triggers;
            for (auto wanted = dice_.between(1, 3); wanted > 0; --wanted) {
                const auto next = trigger();
                const auto column = next.substr(0, next.find('"', next.find('"') + 1));
                const bool twice = next.rfind("{ column", 0) == 0 && own.find(column) != own.npos;
                if (twice) continue;
                own += column;
                triggers.push_back(next);
            }
            std::string list;
            for (const auto& one : triggers) list += (list.empty() ? "" : ", ") + one;
            head += "trigger = [" + list + "]\n";
            if (dice_.chance(30))
                head += "fallback = " +
                        std::string(dice_.chance(50) ? "\"imported\""
                                                     : "{ table = \"terms\", via = \"term\", column = \"ends\" }") +
                        "\n";
            if (!starts_.empty()) head += "starts = \"" + starts_ + "\"\n";
        }
        head += deletes_ ? "action = \"delete\"\n" : "action = \"anonymise\"\n";
        std::string tail = deletes_ ? "" : masks();
        if (marker_) head += "marker = \"done at\"\n";
        for (auto wanted = dice_.between(0, 2); wanted > 0; --wanted) tail += unless();
        tail += related();
        if (!deletes_ && dice_.chance(20))
            tail += "[categories.removed]\nstore = \"shop\"\ntable = " + toml_text(records_) +
                    "\nwhere = " + some_where() + "\nperiod = \"200 days\"\ntrigger = { column = \"at2\"" +
                    date_keys(at2_) + " }\naction = \"delete\"\n";
        to_.toml = head + tail;
    }

    // The schema -----------------------------------------------------------------------------------------------------
    ModelTable& table(const std::string& name, const std::vector<std::pair<std::string, std::string>>& columns,
                      const Texts& key) {
        ModelTable& made = to_.store.tables[name];
        made.name = name;
        made.key = key;
        for (const auto& [column, type] : columns) {
            ModelColumn& added = made.columns.emplace_back();
            added.name = column;
            added.type = type;
            added.text = type.find("CHAR") != type.npos || type.find("TEXT") != type.npos;
            added.nocase = type.find("NOCASE") != type.npos;
            added.not_null = type.find("NOT NULL") != type.npos;
            if (const auto open = type.find('('); open != type.npos) added.length = std::stoul(type.substr(open + 1));
        }
        return made;
    }
    void create(const std::string& name, bool without_rowid, const std::string& constraints) {
        const ModelTable& made = to_.store.tables.at(name);
        std::string columns, key;
        for (const auto& column : made.columns) columns += name_in_sql(column.name) + " " + column.type + ", ";
        for (const auto& column : made.key) key += (key.empty() ? "" : ", ") + name_in_sql(column);
        to_.script += "CREATE TABLE " + name_in_sql(name) + " (" + columns + "PRIMARY KEY (" + key + ")" + constraints +
                      ")" + (without_rowid ? " WITHOUT ROWID" : "") + ";\n";
    }

    void make_schema() {
        std::vector<std::pair<std::string, std::string>> columns{
            {"tag", "INTEGER"}, {"kind", "TEXT"}, {"n", "INTEGER"}};
        const auto with = [&](std::vector<std::pair<std::string, std::string>> more) {
            auto all = columns;
            all.insert(all.end(), more.begin(), more.end());
            return all;
        };
        auto own = with(key_);
        for (std::size_t i = 3; i < own.size(); ++i) own[i].second += " NOT NULL";
        own.insert(own.end(), {{"happened at", at_.type},
                               {"at2", at2_.type},
                               {"imported", "TEXT"},
                               {"months", dice_.chance(70) ? "INTEGER" : "REAL"},
                               {"term", "INTEGER"},
                               {"full name", "TEXT NOT NULL"},
                               {"email", "VARCHAR(60)"},
                               {"phone", "TEXT"},
                               {"born", dice_.chance(50) ? "TEXT" : "TEXT NOT NULL"},
                               {"ip", "TEXT"},
                               {"label", "NVARCHAR(5)"},
                               {"done at", "TEXT"}});
        if (single()) own.push_back({"parent", key_[0].second});
        table(records_, own, key_names());
        std::string self_key;
        if (single() && (!deletes_ || self_ == "detach") && dice_.chance(60))
            self_key = ", FOREIGN KEY (parent) REFERENCES " + name_in_sql(records_);
        has_self_key_ = !self_key.empty();
        create(records_, without_rowid_, self_key);

        auto note_columns = with({{"id", note_key_ + " NOT NULL"}});
        for (std::size_t i = 0; i < key_.size(); ++i) note_columns.push_back({refs()[i], key_[i].second});
        if (single()) note_columns.push_back({"ref_b", key_[0].second});
        note_columns.insert(note_columns.end(), {{"at", note_at_.type}, {"secret", "TEXT"}, {"code", "VARCHAR(20)"}});
        table(notes_, note_columns, {"id"});
        const bool records_go = deletes_;
        std::string key;
        if ((!records_go || (note_key_answered_ && self_ != "delete")) && dice_.chance(70)) {
            std::string on, to;
            for (std::size_t i = 0; i < key_.size(); ++i) {
                on += (i ? ", " : "") + name_in_sql(refs()[i]);
                to += (i ? ", " : "") + name_in_sql(key_[i].first);
            }
            key = ", FOREIGN KEY (" + on + ") REFERENCES " + name_in_sql(records_) + " (" + to + ")" +
                  dice_.one_of<std::string>({"", " ON DELETE RESTRICT", " ON DELETE CASCADE", " ON DELETE NO ACTION"});
        }
        note_has_key_ = !key.empty();
        create(notes_, dice_.chance(30), key);

        table(files_, with({{"id", "INTEGER"}, {"note", note_key_}, {"at", file_at_.type}, {"body", "TEXT"}}), {"id"});
        file_has_key_ = (!notes_deleted_ || file_key_answered_) && dice_.chance(60);
        create(files_, false,
               file_has_key_ ? ", FOREIGN KEY (note) REFERENCES " + name_in_sql(notes_) + " ON DELETE RESTRICT" : "");
        table("terms", with({{"id", "INTEGER"}, {"months", "INTEGER"}, {"ends", "TEXT"}}), {"id"});
        create("terms", false, "");
    }

    // The data -------------------------------------------------------------------------------------------------------
    Value date(const DateColumn& column, bool sound = false) {
        if (!sound && dice_.chance(12)) return odd_date(column);
        Date local = cutoff_for(to_.as_of, period_, counting_) + days{dice_.between(-3, 3)};
        if (dice_.chance(20)) local -= days{dice_.between(0, 60)};
        if (dice_.chance(25)) local = to_.as_of - days{dice_.between(0, 2200)};
        if (dice_.chance(8))
            local = Date{std::chrono::year_month_day{local}.year() /
                         dice_.one_of<std::chrono::month_day_last>({std::chrono::February / std::chrono::last,
                                                                    std::chrono::August / std::chrono::last,
                                                                    std::chrono::April / std::chrono::last})};
        if (dice_.chance(3)) local = day("9999-01-01");
        Instant instant = to_.store.here.first_instant(local);
        instant += dice_.one_of<microseconds>({microseconds{0}, microseconds{-1}, seconds{-1}, seconds{1},
                                               seconds{-1800}, seconds{43200}, seconds{dice_.between(0, 86399)}});
        if (column.format == "unix") return std::chrono::floor<seconds>(instant.time_since_epoch()).count();
        if (column.format == "unix-ms")
            return std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
        const std::string between = dice_.chance(50) ? " " : "T";
        const int precision = static_cast<int>(dice_.between(0, 2));
        const auto utc = LocalTime{instant.time_since_epoch()};
        if (column.format == "iso-offset") {
            if (dice_.chance(30)) return clock_text(utc, between, precision) + "Z";
            if (dice_.chance(50)) return clock_text(utc + seconds{19800}, between, precision) + "+05:30";
            return clock_text(utc - std::chrono::hours{5}, between, precision) +
                   dice_.one_of<std::string>({"-05", "-0500", "-05:00"});
        }
        if (dice_.chance(35)) return to_string(local);
        if (dice_.chance(40)) return clock_text(utc, between, precision) + "Z";
        return clock_text(to_.store.store.local_time(instant), between, precision);
    }
    Value odd_date(const DateColumn& column) {
        const std::vector<Value> text{{},
                                      {},
                                      "0000-00-00",
                                      "",
                                      "2019-02-30",
                                      "2019-1-1",
                                      "n/a",
                                      "1900-01-01",
                                      "0001-01-01",
                                      std::int64_t{20190101},
                                      1.5,
                                      "2019-01-01 25:00",
                                      "2019-01-01T10:00:00+01:00",
                                      " 2019-01-01",
                                      "infinity",
                                      Blob{"2019-01-01"},
                                      std::int64_t{0},
                                      std::int64_t{1546300800}};
        const std::vector<Value> number{
            {},           {},           std::int64_t{0}, std::int64_t{-1}, "abc",
            "2019-01-01", "1546300800", std::int64_t{1}, 1546300800.75,    std::int64_t{9'000'000'000'000'000'000},
            "",           "0",          1e300,           Blob{"1"}};
        return dice_.one_of(column.format.rfind("unix", 0) == 0 ? number : text);
    }
    Value kind() { return dice_.one_of<Value>({{}, "x", "x", "y", "a:b", "2010-05-05", "z{as_of}"}); }
    Value n() { return dice_.chance(15) ? Value{} : Value{dice_.between(0, 8)}; }
    Value months() {
        if (dice_.chance(20))
            return dice_.one_of<Value>({{}, std::int64_t{0}, std::int64_t{-3}, std::int64_t{999999}, 2.5, 24.0, "x"});
        return dice_.one_of<std::int64_t>({12, 12, 12, 6, 24, 1, 36});
    }
    Value key_value(const std::string& type, std::int64_t i) {
        constexpr std::int64_t big = std::int64_t{1} << 53;
        if (type.rfind("INTEGER", 0) == 0) return dice_.one_of<std::int64_t>({i, big + i, -i, 5'000'000'000 + i});
        if (type.rfind("REAL", 0) == 0)
            return dice_.one_of<double>(
                {static_cast<double>(i), static_cast<double>(i) + 0.5, static_cast<double>(-i) - 0.25});
        const std::string number = std::to_string(i);
        if (type.rfind("BLOB", 0) == 0)
            return dice_.one_of<Value>(
                {Blob{"\x01" + number}, Blob{number}, i, static_cast<double>(i) + 0.5, number + "t"});
        return dice_.one_of<std::string>(
            {number, "k" + number, "K" + number + "é", "it's " + number, number + ",5", "a\"" + number});
    }
    Value masked(const std::string& mask) {
        if (mask.rfind("redact", 0) == 0) return "REDACTED";
        if (mask.rfind("fixed ", 0) == 0) return mask.substr(6);
        if (mask == "random") return "x1234z89abcdef01";
        if (mask == "random email") return "x1234z89abcdef01@anonymised.invalid";
        if (mask == "ip") return "10.1.2.0";
        if (mask == "year") return "1980-01-01";
        if (mask == "month") return "1980-06-01";
        if (mask == "day") return "1980-06-15";
        return Value{};
    }
    // What the rule's mask for the column makes, where it has one.
    Value already(const std::string& column) {
        const auto at = to_.toml.find(name_in_sql(column) + " = \"");
        if (at == std::string::npos) return "plain";
        const auto from = at + name_in_sql(column).size() + 4;
        const auto mask = to_.toml.substr(from, to_.toml.find('"', from) - from);
        if (mask.rfind("keep", 0) == 0) return "A";
        if (column == "label" && mask == "redact") return "REDAC";
        if (column == "label" && mask.rfind("fixed", 0) == 0) return "anony";
        return masked(mask);
    }

    void insert(const std::string& name, const std::map<std::string, Value>& cells) {
        std::string columns, values;
        for (const auto& [column, value] : cells) {
            columns += (columns.empty() ? "" : ", ") + name_in_sql(column);
            values += (values.empty() ? "" : ", ") + literal(value);
        }
        to_.script += "INSERT INTO " + name_in_sql(name) + " (" + columns + ") VALUES (" + values + ");\n";
    }

    void fill() {
        for (std::int64_t i = 1; i <= 4; ++i)
            insert("terms", {{"tag", i},
                             {"id", i},
                             {"kind", kind()},
                             {"n", n()},
                             {"months", i == 1 ? Value{std::int64_t{12}} : months()},
                             {"ends", date({"TEXT", ""})}});
        std::vector<std::vector<Value>> keys;
        const auto many = dice_.between(3, 24);
        const DateColumn iso{"TEXT", ""};
        for (std::int64_t i = 1; i <= many; ++i) {
            std::map<std::string, Value> row{
                {"tag", i},           {"kind", kind()},
                {"n", n()},           {"happened at", date(at_)},
                {"at2", date(at2_)},  {"imported", date(iso)},
                {"months", months()}, {"term", dice_.chance(85) ? Value{dice_.between(1, 5)} : Value{}}};
            auto& key = keys.emplace_back();
            for (const auto& [name, type] : key_) {
                key.push_back(key_value(type, i));
                row[name] = key.back();
            }
            const bool done = dice_.chance(15);
            row["full name"] =
                done ? already("full name") : dice_.one_of<Value>({"Ann Other", "Bo", "Ænne Ö", "REDACTED"});
            row["email"] = done ? already("email")
                                : dice_.one_of<Value>(
                                      {"a@example.com", {}, "x1234z89abcdef01@anonymised.invalid", "b@example.org"});
            row["phone"] = done ? already("phone") : dice_.one_of<Value>({"0123 456", {}, "12", std::int64_t{4420}});
            row["born"] = dice_.one_of<Value>(
                {"1980-06-15", "1980-06-15 10:30:00", "1980-06-15T10:30:00.5Z", "unknown", "1980-01-01", "1980-06-01"});
            if (done) row["born"] = already("born");
            row["ip"] = done ? already("ip") : dice_.one_of<Value>({"192.0.2.77", {}, "localhost", "192.0.2.0"});
            row["label"] = done ? already("label") : dice_.one_of<Value>({"abcde", {}, "ab", "REDAC"});
            if (marker_) row["done at"] = dice_.one_of<Value>({{}, {}, {}, "", "0", "2024-01-01"});
            for (const auto* required : {"full name", "born"})
                if (row[required].index() == 0) row[required] = "none";
            if (single() && keys.size() > 1 && dice_.chance(40)) row["parent"] = dice_.one_of(keys)[0];
            insert(records_, row);
        }
        fill_notes(keys);
    }

    void fill_notes(const std::vector<std::vector<Value>>& keys) {
        std::vector<Value> notes;
        const auto many = dice_.between(0, 30);
        for (std::int64_t i = 1; i <= many; ++i) {
            std::map<std::string, Value> row{
                {"tag", i}, {"kind", kind()}, {"n", n()}, {"at", date(note_at_, dice_.chance(60))}};
            notes.push_back(note_key_ == "INTEGER" ? Value{i * 7 - 30} : Value{"n" + std::to_string(i)});
            row["id"] = notes.back();
            if (dice_.chance(90)) {
                auto key = dice_.one_of(keys);
                if (!note_has_key_ && dice_.chance(5)) key[0] = "nobody";
                for (std::size_t k = 0; k < key.size(); ++k) row[refs()[k]] = key[k];
                if (!single() && dice_.chance(10)) row["ref2"] = Value{};
            }
            if (single() && dice_.chance(50)) row["ref_b"] = dice_.one_of(keys)[0];
            row["secret"] = dice_.one_of<Value>({"top secret", {}, "REDACTED", "gone", "abc"});
            row["code"] = dice_.one_of<Value>({"C-12345", {}, "C-1", "x1234z89abcdef01", "REDACTED"});
            insert(notes_, row);
        }
        for (std::int64_t i = 1, files = dice_.between(0, 20); i <= files && !notes.empty(); ++i)
            insert(files_, {{"tag", i},
                            {"kind", kind()},
                            {"n", n()},
                            {"id", i},
                            {"note", dice_.chance(90) ? dice_.one_of(notes) : Value{}},
                            {"at", date(file_at_, dice_.chance(60))},
                            {"body", dice_.one_of<Value>({"scan", {}, "REDACTED"})}});
    }

    RandomCompany& to_;
    Dice dice_;
    std::string starts_, period_toml_, records_, notes_, files_, note_key_, self_;
    Counting counting_;
    Period period_;
    std::vector<std::pair<std::string, std::string>> key_;
    DateColumn at_, at2_, note_at_, file_at_;
    bool stored_ = false, none_ = false, deletes_ = false, without_rowid_ = false, evidence_in_notes_ = true;
    bool marker_ = false, note_key_answered_ = false, file_key_answered_ = false, notes_deleted_ = false;
    bool note_has_key_ = false, file_has_key_ = false, has_self_key_ = false;
};

struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

Value value_of(sqlite3_stmt* row, int column) {
    const auto bytes = [&](const void* data) {
        return std::string(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    };
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(row, column)};
    case SQLITE_FLOAT:
        return sqlite3_column_double(row, column);
    case SQLITE_TEXT:
        return bytes(sqlite3_column_text(row, column));
    case SQLITE_BLOB: {
        const void* data = sqlite3_column_blob(row, column);
        return Blob{data ? bytes(data) : std::string()};
    }
    default:
        return {};
    }
}

} // namespace

RandomCompany::RandomCompany(std::uint64_t seed) {
    Maker(*this, seed).make();
}

void read_rows(const std::filesystem::path& database, ModelStore& store) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(database.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, Close> owned(handle);
    if (code != SQLITE_OK) throw std::runtime_error("cannot open " + database.string());
    for (auto& [name, table] : store.tables) {
        table.rows.clear();
        sqlite3_stmt* statement = nullptr;
        std::string columns;
        for (const auto& column : table.columns) columns += (columns.empty() ? "" : ", ") + name_in_sql(column.name);
        const std::string sql = "SELECT " + columns + " FROM " + name_in_sql(name);
        sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
        const std::unique_ptr<sqlite3_stmt, Finalize> rows(statement);
        if (!statement) throw std::runtime_error(sqlite3_errmsg(handle));
        while (sqlite3_step(statement) == SQLITE_ROW) {
            Cells cells;
            for (int i = 0; i < sqlite3_column_count(statement); ++i) cells.push_back(value_of(statement, i));
            const auto tag = std::get<std::int64_t>(cells.at(tag_at));
            table.rows.emplace(tag, std::move(cells));
        }
    }
}

} // namespace retention::test
