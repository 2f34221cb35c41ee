#include "connectors/postgres_catalogue_parts.hpp"
#include "connectors/postgres_trigger.hpp"
#include "connectors/sql.hpp"

namespace retention {
namespace {

// Each trigger with the table that it stands on; and, as rows reach a partition through its parents, a row trigger of a
// partition with those, unless it is a copy of one that the parent itself has in force. Copies are internal before
// PostgreSQL 15, as the triggers of constraints are. (pg_get_triggerdef locks the table where there is a WHEN.)
constexpr char triggers[] =
    "SELECT h.oid::pg_catalog.int8, t.oid::pg_catalog.int8, t.tgname, p.proname, "
    "t.tgtype::pg_catalog.int8, l.lanname, p.prosrc, pg_catalog.encode(t.tgargs, 'escape'), a.attname "
    "FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid "
    "JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang "
    "CROSS JOIN LATERAL (SELECT t.tgrelid UNION SELECT u.relid FROM pg_catalog.pg_partition_ancestors(t.tgrelid) "
    "AS u (relid) WHERE (t.tgtype & 1) = 1 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger AS o "
    "WHERE o.oid = t.tgparentid AND o.tgenabled IN ('O', 'A'))) AS h (oid) "
    "LEFT JOIN LATERAL pg_catalog.unnest(t.tgattr) WITH ORDINALITY AS k (attnum, place) ON true "
    "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = k.attnum "
    "WHERE t.tgenabled IN ('O', 'A') AND (NOT t.tgisinternal OR (t.tgparentid <> 0 AND t.tgconstraint = 0)) "
    "ORDER BY h.oid, t.tgname, t.oid, k.place";

// pg_get_ruledef locks what the rule names; of a rule that takes the statement's place nobody needs its actions.
constexpr char rules[] =
    "SELECT w.ev_class::pg_catalog.int8, w.rulename, w.ev_type, w.is_instead, "
    "CASE WHEN NOT w.is_instead THEN pg_catalog.pg_get_ruledef(w.oid) END "
    "FROM pg_catalog.pg_rewrite AS w JOIN pg_catalog.pg_class AS c ON c.oid = w.ev_class "
    "JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "WHERE w.ev_type IN ('2', '4') AND w.ev_enabled IN ('O', 'A') AND c.relkind IN ('r', 'p') AND ";

// Each column that a view reads; no column of a table of which it only counts the rows.
constexpr char views[] =
    "SELECT w.ev_class::pg_catalog.int8, d.refobjid::pg_catalog.int8, a.attname "
    "FROM pg_catalog.pg_rewrite AS w JOIN pg_catalog.pg_depend AS d "
    "ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid "
    "AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> w.ev_class "
    "JOIN pg_catalog.pg_class AS c ON c.oid = w.ev_class JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
    "AND d.refobjsubid > 0 WHERE w.ev_type = '1' AND c.relkind IN ('v', 'm') AND ";

void add_trigger(Table& table, const PostgresTrigger& trigger) {
    for (DatabaseTrigger& one : read_postgres_trigger(trigger, table)) table.triggers.push_back(std::move(one));
}

void read_rules(PostgresCatalogue& reader) {
    const auto rows = reader.ask(std::string(rules) + postgres_user_tables + "ORDER BY w.ev_class, w.rulename");
    while (rows->next()) {
        Table* table = reader.table(rows->integer(0));
        if (!table) continue;
        DatabaseTrigger& rule = table->triggers.emplace_back();
        const bool erases = rows->text(2) == "4";
        rule.name = rows->text(1);
        rule.event = erases ? TriggerEvent::erase : TriggerEvent::update;
        rule.ignores_row = rows->integer(3) != 0;
        rule.timing = rule.ignores_row ? TriggerTiming::before : TriggerTiming::after;
        rule.text = rule.ignores_row ? "CREATE RULE " + quoted(rule.name) + " AS ON " + (erases ? "DELETE" : "UPDATE") +
                                           " TO " + quoted(table->schema) + "." + quoted(table->name) + " DO INSTEAD …"
                                     : postgres_code(rows->text(4));
    }
}

} // namespace

void read_postgres_triggers(PostgresCatalogue& reader) {
    const auto rows = reader.ask(triggers);
    PostgresTrigger trigger;
    Table* table = nullptr;
    std::pair<std::int64_t, std::int64_t> last{0, 0};
    while (rows->next()) {
        if (const std::pair now{rows->integer(0), rows->integer(1)}; now != last) {
            if (table) add_trigger(*table, trigger);
            last = now;
            table = reader.table(now.first);
            trigger = {std::string(rows->text(2)),
                       std::string(rows->text(3)),
                       static_cast<unsigned>(rows->integer(4)),
                       std::string(rows->text(5)),
                       std::string(rows->text(6)),
                       std::string(rows->text(7)),
                       {}};
        }
        if (!rows->is_null(8)) trigger.columns.emplace_back(rows->text(8));
    }
    if (table) add_trigger(*table, trigger);
    read_rules(reader);
}

// Where no column is named, the row as a whole may be read: all of them are.
void read_postgres_views(PostgresCatalogue& reader) {
    const auto rows = reader.ask(std::string(views) + postgres_user_tables +
                                 "ORDER BY w.ev_class, d.refobjid, d.refobjsubid = 0, d.refobjsubid");
    std::pair<const Table*, const Table*> last{nullptr, nullptr};
    while (rows->next()) {
        Table* view = reader.table(rows->integer(0));
        const Table* read = reader.table(rows->integer(1));
        if (!view || !read) continue;
        const std::string from = quoted(read->schema) + "." + quoted(read->name);
        const bool named = last == std::pair<const Table*, const Table*>{view, read};
        view->source += view->source.empty() ? "SELECT " : ", ";
        if (!rows->is_null(2))
            view->source += from + "." + quoted(rows->text(2));
        else if (named)
            view->source += from;
        else
            for (const Column& column : read->columns)
                view->source += (&column == read->columns.data() ? "" : ", ") + from + "." + quoted(column.name);
        last = {view, read};
    }
}

} // namespace retention
