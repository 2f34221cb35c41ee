#include "tests/support/company_maker.hpp"

#include <algorithm>

namespace retention::test {

using std::chrono::days;

namespace {

ColumnType of(ColumnKind kind, std::size_t length = 0, int dress = 0) {
    ColumnType type;
    type.kind = kind;
    type.length = length;
    type.dress = dress;
    return type;
}

ColumnType exact(ColumnType type) {
    type.exact = true;
    return type;
}

ColumnType required(ColumnType type) {
    type.not_null = true;
    return type;
}

} // namespace

RandomCompany::RandomCompany(std::uint64_t seed, Engine engine) {
    CompanyMaker(*this, seed, engine).make();
}

void CompanyMaker::make() {
    to_.store.typed = engine_ != Engine::sqlite;
    choose_time();
    choose_names();
    choose_keys();
    choose_rule();
    make_schema();
    fill();
}

// When ----------------------------------------------------------------------------------------------------------------

void CompanyMaker::choose_time() {
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

void CompanyMaker::choose_period() {
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

// Names and keys ------------------------------------------------------------------------------------------------------

void CompanyMaker::choose_names() {
    records_ =
        dice_.one_of<std::string>({"people", "order details", "we\"ird", "a.b", "group", "other", "Ünï", "Ta`ble"});
    notes_ = dice_.one_of<std::string>({"notes", "line items", "x.y", "select", "no\"te"});
    files_ = dice_.one_of<std::string>({"files", "note files"});
    const auto collated = dice_.one_of<std::string>({"utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_nopad_bin"});
    if (engine_ == Engine::mariadb) table_options_ = " CHARACTER SET utf8mb4 COLLATE " + collated;
}

// `plain_order`: a query takes the largest of its values.
DateColumn CompanyMaker::date_column(bool plain_order) {
    using enum ColumnKind;
    const std::vector<DateColumn> columns{{of(text), ""},           {of(text), ""},           {of(loose, 0, 1), ""},
                                          {of(loose), ""},          {of(varying, 40), "iso"}, {of(padded, 40), ""},
                                          {of(text), "iso-offset"}, {of(integer), "unix"},    {of(integer), "unix-ms"},
                                          {of(text), "unix"},       {of(numeric), "unix"},    {of(date), ""},
                                          {of(date), ""},           {of(stamp), ""},          {of(stamp, 0, 1), ""},
                                          {of(zoned), ""},          {of(zoned), ""}};
    DateColumn column = dice_.one_of(columns);
    const auto dress = static_cast<int>(dice_.between(0, 2));
    if (!plain_order && (column.type.kind == text || column.type.kind == varying)) column.type.dress = dress;
    return column;
}

void CompanyMaker::choose_keys() {
    using enum ColumnKind;
    const std::string k = dice_.one_of<std::string>({"id", "Id No", "k.1"});
    ColumnType nocase = of(text);
    nocase.nocase = true;
    const std::vector<Columns> keys{{{k, of(integer)}},
                                    {{k, of(integer)}},
                                    {{k, exact(of(text))}},
                                    {{k, nocase}},
                                    {{k, of(integer)}, {"part two", exact(of(text))}},
                                    {{k, of(bytes)}},
                                    {{k, of(real)}},
                                    {{k, exact(of(varying, 30))}, {"b", of(integer)}},
                                    {{k, of(decimal)}},
                                    {{k, of(uuid)}},
                                    {{k, of(date)}, {"b", of(integer)}},
                                    {{k, of(stamp)}},
                                    {{k, of(zoned)}},
                                    {{k, exact(of(padded, 30))}}};
    key_ = dice_.one_of(keys);
    without_rowid_ = dice_.chance(35);
    note_key_ = dice_.one_of<ColumnType>({of(integer), exact(of(text))});
    at_ = date_column(false), at2_ = date_column(false), note_at_ = date_column(true), file_at_ = date_column(false);
    imported_ = dice_.one_of<DateColumn>({{of(text), ""}, {of(date), ""}, {of(stamp), ""}, {of(text, 0, 2), ""}});
    ends_ = dice_.one_of<DateColumn>({{of(text), ""}, {of(text), ""}, {of(date), ""}, {of(zoned), ""}});
    born_ = dice_.one_of<ColumnType>({of(text), of(text), of(text, 0, 1), of(date), of(stamp), of(zoned)});
    born_.not_null = dice_.chance(50);
    ip_ = dice_.one_of<ColumnType>({of(text), of(varying, 45), of(address)});
    marker_type_ = dice_.one_of<ColumnType>({of(text), of(integer), of(boolean), of(date), of(stamp), of(zoned)});
    full_name_ = required(dice_.one_of<ColumnType>({of(text), of(varying, 80, 1), of(text, 0, 2)}));
    kind_ = dice_.one_of<ColumnType>({of(text), of(varying, 20), of(text, 0, 2)});
}

Texts CompanyMaker::key_names() const {
    Texts all;
    for (const auto& [column, type] : key_) all.push_back(column);
    return all;
}

std::string CompanyMaker::names(const Texts& columns) const {
    std::string list;
    for (const auto& column : columns) list += (list.empty() ? "" : ", ") + name(column);
    return list;
}

// The schema ----------------------------------------------------------------------------------------------------------

// Every table begins with the columns that conditions name.
void CompanyMaker::table(const std::string& table_name, Columns columns, const Texts& key) {
    using enum ColumnKind;
    columns.insert(columns.begin(), {{"tag", of(integer)},
                                     {"kind", kind_},
                                     {"n", of(integer)},
                                     {"seen", of(date)},
                                     {"moment", of(stamp)},
                                     {"flag", of(boolean)}});
    ModelTable& made = to_.store.tables[table_name];
    made.name = table_name;
    made.key = key;
    for (const auto& [column, type] : columns) {
        ModelColumn& added = made.columns.emplace_back();
        added.name = column;
        added.type = type;
        added.text = is_text(type.kind) || (type.kind == loose && to_.store.typed);
        added.no_date = no_date(engine_, type.kind);
    }
}

void CompanyMaker::create(const std::string& table_name, bool without_rowid, const std::string& constraints) {
    const ModelTable& made = to_.store.tables.at(table_name);
    std::string columns;
    for (const auto& column : made.columns) columns += name(column.name) + " " + declared(engine_, column.type) + ", ";
    to_.script += "CREATE TABLE " + name(table_name) + " (" + columns + "PRIMARY KEY (" + names(made.key) + ")" +
                  constraints + ")" +
                  (engine_ != Engine::sqlite ? table_options_
                   : without_rowid           ? " WITHOUT ROWID"
                                             : "") +
                  ";\n";
}

// SQLite finds the primary key by itself; so does PostgreSQL.
std::string CompanyMaker::foreign_key(const std::string& from, const Texts& columns, const std::string& to,
                                      const Texts& referenced, const std::string& on_delete) {
    to_.keys.push_back({from, columns, to, referenced});
    const bool said = engine_ == Engine::mariadb || columns.size() > 1;
    return ", FOREIGN KEY (" + names(columns) + ") REFERENCES " + name(to) +
           (said ? " (" + names(referenced) + ")" : "") + on_delete;
}

void CompanyMaker::make_schema() {
    using enum ColumnKind;
    make_records();
    make_notes();
    table(files_, {{"id", of(integer)}, {"note", note_key_}, {"at", file_at_.type}, {"body", of(text)}}, {"id"});
    const bool has_key = (!notes_deleted_ || file_key_answered_) && dice_.chance(60);
    create(files_, false, has_key ? foreign_key(files_, {"note"}, notes_, {"id"}, " ON DELETE RESTRICT") : "");
    table("terms", {{"id", of(integer)}, {"months", of(integer)}, {"ends", ends_.type}}, {"id"});
    create("terms", false, "");
}

void CompanyMaker::make_records() {
    using enum ColumnKind;
    Columns own;
    for (const auto& [column, type] : key_) own.emplace_back(column, required(type));
    own.insert(own.end(), {{"happened at", at_.type},
                           {"at2", at2_.type},
                           {"imported", imported_.type},
                           {"months", dice_.chance(70) ? of(integer) : of(real)},
                           {"term", of(integer)},
                           {"full name", full_name_},
                           {"email", of(varying, 60)},
                           {"phone", of(text)},
                           {"born", born_},
                           {"ip", ip_},
                           {"label", of(varying, 5, 1)},
                           {"done at", marker_type_},
                           {"changed", of(self_updating)}});
    if (dice_.chance(30)) own.emplace_back("next", of(generated));
    if (single()) own.emplace_back("parent", key_[0].second);
    table(records_, own, key_names());
    const bool refers = single() && (!deletes_ || self_ == "detach") && dice_.chance(60);
    create(records_, without_rowid_, refers ? foreign_key(records_, {"parent"}, records_, key_names(), "") : "");
    const bool long_text = is_text(at_.type.kind) || at_.type.kind == loose;
    if (dice_.chance(40))
        to_.script += "CREATE INDEX by_date ON " + name(records_) + " (" + name("happened at") +
                      (engine_ == Engine::mariadb && long_text ? "(20)" : "") + ");\n";
}

void CompanyMaker::make_notes() {
    using enum ColumnKind;
    Columns columns{{"id", required(note_key_)}};
    for (std::size_t i = 0; i < key_.size(); ++i) columns.emplace_back(refs()[i], key_[i].second);
    if (single()) columns.emplace_back("ref_b", key_[0].second);
    columns.emplace_back("above", note_key_);
    columns.insert(
        columns.end(),
        {{"at", note_at_.type}, {"secret", of(text)}, {"code", of(varying, 20)}, {"changed", of(self_updating)}});
    table(notes_, columns, {"id"});
    note_has_key_ = (!deletes_ || (note_key_answered_ && self_ != "delete")) && dice_.chance(70);
    const auto on_delete =
        dice_.one_of<std::string>({"", " ON DELETE RESTRICT", " ON DELETE CASCADE", " ON DELETE NO ACTION"});
    create(notes_, dice_.chance(30),
           note_has_key_ ? foreign_key(notes_, refs(), records_, key_names(), on_delete) : "");
}

} // namespace retention::test
