// The rule of a random company, and each of its conditions told again in C++ for the model.

#include "tests/support/company_maker.hpp"

#include <algorithm>

namespace retention::test {
namespace {

// Every table begins with these.
enum { tag_at, kind_at, n_at, seen_at, moment_at, flag_at };

const std::string* text_in(const Value& value) {
    return std::get_if<std::string>(&value);
}

const std::int64_t* number_in(const Value& value) {
    return std::get_if<std::int64_t>(&value);
}

// NULL, numbers, text, bytes: SQLite's order; a typed column has values of one of them.
bool sorts_before(const Value& a, const Value& b) {
    const auto rank = [](const Value& v) { return v.index() == 0 ? 0 : v.index() <= 2 ? 1 : v.index() == 3 ? 2 : 3; };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const auto real = [](const Value& v) {
        const auto* whole = number_in(v);
        return whole ? static_cast<double>(*whole) : std::get<double>(v);
    };
    if (rank(a) == 1) return a.index() == b.index() ? a < b : real(a) < real(b);
    return a < b;
}

std::optional<LocalTime> reading_in(const Value& value) {
    const auto* text = text_in(value);
    const auto read = text ? read_iso(*text) : std::nullopt;
    const auto* reading = read ? std::get_if<LocalTime>(&*read) : nullptr;
    return reading ? std::optional(*reading) : std::nullopt;
}

} // namespace

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

// Conditions ----------------------------------------------------------------------------------------------------------

std::string CompanyMaker::where(const std::string& sql, Condition condition) {
    to_.store.conditions[sql] = std::move(condition);
    return toml_text(sql);
}

std::string CompanyMaker::some_where(bool cutoff) {
    switch (const auto form = dice_.between(0, 10)) {
    case 0:
        return where("kind = 'x'", [](auto&, auto*, auto* row) { return (*row)[kind_at] == Value("x"); });
    case 1:
        return where("kind <> 'y' -- not y: 'why'\n", [](auto&, auto*, auto* row) {
            return (*row)[kind_at].index() != 0 && (*row)[kind_at] != Value("y");
        });
    case 2:
        return where("n >= 2 AND n < 6", [](auto&, auto*, auto* row) {
            const auto* n = number_in((*row)[n_at]);
            return n && *n >= 2 && *n < 6;
        });
    case 3:
        return where("kind IS NULL OR n > 3", [](auto&, auto*, auto* row) {
            const auto* n = number_in((*row)[n_at]);
            return (*row)[kind_at].index() == 0 || (n && *n > 3);
        });
    case 4:
        return where("kind = 'y' OR kind = 'a:b'", [](auto&, auto*, auto* row) {
            return (*row)[kind_at] == Value("y") || (*row)[kind_at] == Value("a:b");
        });
    case 5:
        return where("flag", [](auto&, auto*, auto* row) { return (*row)[flag_at] == Value(std::int64_t{1}); });
    case 6:
        return where("NOT flag", [](auto&, auto*, auto* row) { return (*row)[flag_at] == Value(std::int64_t{0}); });
    default:
        return where_of_dates(form, cutoff);
    }
}

std::string CompanyMaker::where_of_dates(std::int64_t form, bool cutoff) {
    const auto text_before = [](std::size_t column, Date limit) {
        return [column, limit = to_string(limit)](auto&, auto*, auto* row) {
            const auto* text = text_in((*row)[column]);
            return text && *text < limit;
        };
    };
    if (form == 7 && cutoff && !stored_ && !none_)
        return where("seen < {cutoff}", text_before(seen_at, cutoff_for(to_.as_of, period_, counting_)));
    if (form <= 8) return where("seen < {as_of - 1 year}", text_before(seen_at, minus(to_.as_of, {1, Unit::year})));
    if (form == 9) {
        const LocalTime limit = to_.store.store.local_time(to_.store.here.first_instant(to_.as_of));
        return where("moment >= {as_of start}", [limit](auto&, auto*, auto* row) {
            const auto reading = reading_in((*row)[moment_at]);
            return reading && *reading >= limit;
        });
    }
    return where("kind < " + as_text(engine_, "{as_of - 13 years}"),
                 text_before(kind_at, minus(to_.as_of, {13, Unit::year})));
}

std::string CompanyMaker::linked_sql(const std::string& table, const std::string& record) {
    return where(name(table) + ".n > " + name(record) + ".n /* both: */", [](auto&, auto* row, auto* linked) {
        const auto *a = number_in((*linked)[n_at]), *b = number_in((*row)[n_at]);
        return a && b && *a > *b;
    });
}

// Dates ---------------------------------------------------------------------------------------------------------------

std::string CompanyMaker::date_keys(const DateColumn& column) {
    std::string text = column.format.empty() ? "" : ", format = \"" + column.format + "\"";
    if (dice_.chance(15)) text += ", earliest = \"" + dice_.one_of<std::string>({"1990-01-01", "2021-06-01"}) + "\"";
    return text;
}

std::string CompanyMaker::trigger() {
    const std::int64_t forms = evidence_in_notes_ ? 7 : 2;
    switch (dice_.between(0, forms)) {
    case 0:
    case 2:
        return "{ column = \"happened at\"" + date_keys(at_) + " }";
    case 1:
        return "{ column = \"at2\"" + date_keys(at2_) + " }";
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
            return "{ table = " + toml_text(records_) + ", on = \"parent\", column = \"happened at\"" + date_keys(at_) +
                   ", open = \"ignore\" }";
        return "{ table = \"terms\", via = \"term\", column = \"ends\" }";
    default:
        return "{ sql = " + query() + date_keys(note_at_) + " }";
    }
}

// SQLite's queries have no type: digits that they find in text are no unix time.
std::string CompanyMaker::query() {
    has_query_ = true;
    if (note_at_.format == "unix" && note_at_.type.kind == ColumnKind::text) to_.same = false;
    std::string sql = "SELECT max(c.at) FROM " + name(notes_) + " c WHERE c.n > 2";
    for (std::size_t i = 0; i < key_.size(); ++i)
        sql += " AND c." + refs()[i] + " = " + name(records_) + "." + name(key_[i].first);
    const auto columns = key_names(), on = refs();
    to_.store.queries[sql] = [=, notes = notes_, records = records_](const ModelStore& store, const Cells& record) {
        Value latest;
        const ModelTable &from = store.tables.at(notes), &of = store.tables.at(records);
        for (const auto& [tag, row] : from.rows) {
            const auto* n = number_in(row[n_at]);
            bool matches = n && *n > 2;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const auto column = of.at(columns[i]);
                matches = matches && same(row[from.at(on[i])], record[column], of.columns[column].type.nocase);
            }
            if (matches && sorts_before(latest, row[from.at("at")])) latest = row[from.at("at")];
        }
        return latest;
    };
    return toml_text(sql);
}

std::string CompanyMaker::triggers() {
    std::string own, list; // each own column once
    for (auto wanted = dice_.between(1, 3); wanted > 0; --wanted) {
        const auto next = trigger();
        const auto column = next.substr(0, next.find('"', next.find('"') + 1));
        const bool twice = next.rfind("{ column", 0) == 0 && own.find(column) != own.npos;
        if (twice) continue;
        own += column;
        list += (list.empty() ? "" : ", ") + next;
    }
    return "trigger = [" + list + "]\n";
}

// What exempts --------------------------------------------------------------------------------------------------------

std::string CompanyMaker::unless() {
    std::string text = "[[categories.records.unless]]\nreason = \"" +
                       dice_.one_of<std::string>({"open deal", "kept", "law suit"}) + "\"\n";
    const auto form = dice_.between(0, evidence_in_notes_ ? 5 : 1);
    if (form == 0) return text + "where = " + some_where() + "\n";
    if (form == 1) {
        const std::string limit = to_string(to_.as_of), of = name(records_);
        return text + "sql = " +
               where(of + ".n = 7 OR " + of + ".kind > " + as_text(engine_, "{as_of}"),
                     [limit](auto&, auto* row, auto*) {
                         const auto* kind = text_in((*row)[kind_at]);
                         return (*row)[n_at] == Value(std::int64_t{7}) || (kind && *kind > limit);
                     }) +
               "\n";
    }
    if (form == 2 && single()) return text + "sql = " + unless_exists() + "\n";
    if (form == 3)
        return text + "table = " + toml_text(files_) + "\non = \"note\"\nwhere = " + some_where() + "\nthrough = { " +
               to_notes() + " }\n";
    text += "table = " + toml_text(notes_) + "\non = " + toml_list(refs()) + "\n";
    if (form != 4 || dice_.chance(70)) text += "where = " + some_where() + "\n";
    if (form == 4) text += "sql = " + linked_sql(notes_, records_) + "\n";
    return text;
}

std::string CompanyMaker::unless_exists() {
    const std::string of = name(records_);
    return where("EXISTS (SELECT 1 FROM " + name(notes_) + " q WHERE q.ref = " + of + "." + name(key_[0].first) +
                     " AND q.n = " + of + ".n)",
                 [notes = notes_, records = records_, key = key_[0].first](const ModelStore& store, auto* row, auto*) {
                     const ModelTable &from = store.tables.at(notes), &to = store.tables.at(records);
                     const auto column = to.at(key);
                     return std::ranges::any_of(from.rows, [&](const auto& note) {
                         return same(note.second[from.at("ref")], (*row)[column], to.columns[column].type.nocase) &&
                                same(note.second[n_at], (*row)[n_at], false);
                     });
                 });
}

// What goes along -----------------------------------------------------------------------------------------------------

std::string CompanyMaker::mask_of(const std::string& column, const Texts& choices) {
    masks_[column] = dice_.one_of(choices);
    return toml_text(column) + " = " + toml_text(masks_[column]);
}

namespace {

std::string related_entry(const std::string& link, const std::string& action, const std::string& masks,
                          const std::string& extra = "") {
    return "[[categories.records.related]]\n" + link + extra + "action = \"" + action + "\"\n" +
           (action == "anonymise" ? "mask = { " + masks + " }\n" : "");
}

} // namespace

std::string CompanyMaker::note_masks() {
    std::string masks = mask_of("secret", {"redact", "null", "random", "fixed gone", "keep 3"});
    if (dice_.chance(50)) masks += ", " + mask_of("code", {"random", "keep 3", "redact"});
    return masks;
}

// A chain of entries for one link; the last takes all the rest. `firm`: only what answers a foreign key.
std::string CompanyMaker::chain(const std::string& link, const std::string& table, const std::string& record, bool firm,
                                const std::string& masks_column, Texts& actions) {
    const Texts all = firm ? Texts{"delete", "detach"} : Texts{"delete", "delete", "anonymise", "detach", "keep"};
    std::string text;
    const auto masks = [&] {
        return masks_column.empty() ? note_masks() : mask_of(masks_column, {"redact", "random", "null"});
    };
    if (dice_.chance(40)) {
        actions.push_back(dice_.one_of(all));
        const auto condition = some_where();
        text += related_entry(link, actions.back(), masks(), "where = " + condition + "\n");
    }
    if (dice_.chance(20)) {
        actions.push_back(dice_.one_of(all));
        text += related_entry(link, actions.back(), masks(), "sql = " + linked_sql(table, record) + "\n");
    }
    actions.push_back(dice_.one_of(all));
    return text + related_entry(link, actions.back(), masks());
}

std::string CompanyMaker::related() {
    std::string text;
    Texts actions;
    if (dice_.chance(65)) {
        const bool firm = dice_.chance(40);
        text += chain("table = " + toml_text(notes_) + "\non = " + toml_list(refs()) + "\n", notes_, records_, firm, "",
                      actions);
        note_key_answered_ = firm;
    }
    if (!evidence_in_notes_ && single()) {
        actions.push_back(dice_.one_of<std::string>({"delete", "anonymise", "detach", "keep"}));
        text += related_entry("table = " + toml_text(notes_) + "\non = \"ref_b\"\n", actions.back(), note_masks());
        to_.due_again = !deletes_;
        if (actions.back() != "delete") note_key_answered_ = false; // what it keeps would still point at the record
    }
    const auto takes = [&](const char* word) { return std::ranges::find(actions, word) != actions.end(); };
    if (!evidence_in_notes_ && deletes_ && takes("delete") && dice_.chance(60)) { // answers to the notes that go
        actions.push_back(dice_.one_of<std::string>({"delete", "anonymise", "detach", "detach", "keep"}));
        text += related_entry("of = " + toml_text(notes_) + "\ntable = " + toml_text(notes_) + "\non = \"above\"\n",
                              actions.back(), note_masks(), "name = \"answers\"\n");
        if (actions.back() != "delete") note_key_answered_ = false;
    }
    notes_deleted_ = takes("delete");
    if (takes("delete") || takes("anonymise") || takes("detach")) {
        Texts below;
        if (dice_.chance(60)) {
            const bool firm = dice_.chance(50);
            text += chain("of = " + toml_text(notes_) + "\ntable = " + toml_text(files_) + "\non = \"note\"\n", files_,
                          notes_, firm, "body", below);
            file_key_answered_ = firm;
        }
    } else if (dice_.chance(40)) {
        const auto action = dice_.one_of<std::string>({"delete", "anonymise", "detach"});
        text += related_entry("table = " + toml_text(files_) + "\non = \"note\"\nthrough = { " + to_notes() + " }\n",
                              action, mask_of("body", {"redact"}));
    }
    if (deletes_ && single() && dice_.chance(25)) {
        self_ = dice_.chance(50) ? "delete" : "detach";
        text += related_entry("table = " + toml_text(records_) + "\non = \"parent\"\n", self_, "");
    }
    return text;
}

// The rule ------------------------------------------------------------------------------------------------------------

std::string CompanyMaker::masks() {
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

void CompanyMaker::choose_rule() {
    deletes_ = dice_.chance(50);
    evidence_in_notes_ = dice_.chance(65);
    std::string head =
        "[categories.records]\nstore = \"shop\"\ntable = " + toml_text(records_) + "\nperiod = " + period_toml_ + "\n";
    if (none_ || dice_.chance(45)) head += "where = " + some_where() + "\n";
    if (none_) head += "limits = { share = \"100%\", records = 1000 }\n";
    if (!none_) {
        head += triggers();
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
                "\nwhere = " + some_where(false) + "\nperiod = \"200 days\"\ntrigger = { column = \"at2\"" +
                date_keys(at2_) + " }\naction = \"delete\"\n";
    to_.toml = head + tail;
}

} // namespace retention::test
