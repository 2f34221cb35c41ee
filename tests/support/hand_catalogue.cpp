#include "tests/support/hand_catalogue.hpp"

#include <algorithm>
#include <stdexcept>

namespace retention {

HandTable::HandTable(std::string name) {
    table.schema = "main";
    table.name = std::move(name);
}

HandTable& HandTable::column(std::string name, TypeFamily family, std::string type) {
    Column column;
    column.name = std::move(name);
    column.family = family;
    column.type = std::move(type);
    table.columns.push_back(std::move(column));
    return *this;
}
HandTable& HandTable::integer(std::string name) {
    return column(std::move(name), TypeFamily::integer, "INTEGER");
}
HandTable& HandTable::date(std::string name) {
    return column(std::move(name), TypeFamily::date, "DATE");
}
HandTable& HandTable::text(std::string name, std::size_t length) {
    column(std::move(name), TypeFamily::text, length ? "VARCHAR(" + std::to_string(length) + ")" : "TEXT");
    if (length) table.columns.back().length = length;
    return *this;
}

HandTable& HandTable::not_null() {
    table.columns.back().nullable = false;
    return *this;
}
HandTable& HandTable::generated() {
    table.columns.back().generated = true;
    return *this;
}
HandTable& HandTable::collation(std::string name) {
    table.columns.back().collation = std::move(name);
    return *this;
}
HandTable& HandTable::length(std::size_t length) {
    table.columns.back().length = length;
    return *this;
}

HandTable& HandTable::key(const ColumnNames& columns) {
    for (Column& column : table.columns)
        if (std::find(columns.begin(), columns.end(), column.name) != columns.end()) column.nullable = false;
    return nullable_key(columns);
}
HandTable& HandTable::nullable_key(ColumnNames columns) {
    table.primary_key = std::move(columns);
    return *this;
}
HandTable& HandTable::index(ColumnNames columns) {
    table.indexes.push_back(
        {table.name + "_" + std::to_string(table.indexes.size()), std::move(columns), false, false});
    return *this;
}
HandTable& HandTable::unique(ColumnNames columns, bool partial) {
    index(std::move(columns));
    table.indexes.back().unique = true;
    table.indexes.back().partial = partial;
    return *this;
}
HandTable& HandTable::foreign_key(ColumnNames columns, std::string references, ColumnNames referenced,
                                  OnDelete action) {
    table.foreign_keys.push_back(
        {"", std::move(columns), table.schema, std::move(references), std::move(referenced), action});
    return *this;
}
HandTable& HandTable::trigger(std::string name, TriggerTiming timing, TriggerEvent event, std::string text,
                              ColumnNames of) {
    table.triggers.push_back({std::move(name), timing, event, std::move(of), false, std::move(text)});
    return *this;
}
HandTable& HandTable::ignores_row() {
    table.triggers.back().ignores_row = true;
    return *this;
}
HandTable& HandTable::view(std::string source) {
    table.kind = TableKind::view;
    table.source = std::move(source);
    return *this;
}
HandTable& HandTable::virtual_table() {
    table.kind = TableKind::virtual_table;
    return *this;
}

HandTable& HandTable::hides_rows() {
    table.hides_rows = true;
    return *this;
}
HandTable& HandTable::children(ColumnNames names) {
    table.children = std::move(names);
    return *this;
}
HandTable& HandTable::partition_of(std::string parent) {
    table.partition_of = std::move(parent);
    return *this;
}
HandTable& HandTable::partitioned(std::string method, ColumnNames columns) {
    table.partitioning = Partitioning{std::move(method), std::move(columns), "", {}};
    return *this;
}
HandTable& HandTable::engine(std::string name, bool transactional) {
    table.engine = std::move(name);
    table.transactional = transactional;
    return *this;
}
HandTable& HandTable::rows(double estimated) {
    table.estimated_rows = estimated;
    return *this;
}

std::shared_ptr<const Catalogue> hand_catalogue(const std::vector<HandTable>& tables) {
    auto catalogue = std::make_shared<Catalogue>();
    for (const HandTable& hand : tables) catalogue->tables.push_back(hand.table);
    return catalogue;
}

std::shared_ptr<const Catalogue> hand_server(const std::vector<HandTable>& tables, std::vector<ServerFault> faults,
                                             std::string server) {
    auto catalogue = std::make_shared<Catalogue>(*hand_catalogue(tables));
    catalogue->faults = std::move(faults);
    catalogue->server = std::move(server);
    catalogue->names_ignore_case = false;
    catalogue->native_dates = true;
    return catalogue;
}

RuleSql hand_sql(const std::string& text) {
    return {{text}, text, {}};
}

HandRule::HandRule(std::shared_ptr<const Catalogue> catalogue, const std::string& table)
    : catalogue_(std::move(catalogue)) {
    rule_.category = table;
    rule_.table = table;
    rule_.period = FixedPeriod{{36, Unit::month}, std::nullopt};
    rule_.period_text = "36 months";
    rule_.place = {"crm.toml", 1, 1};
}

Place HandRule::next() {
    return {"crm.toml", ++line_, 1};
}

Link& HandRule::link() {
    if (last_ == Last::trigger) return *rule_.triggers.back().link;
    if (last_ == Last::unless) return *rule_.unless.back().link;
    if (last_ == Last::related) return rule_.related.back().link;
    throw std::logic_error("there is no link yet");
}

HandRule& HandRule::category(std::string name) {
    rule_.category = std::move(name);
    return *this;
}
HandRule& HandRule::erase() {
    rule_.action = Action::erase;
    return *this;
}
HandRule& HandRule::period(Period period) {
    rule_.period = FixedPeriod{period, std::nullopt};
    rule_.period_text = to_string(period);
    return *this;
}
HandRule& HandRule::stored_period(std::string column) {
    rule_.period = StoredPeriod{std::move(column), Unit::month, std::nullopt, next()};
    return *this;
}
HandRule& HandRule::no_period() {
    rule_.period = NoPeriod{};
    return *this;
}
HandRule& HandRule::starts(Starts starts) {
    rule_.counting.starts = starts;
    return *this;
}
HandRule& HandRule::key(ColumnNames columns) {
    rule_.key = std::move(columns);
    return *this;
}
HandRule& HandRule::where_record(const std::string& sql) {
    rule_.where = hand_sql(sql);
    return *this;
}
HandRule& HandRule::accepts(ColumnNames triggers) {
    rule_.accepted_triggers = std::move(triggers);
    return *this;
}
HandRule& HandRule::marker(std::string column) {
    rule_.marker = std::move(column);
    return *this;
}

HandRule& HandRule::trigger(std::string column) {
    DateSource source;
    source.column = std::move(column);
    source.place = next();
    rule_.triggers.push_back(std::move(source));
    last_ = Last::none;
    return *this;
}
HandRule& HandRule::linked(std::string table, ColumnNames on, std::string column) {
    trigger(std::move(column));
    Link link;
    link.table = std::move(table);
    link.on = std::move(on);
    link.place = rule_.triggers.back().place;
    rule_.triggers.back().link = std::move(link);
    last_ = Last::trigger;
    return *this;
}
HandRule& HandRule::query(const std::string& sql) {
    trigger("");
    rule_.triggers.back().query = hand_sql(sql);
    return *this;
}
HandRule& HandRule::fallback(std::string column) {
    DateSource source;
    source.column = std::move(column);
    source.place = next();
    rule_.fallback = std::move(source);
    return *this;
}
HandRule& HandRule::earliest(Date date) {
    rule_.triggers.back().earliest = date;
    return *this;
}
HandRule& HandRule::unless(std::string reason, std::string table, ColumnNames on) {
    Unless unless;
    unless.reason = std::move(reason);
    unless.place = next();
    unless.link.emplace();
    unless.link->table = std::move(table);
    unless.link->on = std::move(on);
    rule_.unless.push_back(std::move(unless));
    last_ = Last::unless;
    return *this;
}
HandRule& HandRule::unless_sql(std::string reason, const std::string& sql) {
    Unless unless;
    unless.reason = std::move(reason);
    unless.place = next();
    unless.sql = hand_sql(sql);
    rule_.unless.push_back(std::move(unless));
    last_ = Last::none;
    return *this;
}
HandRule& HandRule::related(std::string table, ColumnNames on, Action action) {
    Related entry;
    entry.link.table = std::move(table);
    entry.link.on = std::move(on);
    entry.action = action;
    entry.place = next();
    rule_.related.push_back(std::move(entry));
    last_ = Last::related;
    return *this;
}
HandRule& HandRule::of(std::string name) {
    rule_.related.back().of = std::move(name);
    return *this;
}
HandRule& HandRule::named(std::string name) {
    rule_.related.back().name = std::move(name);
    return *this;
}
HandRule& HandRule::via(ColumnNames columns) {
    link().via = std::move(columns);
    return *this;
}
HandRule& HandRule::where(const std::string& sql) {
    link().where = hand_sql(sql);
    return *this;
}
HandRule& HandRule::sql(const std::string& sql) {
    link().sql = hand_sql(sql);
    return *this;
}
HandRule& HandRule::through(std::string table, ColumnNames on) {
    Hop hop;
    hop.table = std::move(table);
    hop.on = std::move(on);
    link().through = std::move(hop);
    return *this;
}
HandRule& HandRule::mask(std::string column, const std::string& strategy) {
    std::string why;
    auto mask = parse_mask(strategy, why);
    if (!mask) throw std::logic_error("no mask: " + why);
    mask->column = std::move(column);
    mask->place = next();
    (rule_.related.empty() ? rule_.masks : rule_.related.back().masks).push_back(std::move(*mask));
    return *this;
}

std::shared_ptr<Plan> HandRule::plan() const {
    Planned planned = make_plan(rule_, catalogue_, std::chrono::local_days{std::chrono::year{2026} / 11 / 21});
    if (!planned.plan) throw std::runtime_error(text_of(planned.problems));
    return planned.plan;
}

const Problem* find_problem(const Problems& problems, Severity severity, const std::vector<std::string>& parts) {
    for (const Problem& problem : problems) {
        const std::string text = problem.what + "\n" + problem.hint;
        const bool all = std::all_of(parts.begin(), parts.end(),
                                     [&](const std::string& part) { return text.find(part) != std::string::npos; });
        if (problem.severity == severity && all) return &problem;
    }
    return nullptr;
}

std::size_t count(const Problems& problems, Severity severity) {
    return static_cast<std::size_t>(std::count_if(
        problems.begin(), problems.end(), [&](const Problem& problem) { return problem.severity == severity; }));
}

std::string text_of(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems) text += "\n" + to_string(problem);
    return text;
}

} // namespace retention
