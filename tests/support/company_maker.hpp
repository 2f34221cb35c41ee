#pragma once
// How a random company comes to be: time, names and keys, then the rule, then tables that fit it, then rows. Nothing
// that is drawn depends on the engine. Used by tests/support/random_company.cpp alone.

#include "tests/support/random_company.hpp"

#include <random>

namespace retention::test {

using Texts = std::vector<std::string>;

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

std::string toml_text(const std::string&);
std::string toml_list(const Texts&);

struct DateColumn {
    ColumnType type;
    std::string format; // in the rule; may be empty
};

class CompanyMaker {
public:
    CompanyMaker(RandomCompany& company, std::uint64_t seed, Engine engine)
        : to_(company), dice_(seed), engine_(engine) {}
    void make();

private:
    using Columns = std::vector<std::pair<std::string, ColumnType>>;

    // company_maker.cpp: when, names and keys, the schema
    void choose_time();
    void choose_period();
    void choose_names();
    void choose_keys();
    DateColumn date_column(bool plain_order);
    bool single() const { return key_.size() == 1; }
    Texts key_names() const;
    Texts refs() const { return single() ? Texts{"ref"} : Texts{"ref", "ref2"}; }
    std::string name(const std::string& plain) const { return quoted(engine_, plain); }
    std::string names(const Texts&) const;
    void make_schema();
    void make_records();
    void make_notes();
    void table(const std::string& name, Columns columns, const Texts& key);
    void create(const std::string& name, bool without_rowid, const std::string& constraints);
    std::string foreign_key(const std::string& from, const Texts& columns, const std::string& to,
                            const Texts& referenced, const std::string& on_delete);

    // company_rule.cpp: the rule, and the same again for the model
    std::string where(const std::string& sql, Condition);
    std::string some_where(bool cutoff = true); // about a row of any table
    std::string where_of_dates(std::int64_t form, bool cutoff);
    std::string linked_sql(const std::string& table, const std::string& record);
    std::string to_notes() const { return "table = " + toml_text(notes_) + ", on = " + toml_list(refs()); }
    std::string to_files() const {
        return "table = " + toml_text(files_) + ", on = \"note\", through = { " + to_notes();
    }
    std::string date_keys(const DateColumn&);
    std::string trigger();
    std::string query();
    std::string unless();
    std::string unless_exists();
    std::string mask_of(const std::string& column, const Texts& choices);
    std::string note_masks();
    std::string chain(const std::string& link, const std::string& table, const std::string& record, bool firm,
                      const std::string& masks_column, Texts& actions);
    std::string related();
    std::string masks();
    std::string triggers();
    void choose_rule();

    // company_rows.cpp: the rows
    Value date(const DateColumn&, bool sound = false);
    Date near_the_cutoff();
    Value odd_date(const DateColumn&);
    Value kind() { return dice_.one_of<Value>({{}, "x", "x", "y", "a:b", "2010-05-05", "z{as_of}"}); }
    Value n() { return dice_.chance(15) ? Value{} : Value{dice_.between(0, 8)}; }
    Value months();
    Value key_value(const ColumnType&, std::int64_t i);
    Value text_key_value(std::int64_t i);
    Value reference(std::size_t column, const std::vector<Value>& key); // to a record
    Value masked(const std::string& mask);
    Value already(const std::string& column);
    Value birthday();
    Value marker();
    using Row = std::map<std::string, Value>;
    Row begun(std::int64_t tag); // the columns that every table has
    void insert(const std::string& name, const Row&);
    void fill();
    void add_personal_data(Row&);
    void fill_notes(const std::vector<std::vector<Value>>& keys);

    RandomCompany& to_;
    Dice dice_;
    Engine engine_;
    std::string starts_, period_toml_, records_, notes_, files_, self_, table_options_;
    Counting counting_;
    Period period_;
    std::vector<std::pair<std::string, ColumnType>> key_;
    ColumnType note_key_, born_, ip_, marker_type_, full_name_, kind_;
    DateColumn at_, at2_, note_at_, file_at_, imported_, ends_;
    std::map<std::string, std::string> masks_; // of the records
    bool stored_ = false, none_ = false, deletes_ = false, without_rowid_ = false, evidence_in_notes_ = true;
    bool marker_ = false, note_key_answered_ = false, file_key_answered_ = false, notes_deleted_ = false;
    bool note_has_key_ = false, has_query_ = false;
};

} // namespace retention::test
