#pragma once
// Tables, catalogues and rules written by hand, for tests of what is judged without a database. Every item of a rule
// has a line of its own, so that a test can tell whether a problem names the right place.

#include "connectors/plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retention {

using ColumnNames = std::vector<std::string>;

// HandTable("contacts").integer("id").text("email", 40).not_null().key({"id"}).unique({"email"})
class HandTable {
public:
    explicit HandTable(std::string name);

    HandTable& column(std::string name, TypeFamily, std::string type);
    HandTable& integer(std::string name);
    HandTable& text(std::string name, std::size_t length = 0); // 0: of any length
    HandTable& date(std::string name);
    // Of the column last added.
    HandTable& not_null();
    HandTable& generated();
    HandTable& collation(std::string);
    HandTable& length(std::size_t);

    HandTable& key(const ColumnNames&); // and NOT NULL
    HandTable& nullable_key(ColumnNames);
    HandTable& index(ColumnNames);
    HandTable& unique(ColumnNames, bool partial = false);
    HandTable& foreign_key(ColumnNames, std::string references, ColumnNames referenced = {"id"},
                           OnDelete = OnDelete::no_action);
    HandTable& trigger(std::string name, TriggerTiming, TriggerEvent, std::string text = "", ColumnNames of = {});
    HandTable& ignores_row(); // the trigger last added
    HandTable& view(std::string source = "");
    HandTable& virtual_table();
    // Of tables on servers.
    HandTable& hides_rows();
    HandTable& children(ColumnNames);
    HandTable& partition_of(std::string);
    HandTable& partitioned(std::string method, ColumnNames);
    HandTable& engine(std::string name, bool transactional);
    HandTable& rows(double estimated);

    Table table;
};

std::shared_ptr<const Catalogue> hand_catalogue(const std::vector<HandTable>&);
// Of a server with date types of its own, which tells 'A' from 'a' in names.
std::shared_ptr<const Catalogue> hand_server(const std::vector<HandTable>&, std::vector<ServerFault> = {},
                                             std::string server = "PostgreSQL 15.2");

// A rule of 36 months that anonymises; the category bears the table's name.
class HandRule {
public:
    HandRule(std::shared_ptr<const Catalogue>, const std::string& table);

    HandRule& category(std::string);
    HandRule& erase();
    HandRule& period(Period);
    HandRule& stored_period(std::string column);
    HandRule& no_period();
    HandRule& starts(Starts);
    HandRule& key(ColumnNames);
    HandRule& where_record(const std::string& sql);
    HandRule& accepts(ColumnNames triggers);
    HandRule& marker(std::string);

    HandRule& trigger(std::string column);
    HandRule& linked(std::string table, ColumnNames on, std::string column); // a trigger
    HandRule& query(const std::string& sql);                                 // a trigger
    HandRule& fallback(std::string column);
    HandRule& earliest(Date); // of the trigger last added
    HandRule& unless(std::string reason, std::string table, ColumnNames on);
    HandRule& unless_sql(std::string reason, const std::string& sql);
    HandRule& related(std::string table, ColumnNames on, Action);
    // Of the related entry last added.
    HandRule& of(std::string);
    HandRule& named(std::string);
    // Of the link last added: trigger, unless or related.
    HandRule& via(ColumnNames);
    HandRule& where(const std::string& sql);
    HandRule& sql(const std::string& sql);
    HandRule& through(std::string table, ColumnNames on);
    // Of the related entry last added; before there is one, of the record.
    HandRule& mask(std::string column, const std::string& strategy);

    std::uint32_t line() const { return line_; } // of the item last added
    // Throws std::runtime_error with the problems where a name is unknown.
    std::shared_ptr<Plan> plan() const;
    operator std::shared_ptr<Plan>() const { return plan(); } // NOLINT: lists of rules read as lists of plans

private:
    enum class Last { none, trigger, unless, related };
    Link& link();
    Place next();

    std::shared_ptr<const Catalogue> catalogue_;
    Rule rule_;
    Last last_ = Last::none;
    std::uint32_t line_ = 1;
};

RuleSql hand_sql(const std::string&);

// The first problem whose text (or hint) has all the parts; null where there is none.
const Problem* find_problem(const Problems&, Severity, const std::vector<std::string>& parts);
std::size_t count(const Problems&, Severity);
std::string text_of(const Problems&); // for the message of a failed check

} // namespace retention
